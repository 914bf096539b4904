import { describe, expect, it } from 'vitest'
import { adaptedBatchRows, comesAgain, pauseMs } from './policy.ts'

describe('The size of batches', () => {
  it.each([
    ['grows to what fits, at most twice as large', [50, 50, 10], 100],
    ['grows a little where that is what fits', [100, 100, 200], 125],
    ['stays where it takes as long as it is to take', [200, 200, 250], 200],
    ['shrinks to what fits', [200, 200, 300], 167],
    ['shrinks by no more than half at once', [200, 200, 60_000], 100],
    ['is never none', [1, 1, 60_000], 1],
    ['has a limit', [4_000, 4_000, 1], 5_000],
    ['stays after a small batch that was quick, which says little', [400, 3, 20], 400],
    ['shrinks after a small batch that was slow', [400, 100, 500], 200],
    ['takes no time for a time', [50, 50, 0], 100],
  ] as const)('%s', (_case, [before, sent, durationMs], expected) => {
    expect(adaptedBatchRows(before, sent, durationMs)).toBe(expected)
  })

  it('comes to rest where the time of a row is what it is', () => {
    let rows = 50
    for (let batch = 0; batch < 12; batch += 1) rows = adaptedBatchRows(rows, rows, 20 + rows * 0.5)
    expect(rows).toBeGreaterThan(440)
    expect(rows).toBeLessThan(480)
  })
})

describe('Rows that come again', () => {
  it('are sent eight times at most, after ever longer pauses', () => {
    expect([0, 6, 7].map(comesAgain)).toEqual([true, true, false])
    expect([1, 2, 3, 8, 9, 10, 1_000].map(pauseMs)).toEqual([100, 200, 400, 12_800, 25_600, 30_000, 30_000])
  })
})
