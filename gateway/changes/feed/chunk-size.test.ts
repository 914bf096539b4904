import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, firstSize, fittingRows, nextSize } from './chunk-size.ts'
import type { SnapshotRow } from './feed.ts'

const row = (length: number): SnapshotRow => ({
  ...{ entity: 'Customer', id: 'a', company: null, revision: 1 },
  record: { note: '界'.repeat(length) },
})
const limits = { snapshotRowsMax: 200, windowBytesMax: 100_000 }

describe('The size of a chunk', () => {
  /** What is asked for as long as all rows have one length. */
  const sizes = (length: number, count: number) => {
    const asked = [firstSize(limits)]
    for (let last = firstSize(limits); asked.length < count; asked.push(last)) {
      last = nextSize(last, Array(last.rowsMax).fill(row(length)), limits)
    }
    return asked.map(({ rowsMax }) => rowsMax)
  }

  it('is small at first, and grows to what is allowed where rows are small', () => {
    expect(sizes(10, 5)).toEqual([10, 40, 160, 200, 200])
    expect(firstSize({ ...limits, snapshotRowsMax: 3 })).toEqual({ rowsMax: 3, bytesMax: 100_000 })
  })

  it('grows to as many bytes as a window has where rows are large', () => {
    const fitting = Math.floor(100_000 / bytesOf(row(500)))
    expect(sizes(500, 4)).toEqual([10, 40, fitting, fitting])
  })

  it('is one row where not even one fits', () => {
    expect(sizes(100_000, 3)).toEqual([10, 1, 1])
  })

  it('grows where nothing matched', () => {
    expect(nextSize({ rowsMax: 10, bytesMax: 100_000 }, [], limits)).toEqual({ rowsMax: 40, bytesMax: 100_000 })
  })
})

describe('The rows that fit into a chunk', () => {
  it('are as many from the first on as have so many bytes together, and one at least', () => {
    const cases = fc.record({ lengths: fc.array(fc.nat({ max: 300 })), bytesMax: fc.integer({ min: 1, max: 3_000 }) })
    fc.assert(
      fc.property(cases, ({ lengths, bytesMax }) => {
        const rows = lengths.map(row)
        const bytes = (count: number) => rows.slice(0, count).reduce((sum, one) => sum + bytesOf(one), 0)
        const count = fittingRows(rows, { bytesMax })
        expect(count).toBeGreaterThanOrEqual(Math.min(1, rows.length))
        if (count > 1) expect(bytes(count)).toBeLessThanOrEqual(bytesMax)
        if (count < rows.length) expect(bytes(count + 1)).toBeGreaterThan(bytesMax)
      }),
    )
  })
})
