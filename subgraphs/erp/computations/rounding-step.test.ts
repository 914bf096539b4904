import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountOf } from '../money.ts'
import { roundingStepOf } from './rounding-step.ts'

function step(RoundingRuleGeneral: string | null, DecimalPlaces: number | null): bigint {
  return roundingStepOf({ RoundingRuleGeneral, DecimalPlaces })
}

describe('the rounding step of a currency', () => {
  it.each([
    ['0.010000', 2, 1n],
    ['0.010000', 1, 10n],
    ['0.010000', 0, 100n],
    ['0.050000', 2, 5n],
    ['0.050000', 0, 100n],
    ['1.000000', 2, 100n],
    ['0.250000', 1, 50n],
    ['5.000000', 0, 500n],
  ])('of %s with %d decimal places is %d hundredths', (own, places, expected) => {
    expect(step(own, places)).toBe(expected)
  })

  it.each(['0.000000', '-1.000000', '0.001000', '0.025000', null])('of %s is one hundredth', (own) => {
    expect(step(own, 2)).toBe(1n)
  })

  it.each([-1, 3, null])('with %s decimal places is its own', (places) => {
    expect(step('0.050000', places)).toBe(5n)
  })

  it('is one hundredth where there is no currency', () => {
    expect(roundingStepOf(null)).toBe(1n)
  })

  it('is always a multiple of its own step and of its last decimal place', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 100_000n }), fc.integer({ min: 0, max: 2 }), (own, places) => {
        const both = step(`${amountOf(own)}0000`, places)
        return both % own === 0n && both % 10n ** BigInt(2 - places) === 0n
      }),
    )
  })
})
