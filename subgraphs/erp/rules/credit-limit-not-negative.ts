import type { Rule } from '../../kit/participant/rule.ts'
import { hundredths } from '../money.ts'

/** Guards `CustomersV3`. */
export const creditLimitNotNegative: Rule = {
  name: 'creditLimitNotNegative',
  description: 'The credit limit of a customer is zero or more.',
  reads: () => [],
  check: ({ after }) => {
    const limit = hundredths(after?.['CreditLimit'])
    if (limit === null || limit >= 0n) return []
    return [{ message: 'The credit limit cannot be less than zero', column: 'CreditLimit' }]
  },
}
