/**
 * The job store port: every import job, what became of each of its rows, and who works at it.
 *
 * The store applies the machine of `../job/decide.ts`: it is told events, and an event with all that follows from it (the
 * job, the outcomes of rows, the audit) takes effect at once or not at all. So a process may die between any two calls:
 * whoever goes on finds the job as it was last answered, with the batches that may have been sent, and sends these again
 * under their keys.
 *
 * Many processes may have the same store open. One worker at most works at a job, under a lease that its epoch fences;
 * the store looks at no clock. Every call rejects with StoreFailed where it has no answer (whether it took effect is not
 * known; it may be repeated), with StoreClosed once the store is closed, and with a RangeError for a page of no rows. The
 * contract that every adapter passes is `job-store.contract.ts`.
 */

import type { LeaseState } from '../../changes/stream/lease.ts'
import type { AdministratorEvent, RefusalCode, WorkerEvent } from '../job/event.ts'
import type { Job, JobId, JobState, NewJob } from '../job/job.ts'
import type { KeptOutcome, Outcome } from '../job/outcome.ts'
import type { RecordObject } from '../source/source.ts'
import type { AuditEntry } from './audit.ts'

export interface KeptJob {
  readonly job: Job
  /** In the order of creation, from 1, perhaps with gaps. */
  readonly number: number
  /** The place of its last change in the order of all changes of all jobs. */
  readonly change: number
}

export interface CreateRequest extends NewJob {
  /** Of an INLINE source, null otherwise. */
  readonly rows: readonly RecordObject[] | null
}

export type CreateAnswer =
  | { readonly create: 'CREATED'; readonly kept: KeptJob }
  /** There is such a job under this idempotency key, or id, already. */
  | { readonly create: 'FOUND'; readonly kept: KeptJob }
  /** There is another job under it. */
  | { readonly create: 'MISMATCH'; readonly kept: KeptJob }

export interface ListRequest {
  /** Null for all. */
  readonly states: readonly JobState[] | null
  /** Jobs with smaller numbers; null begins with the newest. */
  readonly before: number | null
  /** At least 1. */
  readonly limit: number
}

export interface JobPage {
  /** The newest first. */
  readonly jobs: readonly KeptJob[]
  readonly hasMore: boolean
}

/** A job that a worker has something to do for, and who does. */
export interface WorkItem {
  readonly id: JobId
  readonly number: number
  readonly lease: LeaseState
}

/** The right to tell a job what its worker did, good until the next grant or its release. */
export type JobLease = Pick<LeaseState, 'epoch'>

export interface AcquireRequest {
  /** Unique for one worker in one run of one process. */
  readonly holder: string
  /** The state that is to be replaced: of a holder that gave no sign of life for too long. Null asks for a free lease. */
  readonly instead: LeaseState | null
}

export type AcquireAnswer =
  | { readonly acquire: 'GRANTED'; readonly lease: LeaseState; readonly kept: KeptJob }
  | { readonly acquire: 'HELD'; readonly lease: LeaseState }
  | { readonly acquire: 'NOT_FOUND' }

/** `kept` is how things stand now. */
export type TellAnswer =
  | { readonly told: 'DONE'; readonly kept: KeptJob }
  | { readonly told: 'REFUSED'; readonly refusal: RefusalCode; readonly kept: KeptJob }
  | { readonly told: 'NOT_FOUND' }

export type RecordAnswer =
  | TellAnswer
  /** The lease is another's by now, or nobody's: nothing has changed. */
  | { readonly told: 'FENCED'; readonly kept: KeptJob }

export interface OutcomesRequest {
  /** Rows with greater numbers; 0 begins with the first. */
  readonly after: number
  /** At least 1. */
  readonly limit: number
  /** Null for all. FAILED are the failures, with what their uploader wrote. */
  readonly only: Outcome | null
}

export interface OutcomesPage {
  /** By row. Rows that were not taken before the job ended are NOT_ATTEMPTED and are not listed. */
  readonly outcomes: readonly KeptOutcome[]
  readonly hasMore: boolean
}

export interface AuditRequest {
  /** Entries with greater numbers; 0 begins with the first. */
  readonly after: number
  /** At least 1. */
  readonly limit: number
}

/** What was forgotten by one call. */
export interface Forgotten {
  readonly jobs: number
  /** Of their uploads those that no other job names. */
  readonly uploads: readonly string[]
  /** Whether there is more to forget. */
  readonly hasMore: boolean
}

export interface JobStore {
  /** Durable when answered. */
  create(request: CreateRequest): Promise<CreateAnswer>
  find(id: JobId): Promise<KeptJob | null>
  /** The job that was begun under the idempotency key. */
  findByKey(key: string): Promise<KeptJob | null>
  /** Null where the job's source is not inline, or there is no such job. */
  inlineRows(id: JobId): Promise<readonly RecordObject[] | null>
  list(request: ListRequest): Promise<JobPage>
  /** The oldest first, with greater numbers than `after`. */
  work(after: number, limit: number): Promise<readonly WorkItem[]>
  /** Granted, under a new epoch, where it is free, the asker's own, or still exactly as in `instead`. */
  acquire(id: JobId, request: AcquireRequest): Promise<AcquireAnswer>
  /** A sign of life; whether the lease is still held. */
  renew(id: JobId, lease: JobLease): Promise<boolean>
  /** Frees the lease for the next to ask; does nothing where it is lost already. */
  release(id: JobId, lease: JobLease): Promise<void>
  /** What happens to a job from outside. Durable when answered. */
  tell(id: JobId, event: AdministratorEvent, actor: string | null): Promise<TellAnswer>
  /** What its worker does, which is a sign of life as well. Durable when answered. */
  record(id: JobId, lease: JobLease, event: WorkerEvent): Promise<RecordAnswer>
  outcomes(id: JobId, request: OutcomesRequest): Promise<OutcomesPage>
  audit(id: JobId, request: AuditRequest): Promise<readonly AuditEntry[]>
  /**
   * Forgets jobs that ended before a time, but for those that a job which is not over refers to. There are no such jobs
   * then, and their keys are free. At most `max` of them, and of the rows of forgotten ones, go at once, so that nobody
   * waits long.
   */
  forget(endedBefore: number, max: number): Promise<Forgotten>
  /** The last change of any job; 0 before the first. */
  newest(): Promise<number>
  /**
   * Resolves when a job may have changed after that; leases are no changes. Rejects with the signal's reason when that is
   * aborted. However many wait in one process, they look at the store together.
   */
  waitBeyond(change: number, signal: AbortSignal): Promise<void>
  /** Waits for what was asked before, then closes; whoever waits is rejected. May be called again. */
  close(): Promise<void>
}

/** Throws a RangeError for a page that could hold nothing. */
export function assertPage(limit: number): void {
  if (!(Number.isSafeInteger(limit) && limit >= 1)) throw new RangeError(`A page of ${limit} cannot be read`)
}
