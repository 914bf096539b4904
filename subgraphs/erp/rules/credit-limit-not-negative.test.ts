import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import { creditLimitNotNegative } from './credit-limit-not-negative.ts'

function columns(after: Row | null): readonly (string | null)[] {
  const change = { table: 'CustomersV3', key: recordKey(['usmf', 'C-000001']), before: null, after }
  return creditLimitNotNegative.check(change, []).map(({ column }) => column)
}

describe('the credit limit of a customer', () => {
  it.each(['0.00', '0.01', '99999999999999.99', null])('may be %s', (CreditLimit) => {
    expect(columns({ CreditLimit })).toEqual([])
  })

  it.each(['-0.01', '-99999999999999.99'])('may not be %s', (CreditLimit) => {
    expect(columns({ CreditLimit })).toEqual(['CreditLimit'])
  })

  it('does not matter once the customer is deleted', () => {
    expect(columns(null)).toEqual([])
  })
})
