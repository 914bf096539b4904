/** A job under its lease: how it stands, as far as is known here, and what its worker tells of it. */

import type { RefusalCode, WorkerEvent } from '../job/event.ts'
import type { Job } from '../job/job.ts'
import type { JobLease, JobStore, KeptJob } from '../store/job-store.ts'

/** Another worker has the job by now. */
export class LeaseLost extends Error {
  constructor(id: string) {
    super(`The lease of the job ${id} is lost`)
    this.name = 'LeaseLost'
  }
}

export interface Desk {
  readonly job: () => Job
  /** Whether it was taken. Rejects with LeaseLost, as the store does, and for what no worker should tell. */
  tell(event: WorkerEvent): Promise<boolean>
  /** How the job stands now is known then. */
  look(): Promise<void>
  /** Resolves when the job may have changed from outside, which is known then, or when the signal is aborted. */
  changed(signal: AbortSignal): Promise<void>
}

/** Somebody was quicker, or an answer was lost: the job as it stands now says what to do. */
const OVERTAKEN: ReadonlySet<RefusalCode> = new Set(['ENDED', 'NOT_NOW', 'UNKNOWN_BATCH'])

export function openDesk(
  store: Pick<JobStore, 'record' | 'find' | 'newest' | 'waitBeyond'>,
  lease: JobLease,
  granted: KeptJob,
): Desk {
  const { id } = granted.job
  let kept = granted
  /** Of whichever job: what changed up to here is known. */
  let seen = granted.change
  const look = async (): Promise<void> => {
    seen = await store.newest()
    kept = (await store.find(id)) ?? kept
  }
  return {
    job: () => kept.job,
    look,
    async tell(event) {
      const answer = await store.record(id, lease, event)
      if (answer.told === 'FENCED' || answer.told === 'NOT_FOUND') throw new LeaseLost(id)
      kept = answer.kept
      seen = Math.max(seen, kept.change)
      if (answer.told === 'DONE') return true
      if (!OVERTAKEN.has(answer.refusal)) {
        throw new Error(`The job ${id} does not take ${event.event}: ${answer.refusal}`)
      }
      return false
    },
    async changed(signal) {
      try {
        await store.waitBeyond(seen, signal)
      } catch (error) {
        if (signal.aborted) return
        throw error
      }
      await look()
    },
  }
}
