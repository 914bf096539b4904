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

/** Reasons that are no row's own: they pass when the system is back, or has more time. */
const PASSING: ReadonlySet<WriteError['code']> = new Set(['SYSTEM_UNAVAILABLE', 'TIMEOUT', 'OVERLOADED'])

export function isAway({ code, retryable }: WriteError): boolean {
  return retryable && PASSING.has(code)
}

export function isMismatch({ code }: WriteError): boolean {
  return code === 'IDEMPOTENCY_MISMATCH'
}

export const OTHER_ROWS: JobFault = {
  code: 'SOURCE_CHANGED',
  message: 'Rows that were sent before now mean something else. What became of them is not known.',
}
