/**
 * What an order or a quotation comes to. Amounts are whole hundredths of the currency; each is worked out exactly and
 * rounded once, so that the same document always comes to the same total.
 */

import { dividedBy, type Fraction, minus, plus, rounded, times, whole } from './exact-decimal.ts'

/** `price` is for `priceQuantity` units, discounts before percentages are for one; percentages are 0 to 100. */
export interface DocumentLine {
  readonly quantity: Fraction
  readonly price: Fraction
  readonly priceQuantity: Fraction
  readonly unitDiscounts: readonly Fraction[]
  readonly discountPercentages: readonly Fraction[]
  /** Taken off the line as a whole. */
  readonly discount: bigint
  readonly charges: bigint
}

export interface DocumentTerms {
  /** Amounts that are worked out are multiples of it; more than zero. */
  readonly step: bigint
  readonly taxRate: Fraction
  readonly pricesIncludeTax: boolean
  /** Taken off every line after its own discount. */
  readonly discountPercentage: Fraction
  readonly charges: bigint
}

export interface LineAmounts {
  readonly amount: bigint
  readonly discount: bigint
  readonly charges: bigint
  readonly tax: bigint
}

export interface DocumentAmounts {
  readonly lines: readonly LineAmounts[]
  readonly discount: bigint
  readonly charges: bigint
  readonly tax: bigint
  readonly total: bigint
}

const HUNDRED = whole(100n)

export function documentAmounts(terms: DocumentTerms, lines: readonly DocumentLine[]): DocumentAmounts {
  const amounts = lines.map((line) => lineAmounts(terms, line))
  const sum = (part: keyof LineAmounts) => amounts.reduce((total, line) => total + line[part], 0n)
  const [discount, tax, charges] = [sum('discount'), sum('tax'), terms.charges + sum('charges')]
  const total = sum('amount') - discount + charges + (terms.pricesIncludeTax ? 0n : tax)
  return { lines: amounts, discount, charges, tax, total }
}

function lineAmounts(terms: DocumentTerms, line: DocumentLine): LineAmounts {
  const amount = toStep(amountBeforeRounding(line), terms.step)
  const afterOwn = amount - line.discount
  const ofDocument = toStep(percentage(fromHundredths(afterOwn), terms.discountPercentage), terms.step)
  const net = fromHundredths(afterOwn - ofDocument)
  return {
    amount,
    discount: line.discount + ofDocument,
    charges: line.charges,
    tax: toStep(taxOn(net, terms), terms.step),
  }
}

function amountBeforeRounding(line: DocumentLine): Fraction {
  const unitPrice = line.unitDiscounts.reduce(minus, dividedBy(line.price, line.priceQuantity))
  return line.discountPercentages.reduce(
    (amount, percent) => minus(amount, percentage(amount, percent)),
    times(line.quantity, unitPrice),
  )
}

/** Of a net amount on top of it; of one that includes the tax the part that is tax. A rate below zero is no tax. */
function taxOn(net: Fraction, { taxRate, pricesIncludeTax }: DocumentTerms): Fraction {
  if (taxRate.numerator <= 0n) return whole(0n)
  return dividedBy(times(net, taxRate), pricesIncludeTax ? plus(HUNDRED, taxRate) : HUNDRED)
}

function percentage(amount: Fraction, percent: Fraction): Fraction {
  return dividedBy(times(amount, percent), HUNDRED)
}

function fromHundredths(amount: bigint): Fraction {
  return { numerator: amount, denominator: 100n }
}

/** Half a step goes away from zero. */
function toStep(amount: Fraction, step: bigint): bigint {
  return rounded(dividedBy(times(amount, HUNDRED), whole(step))) * step
}
