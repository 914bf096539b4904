/** How large batches are and when rows come again: numbers, and nothing that has to be remembered. */

import { BATCH_ROWS_MAX } from './definition.ts'

export const FIRST_BATCH_ROWS = 50
/** Of a batch while others write: short enough that nobody notices much of it. */
export const COURTEOUS_BATCH_ROWS = 20
/** What a batch is to take: long enough to be worth its cost, short enough for interactive writes to come between. */
const BATCH_MS = 250
/** A batch is at most so many times as large as the one before. */
const GROWTH_MAX = 2
/** How often a row is sent that fails for a reason that passes. */
const ROUNDS_MAX = 8
const FIRST_PAUSE_MS = 100
const LAST_PAUSE_MS = 30_000

/** Rows of the next batch, where the one before was to have `before` and one of `sent` rows took so long. */
export function adaptedBatchRows(before: number, sent: number, durationMs: number): number {
  // A small batch that was quick says little of a large one: most of its time went into what each batch costs.
  if (sent * GROWTH_MAX < before && durationMs <= BATCH_MS) return before
  const fitting = Math.round((sent * BATCH_MS) / Math.max(1, durationMs))
  const least = Math.max(1, Math.ceil(before / GROWTH_MAX))
  return Math.min(BATCH_ROWS_MAX, before * GROWTH_MAX, Math.max(least, fitting))
}

/** Whether rows that failed in this round (0 is the first) for a reason that passes are sent once more. */
export function comesAgain(round: number): boolean {
  return round + 1 < ROUNDS_MAX
}

/** Before rows or a batch are sent again, after so many failures (at least 1). */
export function pauseMs(failures: number): number {
  return Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
}
