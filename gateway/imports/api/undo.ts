/** A new job that takes back what another one wrote, wherever nobody has written the record since. */

import type { JobDefinition } from '../job/definition.ts'
import { isOver, type Job } from '../job/job.ts'
import { type ImportProblem, problem } from './asked.ts'

/** Null for a job that may be taken back. */
export function refusalToUndo(job: Job): ImportProblem | null {
  const { CREATED, UPDATED, DELETED } = job.outcomes
  if (!isOver(job)) return problem('NOT_NOW', 'The job is not over: it may still write rows. Cancel it first.', 'id')
  if (job.definition.mode === 'DRY_RUN') return problem('NOTHING_WRITTEN', 'The job was a dry run.', 'id')
  return CREATED + UPDATED + DELETED === 0 ? problem('NOTHING_WRITTEN', 'The job wrote nothing.', 'id') : null
}

export function undoDefinition(
  { id, definition: { target } }: Pick<Job, 'id' | 'definition'>,
  { idempotencyKey, actor }: Pick<JobDefinition, 'idempotencyKey' | 'actor'>,
): JobDefinition {
  return {
    ...{ target, source: { kind: 'UNDO', of: id }, format: {}, columns: {}, operation: 'UPDATE', atomicity: 'ROW' },
    ...{
      matchBy: null,
      batchRows: null,
      maxFailures: null,
      duplicates: 'FAIL',
      mode: 'COMMIT',
      idempotencyKey,
      planHash: null,
    },
    ...{ retryOf: null, after: null, actor },
  }
}
