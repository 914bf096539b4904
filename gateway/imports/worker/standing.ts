/**
 * Whether it is a job's time. The jobs of a package come one after another, because the rows of one refer to those of the
 * one before: where that came to the end of its rows, though some of them failed, the next begins; where it did not, no row
 * of the next could be trusted to find what it refers to, and it does not begin. Pure.
 */

import { isOver, type Job, type JobFault } from '../job/job.ts'

export type Standing =
  | { readonly standing: 'BEGINS' }
  | { readonly standing: 'WAITS' }
  | { readonly standing: 'NEVER_BEGINS'; readonly fault: JobFault }

/** `before` is the job that it comes after; null where there is none, or where nobody knows it any more. */
export function standingOf(job: Pick<Job, 'definition' | 'phase'>, before: Job | null): Standing {
  const { after } = job.definition
  // What has begun is seen to its end.
  if (after === null || job.phase.state !== 'QUEUED') return { standing: 'BEGINS' }
  if (before === null) return never(`The import ${after}, which comes before it in its package, is forgotten by now.`)
  if (!isOver(before)) return { standing: 'WAITS' }
  const { state } = before.phase
  if (state === 'COMPLETED' || state === 'COMPLETED_WITH_FAILURES') return { standing: 'BEGINS' }
  const why = before.fault === null ? '' : `: ${before.fault.message}`
  return never(`The import ${after}, which comes before it in its package, is ${state}${why}`)
}

function never(why: string): Standing {
  const message = `${why.replace(/[^.]$/, '$&.')} Nothing of this one was begun. Import its file once more when that is mended.`
  return { standing: 'NEVER_BEGINS', fault: { code: 'PREDECESSOR_FAILED', message } }
}
