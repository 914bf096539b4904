import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dividedBy, type Fraction, fractionOf, minus, plus, rounded, times, whole } from './exact-decimal.ts'

const fraction = fc
  .record({ numerator: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), places: fc.nat(6) })
  .map(({ numerator, places }): Fraction => ({ numerator, denominator: 10n ** BigInt(places) }))
const divisor = fraction.filter(({ numerator }) => numerator !== 0n)

function isSame(one: Fraction, other: Fraction): boolean {
  return one.numerator * other.denominator === other.numerator * one.denominator
}

describe('a fraction', () => {
  it.each([
    ['12.50', 1250n, 100n],
    ['-0.000001', -1n, 1000000n],
    ['7', 7n, 1n],
  ])('is read from the decimal %s', (text, numerator, denominator) => {
    expect(fractionOf(text)).toEqual({ numerator, denominator })
  })

  it.each([null, undefined, '', 'much', '1e3', '.5', 12])('is not read from %s', (value) => {
    expect(fractionOf(value)).toBeNull()
  })

  it('loses nothing, whatever is done and undone', () => {
    fc.assert(
      fc.property(fraction, divisor, (one, other) => {
        expect(isSame(minus(plus(one, other), other), one)).toBe(true)
        expect(isSame(dividedBy(times(one, other), other), one)).toBe(true)
        expect(isSame(times(dividedBy(one, other), other), one)).toBe(true)
      }),
    )
  })

  it('keeps its denominator above zero', () => {
    fc.assert(
      fc.property(fraction, divisor, (one, other) => {
        for (const result of [plus(one, other), minus(one, other), times(one, other), dividedBy(one, other)]) {
          expect(result.denominator > 0n).toBe(true)
        }
      }),
    )
  })

  it('is not divided by zero', () => {
    expect(() => dividedBy(whole(1n), whole(0n))).toThrow(RangeError)
  })
})

describe('rounding', () => {
  it.each([
    ['0.5', 1n],
    ['-0.5', -1n],
    ['1.4999', 1n],
    ['2.5', 3n],
    ['-2.5', -3n],
    ['-2.4999', -2n],
    ['3', 3n],
  ])('takes %s to %s', (text, nearest) => {
    expect(rounded(fractionOf(text) ?? whole(0n))).toBe(nearest)
  })

  it('goes at most half a unit, and the same way below zero as above', () => {
    fc.assert(
      fc.property(fraction, (one) => {
        const nearest = rounded(one)
        const { numerator, denominator } = minus(one, whole(nearest))
        expect(2n * (numerator < 0n ? -numerator : numerator) <= denominator).toBe(true)
        expect(rounded(minus(whole(0n), one))).toBe(-nearest)
      }),
    )
  })
})
