/** How far a job is, in numbers: from what is known of it, and the time. */

import { isOver, type Job } from './job.ts'
import { totalOf } from './outcome.ts'
import { ratesOf } from './pace.ts'

export interface Progress {
  /** Rows of the source; null before it was validated. */
  readonly total: number | null
  /** Rows taken from it. */
  readonly read: number
  /** Rows with an outcome; of a job that is over, all. */
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
    done: totalOf(job.outcomes),
    percent: percentOf(job),
    checkedPercent: job.sizeBytes === null ? null : share(job.checkedBytes, job.sizeBytes),
    rowsPerSecond: Math.round((rates?.rowsPerSecond ?? 0) * 10) / 10,
    etaMs: etaOf(job, rates),
  }
}

/** Bytes of the stored file whose rows have their outcome. */
export function doneBytes({ taken, open }: Pick<Job, 'taken' | 'open'>): number {
  return Math.max(0, taken.bytes - open.reduce((sum, { bytes }) => sum + bytes, 0))
}

function percentOf(job: Job): number | null {
  if (job.phase.state === 'COMPLETED' || job.phase.state === 'COMPLETED_WITH_FAILURES') return 100
  if (job.sizeBytes !== null) return share(doneBytes(job), job.sizeBytes)
  if (job.rows === null) return null
  return share(isOver(job) ? job.taken.place.rows : totalOf(job.outcomes), job.rows)
}

function etaOf(job: Job, rates: ReturnType<typeof ratesOf>): number | null {
  if (isOver(job)) return 0
  if (rates === null) return null
  if (job.sizeBytes !== null) return lasting(job.sizeBytes - doneBytes(job), rates.bytesPerSecond)
  return job.rows === null ? null : lasting(job.rows - totalOf(job.outcomes), rates.rowsPerSecond)
}

function lasting(left: number, perSecond: number): number | null {
  return perSecond > 0 ? Math.round((Math.max(0, left) / perSecond) * 1_000) : null
}

/** Of nothing, all is done. */
function share(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.min(100, Math.max(0, (part / whole) * 100))
}
