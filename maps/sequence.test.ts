import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatNumber, isSequence } from './sequence.ts'

describe('a number sequence', () => {
  it('pads to its zeros and keeps what surrounds them', () => {
    expect(formatNumber('C-{000000}', 12)).toBe('C-000012')
    expect(formatNumber('{00}/x', 7)).toBe('07/x')
    expect(formatNumber('C-{00}', 1234)).toBe('C-1234')
  })

  it('grows with its numbers: longer, or later in the alphabet', () => {
    const numbers = fc.nat({ max: Number.MAX_SAFE_INTEGER })
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [low, high] = [formatNumber('C-{0000}', Math.min(a, b)), formatNumber('C-{0000}', Math.max(a, b))]
        return low.length < high.length || (low.length === high.length && low <= high)
      }),
    )
  })

  it.each(['C-000', 'C-{}', 'C-{00}{00}', 'C-{0x}', '{{00}}'])('is not %s', (pattern) => {
    expect(isSequence(pattern)).toBe(false)
    expect(() => formatNumber(pattern, 1)).toThrow(RangeError)
  })
})
