import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitting } from './fitting.ts'

describe('What fits into so many bytes', () => {
  it('is as much as possible from the first on', () => {
    expect(fitting([], 10)).toBe(0)
    expect(fitting([4, 6, 1], 10)).toBe(2)
    expect(fitting([4, 7, 1], 10)).toBe(1)
  })

  it('is at least one, however large', () => {
    expect(fitting([11, 1], 10)).toBe(1)
  })

  it('is never more than that, but for a single one, and one more would be', () => {
    const sum = (lengths: readonly number[]) => lengths.reduce((total, length) => total + length, 0)
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { minLength: 1 }), fc.nat({ max: 60 }), (lengths, bytesMax) => {
        const count = fitting(lengths, bytesMax)
        if (count > 1) expect(sum(lengths.slice(0, count))).toBeLessThanOrEqual(bytesMax)
        if (count < lengths.length) expect(sum(lengths.slice(0, count + 1))).toBeGreaterThan(bytesMax)
      }),
    )
  })
})
