/** Amounts of the sample data, in the currency of whoever pays. */

/** What one US dollar is worth, roughly. */
const PER_DOLLAR = {
  USD: 1,
  EUR: 0.9,
  GBP: 0.78,
  CHF: 0.88,
  SEK: 10.4,
  DKK: 6.7,
  PLN: 3.9,
  CAD: 1.36,
  MXN: 18,
  AUD: 1.52,
  JPY: 150,
} as const

export type CurrencyCode = keyof typeof PER_DOLLAR

/** Rounded as a price list would be: to the cent, in yen to the whole. */
export function convert(amount: number, from: CurrencyCode, to: CurrencyCode): number {
  const converted = (amount * PER_DOLLAR[to]) / PER_DOLLAR[from]
  return to === 'JPY' ? Math.round(converted) : Math.round(converted * 100) / 100
}

/** With two decimal places, as `12.50`. */
export function amountOf(amount: number): string {
  return amount.toFixed(2)
}
