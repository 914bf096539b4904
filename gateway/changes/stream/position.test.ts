import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberIn, positionOf, startOf } from './position.ts'

describe('A position', () => {
  it('is understood by its own stream alone', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{16}$/), fc.maxSafeNat(), (stream, number) => {
        expect(numberIn(stream, positionOf(stream, number))).toBe(number)
        expect(numberIn(`${stream}0`, positionOf(stream, number))).toBeNull()
      }),
    )
  })

  it('has one form', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((tail) => `a.${tail}`),
        ),
        (text) => {
          const number = numberIn('a', text)
          if (number !== null) expect(positionOf('a', number)).toBe(text)
        },
      ),
    )
    for (const text of ['a.01', 'a.1e3', 'a.-1', 'a.', 'a.1\n', 'a.9007199254740993', 'a.0x1']) {
      expect(numberIn('a', text)).toBeNull()
    }
  })
})

describe('Reading begins', () => {
  const edges = { dropped: 5, newest: 9 }

  it('where nothing is left out', () => {
    expect(startOf('OLDEST', edges)).toEqual({ start: 'AT', number: 5 })
    expect(startOf('NEWEST', edges)).toEqual({ start: 'AT', number: 9 })
    for (const number of [5, 7, 9]) expect(startOf(number, edges)).toEqual({ start: 'AT', number })
  })

  it('not where entries have been dropped, and not beyond the end', () => {
    for (const number of [0, 4]) expect(startOf(number, edges)).toEqual({ start: 'EXPIRED' })
    expect(startOf(10, edges)).toEqual({ start: 'INVALID' })
  })
})
