import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areRowsOf, countOf, rowsIn, spansOf } from './row-spans.ts'

const rows = fc.uniqueArray(fc.integer({ min: 1, max: 40 })).map((some) => some.toSorted((one, other) => one - other))

describe('Spans of rows', () => {
  it('are as few as can be', () => {
    expect(spansOf([1, 2, 3, 5, 7, 8])).toEqual([
      [1, 3],
      [5, 5],
      [7, 8],
    ])
    expect(spansOf([])).toEqual([])
  })

  it('give back the rows that they were made of', () => {
    fc.assert(
      fc.property(rows, (some) => {
        const spans = spansOf(some)
        expect([rowsIn(spans), countOf(spans)]).toEqual([some, some.length])
        expect(areRowsOf(spans, some.toReversed())).toBe(true)
      }),
    )
  })

  it('are of no other rows', () => {
    const spans = spansOf([1, 2, 4])
    for (const other of [[1, 2], [1, 2, 3], [1, 2, 4, 4], [1, 2, 4, 5], []]) expect(areRowsOf(spans, other)).toBe(false)
  })
})
