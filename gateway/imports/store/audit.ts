/** Who did what to a job, for whoever asks later. Batches are not listed: their rows' outcomes tell. */

import type { JobEvent } from '../job/event.ts'
import type { Job, JobState } from '../job/job.ts'

export interface AuditEntry {
  /** From 1, in the order of what happened. */
  readonly number: number
  readonly at: number
  /** Whether somebody asked for it, or Lockstep's worker came to it. */
  readonly by: 'CALLER' | 'WORKER'
  /** As the caller is known; always null for a worker. */
  readonly actor: string | null
  readonly action: 'CREATE' | JobEvent['event']
  /** Null for a job that was not there before. */
  readonly before: JobState | null
  readonly after: JobState
}

export type Audited = Omit<AuditEntry, 'number'>

export function auditOfCreation({ createdAt: at, definition, phase }: Job): Audited {
  return { at, by: 'CALLER', actor: definition.actor, action: 'CREATE', before: null, after: phase.state }
}

export function auditOfOrder(before: Job, { event: action, at }: JobEvent, actor: string | null, after: Job): Audited {
  return { at, by: 'CALLER', actor, action, before: before.phase.state, after: after.phase.state }
}

/** Null for what changes neither the job's state nor whether it can go on. */
export function auditOfWork(before: Job, { event: action, at }: JobEvent, after: Job): Audited | null {
  const isTold = before.phase.state !== after.phase.state || before.fault !== after.fault
  if (!isTold) return null
  return { at, by: 'WORKER', actor: null, action, before: before.phase.state, after: after.phase.state }
}
