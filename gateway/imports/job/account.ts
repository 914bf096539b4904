/** Every row is accounted for: here, and whenever a job changes. */

import { isOver, type Job } from './job.ts'
import { totalOf } from './outcome.ts'
import { countOf } from './row-spans.ts'

/** Throws where a row was lost or has two outcomes, or where a job hides what failed. */
export function assertAddsUp(job: Job): void {
  const { outcomes, open, taken, rows, phase } = job
  const settled = totalOf(outcomes)
  const underWay = open.reduce((sum, batch) => sum + countOf(batch.rows), 0)
  const read = isOver(job) ? (rows ?? 0) : taken.place.rows
  if (settled + underWay !== read) {
    throw new Error(`Job ${job.id} has ${settled} outcomes and ${underWay} open rows of ${read} rows read`)
  }
  if (isOver(job) && open.length > 0) throw new Error(`Job ${job.id} is over with open batches`)
  if (phase.state === 'COMPLETED' && outcomes.FAILED + outcomes.NOT_ATTEMPTED > 0) {
    throw new Error(`Job ${job.id} is COMPLETED with rows that are not`)
  }
}
