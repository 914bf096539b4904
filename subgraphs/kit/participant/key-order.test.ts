import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareRows, compareText, compareValues } from './key-order.ts'

describe('The order of values', () => {
  it('is that of the code points, for any text', () => {
    const points = (text: string) => [...text].map((character) => character.codePointAt(0) ?? 0)
    const byPoint = (one: string, other: string) => {
      const [left, right] = [points(one), points(other)]
      const at = left.findIndex((point, position) => point !== right[position])
      return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1)
    }
    const text = fc.string({ unit: 'binary', maxLength: 5 })
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(Math.sign(compareText(one, other))).toBe(Math.sign(byPoint(one, other)))
      }),
    )
    expect(compareText('～', '😀')).toBeLessThan(0)
  })

  it('is numeric for numbers, and puts what is empty first', () => {
    expect(compareValues(10, 9)).toBeGreaterThan(0)
    expect([3, null, -1].sort(compareValues)).toEqual([null, -1, 3])
  })

  it('of rows goes by the first column that differs', () => {
    const columns = ['a', 'b']
    expect(compareRows(columns, { a: 'x', b: 2 }, { a: 'x', b: 10 })).toBeLessThan(0)
    expect(compareRows(columns, { a: 'y', b: 1 }, { a: 'x', b: 10 })).toBeGreaterThan(0)
    expect(compareRows(columns, { a: 'x' }, { a: 'x', b: null })).toBe(0)
  })
})
