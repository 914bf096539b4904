/** What may happen to a job, and what the machine answers. `at` is the clock of whoever tells it. */

import type { FailureReason } from '../failures/failed-row.ts'
import type { Place, SourceFormat } from '../source/source.ts'
import type { Job, JobFault } from './job.ts'
import type { KeptOutcome, RowOutcome, RowResult } from './outcome.ts'

/** From outside. */
export type AdministratorEvent =
  /** The whole file is there. */
  | { readonly event: 'UPLOADED'; readonly sizeBytes: number; readonly at: number }
  /** The file that has not come yet is to come by another upload. */
  | { readonly event: 'ANNOUNCED_ANEW'; readonly uploadId: string; readonly at: number }
  /** The file never came. */
  | { readonly event: 'EXPIRE'; readonly at: number }
  | { readonly event: 'PAUSE'; readonly at: number }
  | { readonly event: 'RESUME'; readonly at: number }
  | { readonly event: 'CANCEL'; readonly at: number }

/** From the worker that holds the job's lease. */
export type WorkerEvent =
  | { readonly event: 'STARTED'; readonly at: number }
  /** How much of the stored file validation has read. */
  | { readonly event: 'CHECKED'; readonly bytes: number; readonly at: number }
  /** The whole source was read: it has so many rows. `format` is null for inline rows. */
  | { readonly event: 'VALIDATED'; readonly rows: number; readonly format: SourceFormat | null; readonly at: number }
  | BatchTaken
  /** A batch that waited is about to be sent. */
  | { readonly event: 'BATCH_SENT'; readonly batch: number; readonly at: number }
  | BatchEnded
  | BatchRefused
  /** The job cannot go on. */
  | { readonly event: 'FAULTED'; readonly fault: JobFault; readonly at: number }

/**
 * The rows after those taken before, up to a place, each either in `settled` or in `sent`. Those of `sent` become a batch
 * that is about to be sent.
 */
export interface BatchTaken {
  readonly event: 'BATCH_TAKEN'
  /** One more than the job's `batches`. */
  readonly batch: number
  readonly to: Place
  /** Bytes of the stored file up to there. */
  readonly bytes: number
  readonly sent: readonly number[]
  /** Rows whose outcome needs no sending: malformed ones, and those that another takes the place of. */
  readonly settled: readonly RowOutcome[]
  readonly at: number
}

/**
 * It is known what became of each row of a batch. Of a job that is atomic by the batch, a batch is written as a whole or
 * not at all: where one row is FAILED, those that would have been written are NOT_ATTEMPTED.
 */
export interface BatchEnded {
  readonly event: 'BATCH_ENDED'
  readonly batch: number
  readonly results: readonly RowResult[]
  readonly durationMs: number
  readonly at: number
}

/**
 * The batch was refused as a whole, for no single row's fault, and it is proven that nothing of it was written. A reason
 * that passes (a system was away) never runs out of attempts.
 */
export interface BatchRefused {
  readonly event: 'BATCH_REFUSED'
  readonly batch: number
  readonly retryable: boolean
  /** How many of its rows stay together if the batch is split, all where it cannot be; left out, half of them do. */
  readonly firstHalf?: number
  readonly reasons: readonly FailureReason[]
  readonly at: number
}

export type JobEvent = AdministratorEvent | WorkerEvent

export type RefusalCode =
  /** The job is over, and never changes. */
  | 'ENDED'
  /** It does not fit the state the job is in. */
  | 'NOT_NOW'
  /** The batch is not open: its end was told before, perhaps by this very event, whose answer was lost. */
  | 'UNKNOWN_BATCH'
  /** These are not the rows that the job expects. */
  | 'WRONG_ROWS'
  /** A batch that is written as a whole or not at all would be torn. */
  | 'NOT_ATOMIC'
  /** A batch that cannot be split was refused for good: what became of its rows is to be told instead. */
  | 'INDIVISIBLE'

export type Decision =
  /** `outcomes` are to be kept together with the job, or neither. */
  | { readonly decided: true; readonly job: Job; readonly outcomes: readonly KeptOutcome[] }
  | { readonly decided: false; readonly refusal: RefusalCode }
