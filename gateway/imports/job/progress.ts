/** How far a job is, in numbers: from what is known of it, and the time. */

import { isEnding, isOver, type Job } from './job.ts'
import { totalOf } from './outcome.ts'
import { ratesOf, type Sample } from './pace.ts'

export interface Progress {
  /** Rows of the source; null before it was validated. */
  readonly total: number | null
  /** Rows taken from it. */
  readonly read: number
  /** Rows with an outcome, but not those that are never attempted because the job ends before. */
  readonly done: number
  /** From 0 to 100 by bytes of the stored file, by rows for inline ones; null before it is known of how much. */
  readonly percent: number | null
  /** Likewise, of the reading before the first row is written. */
  readonly checkedPercent: number | null
  /** Over the last seconds; 0 while nothing comes on. */
  readonly rowsPerSecond: number
  /** Milliseconds; null where it cannot be told. */
  readonly etaMs: number | null
}

/** `now` in milliseconds since the Unix epoch. */
export function progressOf(job: Job, now: number): Progress {
  const isRunning = job.phase.state === 'RUNNING' || job.phase.state === 'CANCELLING'
  const rates = isRunning ? ratesOf(job.pace, now) : null
  return {
    total: job.rows,
    read: job.taken.place.rows,
    done: doneRows(job),
    percent: percentOf(job),
    checkedPercent: job.sizeBytes === null ? null : share(job.checkedBytes, job.sizeBytes),
    rowsPerSecond: Math.round((rates?.rowsPerSecond ?? 0) * 10) / 10,
    etaMs: etaOf(job, rates),
  }
}

/** Of a job that goes on to its end, rows that are left out for the sake of others are done as well. */
export function doneRows(job: Pick<Job, 'outcomes' | 'phase' | 'fault'>): number {
  const isCutShort = isEnding(job) || job.phase.state === 'CANCELLED'
  return totalOf(job.outcomes) - (isCutShort ? job.outcomes.NOT_ATTEMPTED : 0)
}

/** Bytes of the stored file whose rows have their outcome. */
export function doneBytes({ taken, open }: Pick<Job, 'taken' | 'open'>): number {
  return Math.max(0, taken.bytes - open.reduce((sum, { bytes }) => sum + bytes, 0))
}

export function sampleOf(job: Job, at: number): Sample {
  return { at, rows: doneRows(job), bytes: doneBytes(job) }
}

function percentOf(job: Job): number | null {
  if (job.phase.state === 'COMPLETED' || job.phase.state === 'COMPLETED_WITH_FAILURES') return 100
  if (job.sizeBytes !== null) return share(doneBytes(job), job.sizeBytes)
  if (job.rows === null) return null
  return share(doneRows(job), job.rows)
}

function etaOf(job: Job, rates: ReturnType<typeof ratesOf>): number | null {
  if (isOver(job)) return 0
  if (rates === null) return null
  if (job.sizeBytes !== null) return lasting(job.sizeBytes - doneBytes(job), rates.bytesPerSecond)
  return job.rows === null ? null : lasting(job.rows - doneRows(job), rates.rowsPerSecond)
}

function lasting(left: number, perSecond: number): number | null {
  return perSecond > 0 ? Math.round((Math.max(0, left) / perSecond) * 1_000) : null
}

/** Of nothing, all is done. */
function share(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.min(100, Math.max(0, (part / whole) * 100))
}
