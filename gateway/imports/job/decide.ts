/**
 * What becomes of a job: a pure function of the job and an event. Total: every event may come in every state, late,
 * twice or out of order; what does not fit is refused and changes nothing.
 */

import { batchEnded, batchRefused, batchSent, batchTaken } from './batches.ts'
import { concluded } from './conclude.ts'
import { BATCH_ROWS_MAX, type JobDefinition } from './definition.ts'
import type { Decision, JobEvent, WorkerEvent } from './event.ts'
import { isEnding, isOneBatch, isOver, type Job, type JobFault, type Phase } from './job.ts'
import { paced } from './pace.ts'
import { sampleOf } from './progress.ts'
import { changed, refused, type Step } from './step.ts'

export function decide(job: Job, event: JobEvent): Decision {
  if (isOver(job)) return { decided: false, refusal: 'ENDED' }
  const step = stepOf(job, event)
  return step.step === 'REFUSED' ? { decided: false, refusal: step.refusal } : concluded(step, event.at)
}

function stepOf(job: Job, event: JobEvent): Step {
  switch (event.event) {
    case 'UPLOADED':
      return moved(job, ['AWAITING_UPLOAD'], { state: 'QUEUED' }, { sizeBytes: event.sizeBytes })
    case 'ANNOUNCED_ANEW':
      return moved(job, ['AWAITING_UPLOAD'], job.phase, { definition: withUpload(job.definition, event.uploadId) })
    case 'EXPIRE':
      return moved(job, ['AWAITING_UPLOAD'], { state: 'EXPIRED', endedAt: event.at })
    case 'PAUSE':
      return pause(job)
    case 'RESUME':
      return resume(job, event.at)
    case 'CANCEL':
      return changed({ ...job, phase: { state: 'CANCELLING' } })
    case 'STARTED':
      return moved(job, ['QUEUED'], { state: 'VALIDATING' }, { startedAt: event.at })
    case 'CHECKED':
      return isValidating(job) ? changed({ ...job, checkedBytes: event.bytes }) : refused('NOT_NOW')
    case 'VALIDATED':
      return isValidating(job) ? validate(job, event) : refused('NOT_NOW')
    case 'BATCH_TAKEN':
      return whileRunning(job, () => batchTaken(job, event))
    case 'BATCH_SENT':
      return whileRunning(job, () => batchSent(job, event.batch))
    case 'BATCH_ENDED':
      return batchEnded(job, event)
    case 'BATCH_REFUSED':
      return batchRefused(job, event)
    case 'FAULTED':
      return job.phase.state === 'AWAITING_UPLOAD' ? refused('NOT_NOW') : changed(faulted(job, event.fault))
    default:
      return event satisfies never
  }
}

function moved(job: Job, from: readonly Phase['state'][], phase: Phase, more: Partial<Job> = {}): Step {
  return from.includes(job.phase.state) ? changed({ ...job, ...more, phase }) : refused('NOT_NOW')
}

function withUpload(definition: JobDefinition, uploadId: string): JobDefinition {
  return { ...definition, source: { kind: 'UPLOAD', uploadId } }
}

function pause(job: Job): Step {
  const { state } = job.phase
  if (job.fault !== null || (state !== 'QUEUED' && state !== 'VALIDATING' && state !== 'RUNNING')) {
    return refused('NOT_NOW')
  }
  return changed({ ...job, phase: { state: 'PAUSED', before: state } })
}

/** The time of the pause says nothing of how fast it comes on. */
function resume(job: Job, at: number): Step {
  if (job.phase.state !== 'PAUSED') return refused('NOT_NOW')
  const state = job.phase.before
  return changed({ ...job, phase: { state }, pace: state === 'RUNNING' ? paced([], sampleOf(job, at)) : job.pace })
}

/** A worker that is told to pause may have come to the end of validation meanwhile. */
function isValidating({ phase }: Job): boolean {
  return phase.state === 'VALIDATING' || (phase.state === 'PAUSED' && phase.before === 'VALIDATING')
}

function validate(job: Job, { rows, format, at }: Extract<WorkerEvent, { event: 'VALIDATED' }>): Step {
  if (!Number.isSafeInteger(rows) || rows < 0) return refused('WRONG_ROWS')
  const phase: Phase = job.phase.state === 'PAUSED' ? { state: 'PAUSED', before: 'RUNNING' } : { state: 'RUNNING' }
  const begun: Job = {
    ...{ ...job, phase, rows, format },
    checkedBytes: job.sizeBytes ?? 0,
    taken: format === null ? job.taken : { ...job.taken, place: format.begin },
    batchRows: isOneBatch(job) ? Math.max(1, Math.min(rows, BATCH_ROWS_MAX)) : job.batchRows,
    pace: paced([], { at, rows: 0, bytes: 0 }),
  }
  if (!isOneBatch(job) || rows <= BATCH_ROWS_MAX) return changed(begun)
  const message = `${rows} rows cannot be written all or none: ${BATCH_ROWS_MAX} are the most. Set batchRows, or atomicity to ROW`
  return changed(faulted(begun, { code: 'TOO_MANY_ROWS', message }))
}

/** Nothing is begun for a job that is paused or about to end. */
function whileRunning(job: Job, step: () => Step): Step {
  return job.phase.state === 'RUNNING' && !isEnding(job) ? step() : refused('NOT_NOW')
}

function faulted(job: Job, fault: JobFault): Job {
  return { ...job, fault: job.fault ?? fault }
}
