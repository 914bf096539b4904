/**
 * A job: what is known of one import at one moment. Plain data that never changes; `decide.ts` says what follows.
 *
 * AWAITING_UPLOAD          its file has not come yet.
 * QUEUED                   no worker has begun.
 * VALIDATING               the whole source is read once: its rows are counted and those with the same key found.
 * RUNNING                  rows are taken, batch after batch.
 * PAUSED                   nothing is begun; what was sent before is seen to its end. Goes on as it was before.
 * CANCELLING               likewise; then CANCELLED.
 * COMPLETED                every row has its outcome, and none of them failed or was left out.
 * COMPLETED_WITH_FAILURES  every row has its outcome.
 * FAILED                   `fault` says why the job could not go on.
 * CANCELLED                somebody said so.
 * EXPIRED                  its file never came.
 *
 * The last five are terminal: such a job never changes. Rows that nobody took by then are NOT_ATTEMPTED.
 */

import type { FailureReason } from '../failures/failed-row.ts'
import { FILE_START, type Place, type SourceFormat } from '../source/source.ts'
import type { JobDefinition } from './definition.ts'
import { type FailureGroups, NO_FAILURES } from './failure-groups.ts'
import { NO_OUTCOMES, type OutcomeCounts } from './outcome.ts'
import type { Sample } from './pace.ts'
import { NO_PLAN } from './plan.ts'
import { FIRST_BATCH_ROWS } from './policy.ts'
import type { RowSpan } from './row-spans.ts'

declare const brand: unique symbol
export type JobId = string & { readonly [brand]: 'JobId' }

export const TERMINAL_STATES = ['COMPLETED', 'COMPLETED_WITH_FAILURES', 'FAILED', 'CANCELLED', 'EXPIRED'] as const
export const JOB_STATES = [
  ...(['AWAITING_UPLOAD', 'QUEUED', 'VALIDATING', 'RUNNING', 'PAUSED', 'CANCELLING'] as const),
  ...TERMINAL_STATES,
] as const
export type JobState = (typeof JOB_STATES)[number]

export type Phase =
  | { readonly state: 'AWAITING_UPLOAD' | 'QUEUED' | 'VALIDATING' | 'RUNNING' | 'CANCELLING' }
  /** `before` is the state that it goes on in. */
  | { readonly state: 'PAUSED'; readonly before: 'QUEUED' | 'VALIDATING' | 'RUNNING' }
  | { readonly state: (typeof TERMINAL_STATES)[number]; readonly endedAt: number }

/** Times are milliseconds since the Unix epoch, by the clock of whoever told the event. */
export interface Job {
  readonly id: JobId
  readonly definition: JobDefinition
  readonly createdAt: number
  /** When a worker first began. */
  readonly startedAt: number | null
  readonly phase: Phase
  /** Why it can not go on. Until what was sent is seen to its end, the job is not FAILED yet. */
  readonly fault: JobFault | null
  /** Of the stored file; null for inline rows and before it has come. */
  readonly sizeBytes: number | null
  /** How much of it validation has read. */
  readonly checkedBytes: number
  /** How the file is read, found when it was validated; null for inline rows. */
  readonly format: SourceFormat | null
  /** Of the whole source; null before it was validated. */
  readonly rows: number | null
  readonly taken: Taken
  /** What was taken and is not over yet: bounded by whoever takes. */
  readonly open: readonly Batch[]
  /** Batches ever made: the number of the last one. */
  readonly batches: number
  /** How many rows the next batch is to have. */
  readonly batchRows: number
  readonly outcomes: OutcomeCounts
  readonly failures: FailureGroups
  /** Of a dry run: of all outcomes so far, in whatever order they were told. */
  readonly planDigest: string
  /** How it came on lately. */
  readonly pace: readonly Sample[]
}

/** How far rows were taken: each up to here has its outcome or is in an open batch. */
export interface Taken {
  readonly place: Place
  /** Bytes of the stored file up to here. */
  readonly bytes: number
}

/** Rows that go into both systems together, with a vote for each. Recorded before it is sent. */
export interface Batch {
  readonly number: number
  /** How often the batch was refused as a whole for a reason that passes: another attempt is made under another key. */
  readonly attempt: number
  /** How often its rows were sent in earlier batches, since one of those was written in part. */
  readonly round: number
  readonly rows: readonly RowSpan[]
  /** Reading begins here to find them. */
  readonly from: Place
  /** Its share of the stored file. */
  readonly bytes: number
  readonly sending: Sending
}

export type Sending =
  /** It may have been sent, and may have been carried out: it is sent (again) under its key until its end is known. */
  | { readonly status: 'SENT' }
  /** It is not sent, and nothing of it is in either system. `reasons` are some of those why it was not written before. */
  | { readonly status: 'WAITING'; readonly notBefore: number; readonly reasons: readonly FailureReason[] }

/** `message` is for the administrator. */
export interface JobFault {
  /** A SourceError's code, TOO_MANY_FAILURES, or what the worker says. */
  readonly code: string
  readonly message: string
}

export interface NewJob {
  readonly id: JobId
  readonly definition: JobDefinition
  readonly at: number
}

export function newJob({ id, definition, at }: NewJob): Job {
  return {
    ...{ id, definition, createdAt: at, startedAt: null },
    phase: { state: definition.source.kind === 'UPLOAD' ? 'AWAITING_UPLOAD' : 'QUEUED' },
    ...{ fault: null, sizeBytes: null, checkedBytes: 0, format: null, rows: null },
    taken: { place: FILE_START, bytes: 0 },
    ...{ open: [], batches: 0, batchRows: definition.batchRows ?? FIRST_BATCH_ROWS },
    ...{ outcomes: NO_OUTCOMES, failures: NO_FAILURES, planDigest: NO_PLAN, pace: [] },
  }
}

export function isOver({ phase }: Pick<Job, 'phase'>): boolean {
  return 'endedAt' in phase
}

/** Whether the job ends as soon as what was sent is known. */
export function isEnding({ phase, fault }: Pick<Job, 'phase' | 'fault'>): boolean {
  return phase.state === 'CANCELLING' || fault !== null
}

/** Whether all rows are written or none: they are one batch, which nothing may split. */
export function isOneBatch({ definition }: Pick<Job, 'definition'>): boolean {
  return definition.atomicity === 'BATCH' && definition.batchRows === null
}

/** Whether a worker has something to do for it, now or later. */
export function hasWork(job: Job): boolean {
  switch (job.phase.state) {
    case 'QUEUED':
    case 'VALIDATING':
    case 'RUNNING':
    case 'CANCELLING':
      return true
    case 'PAUSED':
      return job.open.some(({ sending }) => sending.status === 'SENT')
    default:
      return false
  }
}

/**
 * What the key of a batch is made of: the same batch has the same key whoever sends it and however often, so that it is
 * carried out once.
 */
export function batchKey(job: Pick<Job, 'id'>, { number, attempt }: Pick<Batch, 'number' | 'attempt'>): string {
  return `import/${job.id}/${number}/${attempt}`
}
