/** A job as it comes on, for whoever looks at it while it does. */

import type { Clock } from '../../coordinator/environment.ts'
import { isOver, type Job, type JobId, type JobState } from '../job/job.ts'
import type { JobStore } from '../store/job-store.ts'

export interface WatchParts {
  readonly jobs: Pick<JobStore, 'find' | 'newest' | 'waitBeyond'>
  readonly clock: Pick<Clock, 'now' | 'after'>
}

interface Shown {
  readonly change: number | null
  readonly state: JobState | null
  readonly at: number
}

const NOTHING: Shown = { change: null, state: null, at: 0 }

/** Between two that differ in their numbers alone. */
const EVERY_MS = 1_000

/**
 * First as it is, then each change of its state as soon as it is known, and its other changes at most once a second. The
 * last one is that of a job that is over. Nothing where there is no such job; ends when the signal is given.
 */
export async function* watchJob(
  { jobs, clock }: WatchParts,
  id: JobId,
  signal: AbortSignal,
): AsyncGenerator<Job, void, undefined> {
  let shown = NOTHING
  while (!signal.aborted) {
    // Asked before the job is: a change in between is then one to come.
    const newest = await jobs.newest()
    const kept = await jobs.find(id)
    if (kept === null) return
    const { job, change } = kept
    const { state } = job.phase
    const isNews = change !== shown.change
    const dueAt = state === shown.state ? shown.at + EVERY_MS : 0
    if (isNews && clock.now() >= dueAt) {
      shown = { change, state, at: clock.now() }
      yield job
      if (isOver(job)) return
    } else {
      await changeBeyond(newest, isNews ? dueAt - clock.now() : null)
    }
  }

  /** Or until so many milliseconds have passed. */
  async function changeBeyond(newest: number, ms: number | null): Promise<void> {
    const waiting = new AbortController()
    const stop = () => waiting.abort()
    const disarm = ms === null ? () => {} : clock.after(ms, stop)
    signal.addEventListener('abort', stop)
    try {
      await jobs.waitBeyond(newest, waiting.signal)
    } catch (error) {
      if (!waiting.signal.aborted) throw error
    } finally {
      disarm()
      signal.removeEventListener('abort', stop)
    }
  }
}
