/** What comes back of a batch that was sent. */

import type { WriteError } from '../../../schema/caller-view.ts'
import type { FailureReason } from '../failures/failed-row.ts'
import type { Batch, Job, JobFault } from '../job/job.ts'
import type { RowResult } from '../job/outcome.ts'
import type { ReadRow, RowReader } from './read-row.ts'

/** A batch as it is sent. */
export interface Shipment extends Pick<RowReader, 'fieldOf'> {
  readonly job: Job
  readonly batch: Batch
  /** Nobody can have sent it under its key before: where nothing is begun now, nothing of it is written. */
  readonly isFirst: boolean
  readonly rows: readonly ReadRow[]
}

export type Answer =
  | { readonly answer: 'ENDED'; readonly results: readonly RowResult[] }
  /** Proven: nothing of it was written. */
  | { readonly answer: 'REFUSED'; readonly retryable: boolean; readonly reasons: readonly FailureReason[] }
  /** Its end is told only under its key, and so it is sent again. */
  | { readonly answer: 'UNKNOWN' }
  /** Other rows were sent under its key before. */
  | { readonly answer: 'OTHER_ROWS' }

type FailedResult = Extract<RowResult, { outcome: 'FAILED' }>

/** Reasons that are no row's own: they pass when the system is back, or has more time. */
const PASSING: ReadonlySet<string> = new Set(['SYSTEM_UNAVAILABLE', 'TIMEOUT', 'OVERLOADED'])

export function isAway({ code, retryable }: WriteError): boolean {
  return retryable && PASSING.has(code)
}

/**
 * Of rows that each have an end. Where none of them was written, and one of them only because a system was away, all of
 * them come again together, for as long as it takes.
 */
export function answerOf(results: readonly RowResult[]): Answer {
  const isUnwritten = results.every(({ outcome }) => outcome === 'FAILED' || outcome === 'UNCHANGED')
  const [away] = isUnwritten ? results.flatMap((result) => (result.outcome === 'FAILED' ? awayIn(result) : [])) : []
  return away === undefined ? { answer: 'ENDED', results } : { answer: 'REFUSED', retryable: true, reasons: away }
}

/** The reasons, if none of them is the row's own. */
function awayIn({ reasons, retryable }: FailedResult): readonly (readonly FailureReason[])[] {
  return retryable && reasons.length > 0 && reasons.every(({ code }) => PASSING.has(code)) ? [reasons] : []
}

export function isMismatch({ code }: WriteError): boolean {
  return code === 'IDEMPOTENCY_MISMATCH'
}

export const OTHER_ROWS: JobFault = {
  code: 'SOURCE_CHANGED',
  message: 'Rows that were sent before now mean something else. What became of them is not known.',
}
