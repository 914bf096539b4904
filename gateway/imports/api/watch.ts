/** A job as it comes on, for whoever looks at it while it does. */

import type { Clock } from '../../coordinator/environment.ts'
import { isOver, type Job, type JobId, type Phase } from '../job/job.ts'
import type { AuditEntry } from '../store/audit.ts'
import type { JobStore } from '../store/job-store.ts'

export interface WatchParts {
  readonly jobs: Pick<JobStore, 'find' | 'audit' | 'newest' | 'waitBeyond'>
  readonly clock: Pick<Clock, 'now' | 'after'>
}

interface Shown {
  readonly job: Job | null
  readonly change: number | null
  readonly at: number
  /** What it came to up to here is told: the number of the last entry of its audit. */
  readonly entry: number
}

const NOTHING: Shown = { job: null, change: null, at: 0, entry: 0 }

/** Between two that differ in their numbers alone. */
const EVERY_MS = 1_000

/**
 * First as it is, then each state that it comes to, however short it is in it, as soon as it is known, and its other changes
 * at most once a second. The last one is that of a job that is over. Nothing where there is no such job, and the end where
 * there is none any more; ends when the signal is given.
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
    if (change === shown.change) {
      await changeBeyond(newest, null)
      continue
    }
    const entries = await entriesBehind(jobs, id, shown.entry)
    const state = entries.at(-1)?.after ?? shown.job?.phase.state
    // It has come to another state in between, and is read anew.
    if (state !== job.phase.state) continue
    const passed = shown.job === null ? [] : statesPassed(shown.job, job, entries)
    const isMoved = passed.length > 0 || shown.job?.phase.state !== state
    const dueAt = isMoved ? 0 : shown.at + EVERY_MS
    if (clock.now() < dueAt) {
      await changeBeyond(newest, dueAt - clock.now())
      continue
    }
    shown = { job, change, at: clock.now(), entry: entries.at(-1)?.number ?? shown.entry }
    yield* passed
    yield job
    if (isOver(job)) return
  }

  /** Or until so many milliseconds have passed, or the signal is given. */
  async function changeBeyond(newest: number, ms: number | null): Promise<void> {
    const waking = new AbortController()
    const either = AbortSignal.any([signal, waking.signal])
    const disarm = ms === null ? () => {} : clock.after(ms, () => waking.abort())
    try {
      either.throwIfAborted()
      await jobs.waitBeyond(newest, either)
    } catch (error) {
      if (!either.aborted) throw error
    } finally {
      disarm()
    }
  }
}

const PAGE = 100

async function entriesBehind(jobs: Pick<JobStore, 'audit'>, id: JobId, number: number): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = []
  for (;;) {
    const page = await jobs.audit(id, { after: found.at(-1)?.number ?? number, limit: PAGE })
    found.push(...page)
    if (page.length < PAGE) return found
  }
}

/** The job in each state that it was in between, with the numbers that it had before. */
function statesPassed(from: Job, to: Job, entries: readonly AuditEntry[]): readonly Job[] {
  return entries
    .filter(({ before, after }) => before !== after)
    .slice(0, -1)
    .flatMap((entry) => {
      const phase = phaseOf(entry)
      return phase === null ? [] : [{ ...from, startedAt: to.startedAt, phase }]
    })
}

/** Null for the end, which is no state to pass. */
function phaseOf({ before, after }: AuditEntry): Phase | null {
  switch (after) {
    case 'PAUSED':
      return before === 'QUEUED' || before === 'VALIDATING' || before === 'RUNNING' ? { state: after, before } : null
    case 'COMPLETED':
    case 'COMPLETED_WITH_FAILURES':
    case 'FAILED':
    case 'CANCELLED':
    case 'EXPIRED':
      return null
    default:
      return { state: after }
  }
}
