/** What an event does to a job, before it is seen whether the job ends with it. */

import type { RefusalCode } from './event.ts'
import { grouped } from './failure-groups.ts'
import type { Job } from './job.ts'
import { counted, type KeptOutcome } from './outcome.ts'
import { digestedPlan } from './plan.ts'

export type Step = Changed | { readonly step: 'REFUSED'; readonly refusal: RefusalCode }

export interface Changed {
  readonly step: 'CHANGED'
  readonly job: Job
  readonly outcomes: readonly KeptOutcome[]
}

/** The outcomes are counted here, and only here. */
export function changed(job: Job, kept: readonly KeptOutcome[] = []): Changed {
  const told = kept.map(({ outcome }) => outcome)
  const failed = told.filter((one) => one.outcome === 'FAILED')
  const isPlan = job.definition.mode === 'DRY_RUN'
  const after = {
    ...{ ...job, outcomes: counted(job.outcomes, told), failures: grouped(job.failures, failed) },
    planDigest: isPlan ? digestedPlan(job.planDigest, told) : job.planDigest,
  }
  return { step: 'CHANGED', job: kept.length > 0 ? after : job, outcomes: kept }
}

export function refused(refusal: RefusalCode): Step {
  return { step: 'REFUSED', refusal }
}
