/** Whether a job ends with what has just happened, and what then becomes of rows that nobody wrote. */

import { assertAddsUp } from './account.ts'
import { tooManyFailed } from './definition.ts'
import type { Decision } from './event.ts'
import { isEnding, isOver, type Job, type JobFault, type Phase } from './job.ts'
import { notAttempted } from './outcome.ts'
import { paced } from './pace.ts'
import { sampleOf } from './progress.ts'
import { type Changed, changed } from './step.ts'

export function concluded(step: Changed, at: number): Decision {
  const limited = { ...step, job: withinLimit(step.job) }
  const { job, outcomes } = isEnding(limited.job) ? withoutWaiting(limited) : limited
  const sampled = outcomes.length > 0 ? { ...job, pace: paced(job.pace, sampleOf(job, at)) } : job
  const ended = endOf(sampled, at)
  assertAddsUp(ended)
  return { decided: true, job: ended, outcomes }
}

function withinLimit(job: Job): Job {
  const { maxFailures } = job.definition
  const { FAILED: failed } = job.outcomes
  if (job.fault !== null || !tooManyFailed(maxFailures, failed, job.rows ?? 0)) return job
  const fault: JobFault = { code: 'TOO_MANY_FAILURES', message: `${failed} rows failed, more than were allowed` }
  return { ...job, fault }
}

/** Batches that are not sent never will be. */
function withoutWaiting({ job, outcomes }: Changed): Changed {
  const open = job.open.filter(({ sending }) => sending.status === 'SENT')
  const dropped = job.open.filter((batch) => !open.includes(batch)).flatMap(notAttempted)
  const step = changed({ ...job, open }, dropped)
  return { ...step, outcomes: [...outcomes, ...dropped] }
}

function endOf(job: Job, at: number): Job {
  if (isOver(job) || job.open.length > 0) return job
  if (job.phase.state === 'CANCELLING') return over(job, { state: 'CANCELLED', endedAt: at })
  if (job.fault !== null) return over(job, { state: 'FAILED', endedAt: at })
  if (job.phase.state !== 'RUNNING' || job.taken.place.rows !== job.rows) return job
  const isClean = job.outcomes.FAILED + job.outcomes.NOT_ATTEMPTED === 0
  return over(job, { state: isClean ? 'COMPLETED' : 'COMPLETED_WITH_FAILURES', endedAt: at })
}

/** The rows that nobody took are told by their number alone. */
function over(job: Job, phase: Phase): Job {
  const left = job.rows === null ? 0 : job.rows - job.taken.place.rows
  const NOT_ATTEMPTED = job.outcomes.NOT_ATTEMPTED + left
  return { ...job, phase, outcomes: { ...job.outcomes, NOT_ATTEMPTED } }
}
