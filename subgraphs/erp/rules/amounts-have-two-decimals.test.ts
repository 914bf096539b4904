import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { RuleViolation } from '../../kit/participant/rule.ts'
import { amountsHaveTwoDecimals } from './amounts-have-two-decimals.ts'

function currency(RoundingRuleGeneral: string | null, DecimalPlaces: number, Name = 'Swiss franc'): Row {
  return { CurrencyCode: 'CHF', Name, RoundingRuleGeneral, DecimalPlaces }
}

function faults(before: Row | null, after: Row | null): readonly RuleViolation[] {
  return amountsHaveTwoDecimals.check({ table: 'Currencies', key: recordKey(['CHF']), before, after }, [])
}

describe('a currency', () => {
  it.each([
    ['0.010000', 2],
    ['0.050000', 2],
    ['1.000000', 0],
    ['5.000000', 0],
    [null, 1],
  ])('may be rounded to %s with %d decimal places', (step, places) => {
    expect(faults(null, currency(step, places))).toEqual([])
  })

  it.each(['0.001000', '0.025000', '0.000000', '-0.010000'])('may not be rounded to %s', (step) => {
    expect(faults(null, currency(step, 2))).toEqual([
      {
        message: `Amounts in CHF cannot be rounded to ${step}: they have two decimal places, so give 0.01 or a multiple of it`,
        column: 'RoundingRuleGeneral',
      },
    ])
  })

  it.each([3, -1])('may not have %d decimal places', (places) => {
    expect(faults(null, currency('0.010000', places))).toEqual([
      { message: `Amounts in CHF cannot have ${places} decimal places: give 0, 1 or 2`, column: 'DecimalPlaces' },
    ])
  })

  it('is not judged where neither changes, nor where it is deleted', () => {
    const fine = currency('0.001000', 3)
    expect(faults(fine, { ...fine, Name: 'Franc' })).toEqual([])
    expect(faults(fine, null)).toEqual([])
  })
})
