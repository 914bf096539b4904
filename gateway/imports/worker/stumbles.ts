/**
 * Jobs whose work breaks off for a reason that nobody foresaw. It is tried again, for most reasons pass; a job that comes no
 * further for so long is given up, so that somebody hears of it. A store or a system that gives no answer is no reason to.
 */

import { StoreClosed, StoreFailed } from '../../../schema/process/store-faults.ts'
import { createTrouble, type Trouble } from '../../changes/trouble.ts'
import type { Clock, Log } from '../../coordinator/environment.ts'
import { SystemSilent } from '../../sync/silence.ts'
import type { Job, JobFault, JobId } from '../job/job.ts'
import { totalOf } from '../job/outcome.ts'

export interface Stumbles {
  /** Its work, begun as the job was then, broke off. Waits before it is tried again, but not after the signal is aborted. */
  met(begun: Job, error: unknown, signal: AbortSignal): Promise<void>
  /** What the job is to end with; null where it is tried once more. */
  faultOf(id: JobId): JobFault | null
  /** Its work came to an end. */
  over(id: JobId): void
}

interface Stumble {
  readonly trouble: Trouble
  /** How far the job had come. */
  readonly place: string
  readonly times: number
}

/** About a quarter of a minute. */
const TIMES_MAX = 8

const FAULT: JobFault = {
  code: 'INTERNAL',
  message:
    'It cannot go on, for a reason within Lockstep, which its log tells. Rows that have no outcome were not written.',
}

export function createStumbles(parts: {
  readonly clock: Pick<Clock, 'after'>
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
}): Stumbles {
  const stumbles = new Map<JobId, Stumble>()
  return {
    met(begun, error, signal) {
      const { id } = begun
      const last = stumbles.get(id)
      const place = placeOf(begun)
      const trouble = last?.trouble ?? createTrouble(`work at the import ${id}`, parts)
      const times = (last?.place === place ? last.times : 0) + (isReason(begun, error) ? 1 : 0)
      stumbles.set(id, { trouble, place, times })
      if (times === TIMES_MAX) parts.log.error({ err: error, jobId: id }, 'an import is given up')
      return trouble.met(error, signal)
    },
    faultOf: (id) => ((stumbles.get(id)?.times ?? 0) < TIMES_MAX ? null : FAULT),
    over(id) {
      stumbles.get(id)?.trouble.over()
      stumbles.delete(id)
    },
  }
}

/** One that is given up already goes on only until it is known what became of what it has sent. */
function isReason({ fault }: Job, error: unknown): boolean {
  const isAway = error instanceof StoreFailed || error instanceof StoreClosed || error instanceof SystemSilent
  return fault === null && !isAway
}

function placeOf({ phase, taken, outcomes }: Job): string {
  return `${phase.state}/${taken.place.rows}/${totalOf(outcomes)}`
}
