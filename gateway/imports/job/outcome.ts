/** What becomes of rows: of each one thing, and once. */

import type { TransactionId } from '../../../schema/record.ts'
import type { JudgedRow } from '../../sync/write.ts'
import type { FailureReason, Uploaded } from '../failures/failed-row.ts'
import { type RowSpan, rowsIn } from './row-spans.ts'

export const OUTCOMES = [
  'CREATED',
  'UPDATED',
  'UNCHANGED',
  'DELETED',
  /** Another row of the file with the same key was taken instead. */
  'SKIPPED',
  'FAILED',
  /** The job ended before the row was written, or it was left out for the sake of others: nothing of it is anywhere. */
  'NOT_ATTEMPTED',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** What became of one row. In a dry run, what would. */
export type RowOutcome = WrittenRow | UnwrittenRow | RowFailure

export interface WrittenRow {
  readonly row: number
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'DELETED'
  /** The entity id. */
  readonly id: string | null
  /** The one that wrote it; null where nothing was written. */
  readonly transaction: TransactionId | null
  /** Of an update; empty for the others. */
  readonly changedFields: readonly string[]
  /** In a dry run. */
  readonly judged?: JudgedRow
}

export interface UnwrittenRow {
  readonly row: number
  readonly outcome: 'SKIPPED' | 'NOT_ATTEMPTED'
}

export interface RowFailure {
  readonly row: number
  readonly outcome: 'FAILED'
  /** At least one. */
  readonly reasons: readonly FailureReason[]
  readonly uploaded: Uploaded
}

/** What became of a row that was sent. One that failed for a reason that passes may come again. */
export type RowResult = Exclude<RowOutcome, RowFailure> | (RowFailure & { readonly retryable: boolean })

/** An outcome as it is kept: with the batch that its row was sent in, or null where it was not sent. */
export interface KeptOutcome {
  readonly batch: number | null
  readonly outcome: RowOutcome
}

export type OutcomeCounts = Readonly<Record<Outcome, number>>

export const NO_OUTCOMES: OutcomeCounts = {
  ...{ CREATED: 0, UPDATED: 0, UNCHANGED: 0, DELETED: 0 },
  ...{ SKIPPED: 0, FAILED: 0, NOT_ATTEMPTED: 0 },
}

export function counted(counts: OutcomeCounts, outcomes: readonly Pick<RowOutcome, 'outcome'>[]): OutcomeCounts {
  const sums = { ...counts }
  for (const { outcome } of outcomes) sums[outcome] += 1
  return sums
}

export function totalOf(counts: OutcomeCounts): number {
  return OUTCOMES.reduce((total, outcome) => total + counts[outcome], 0)
}

/** Of the rows of a batch that nothing was written of. */
export function notAttempted(batch: {
  readonly number: number
  readonly rows: readonly RowSpan[]
}): readonly KeptOutcome[] {
  return rowsIn(batch.rows).map((row) => ({ batch: batch.number, outcome: { row, outcome: 'NOT_ATTEMPTED' } }))
}
