/** The two companies of the sample data. */

export const COMPANIES = {
  usmf: { prefix: 'US', currency: 'USD' },
  demf: { prefix: 'DE', currency: 'EUR' },
} as const

export type Company = keyof typeof COMPANIES

/**
 * `US-0001` for the first customer of the American company, `US-S0001` for its first order: one letter for each kind of
 * record but customers.
 */
export function numberOf(company: Company, index: number, kind: '' | 'C' | 'P' | 'Q' | 'S' = ''): string {
  return `${COMPANIES[company].prefix}-${kind}${String(index + 1).padStart(4, '0')}`
}
