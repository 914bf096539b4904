/**
 * How many records a snapshot reads at once: few at first, then as many as are about a window of bytes, going by those that
 * it has read. What a chunk has beyond that is left to the next one, so that only the read itself is ever larger.
 */

import { Buffer } from 'node:buffer'
import type { SnapshotRow } from './feed.ts'
import type { FeedLimits } from './limits.ts'
import type { ChunkSize } from './snapshot-source.ts'

type Limits = Pick<FeedLimits, 'snapshotRowsMax' | 'windowBytesMax'>

const FIRST_ROWS = 10
/** Those that come next may be larger than those that came. */
const GROWTH_MAX = 4

export function firstSize({ snapshotRowsMax, windowBytesMax }: Limits): ChunkSize {
  return { rowsMax: Math.min(FIRST_ROWS, snapshotRowsMax), bytesMax: windowBytesMax }
}

/** `rows` is what came of a chunk of the size `last`. */
export function nextSize(last: ChunkSize, rows: readonly SnapshotRow[], limits: Limits): ChunkSize {
  const { snapshotRowsMax, windowBytesMax: bytesMax } = limits
  const bytes = rows.reduce((sum, row) => sum + bytesOf(row), 0)
  const fitting = rows.length === 0 ? snapshotRowsMax : Math.floor((bytesMax * rows.length) / bytes)
  const rowsMax = Math.max(1, Math.min(snapshotRowsMax, last.rowsMax * GROWTH_MAX, fitting))
  return { rowsMax, bytesMax }
}

/** How many of the rows are a chunk of so many bytes: one at least, where there is one. */
export function fittingRows(rows: Iterable<SnapshotRow>, { bytesMax }: Pick<ChunkSize, 'bytesMax'>): number {
  let [count, bytes] = [0, 0]
  for (const row of rows) {
    bytes += bytesOf(row)
    if (count > 0 && bytes > bytesMax) break
    count += 1
  }
  return count
}

export function bytesOf(row: SnapshotRow): number {
  return Buffer.byteLength(JSON.stringify(row))
}
