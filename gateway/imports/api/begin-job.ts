/** A job begins once: whoever asks for the same once more, under its key, gets the job that there is. */

import type { Clock } from '../../coordinator/environment.ts'
import { isSameDefinition, type JobDefinition } from '../job/definition.ts'
import type { Job, JobId } from '../job/job.ts'
import type { CreateRequest, JobStore } from '../store/job-store.ts'
import type { UploadStore } from '../upload/upload.ts'
import { type Asked, problem, refused } from './asked.ts'
import { samenessOfSources } from './same-source.ts'

export type NewImport = Pick<CreateRequest, 'definition' | 'rows'>

interface Parts {
  readonly jobs: Pick<JobStore, 'create' | 'tell'>
  readonly uploads: Pick<UploadStore, 'find' | 'delete'>
  readonly clock: Pick<Clock, 'now'>
  /** A new one each time, which nobody can guess. */
  readonly newId: () => string
}

/** `keyPath` is the argument at fault where the key belongs to another import. */
export async function beginJob(
  parts: Parts,
  { definition, rows }: NewImport,
  keyPath: readonly string[],
): Promise<Asked<Job>> {
  const { jobs, clock, newId } = parts
  const created = await jobs.create({ id: newId() as JobId, definition, rows, at: clock.now() })
  const { job } = created.kept
  if (created.create !== 'MISMATCH') return { ok: true, value: await toldOfFile(parts, job) }
  const repeated = await repeatedJob(parts, job, definition)
  if (repeated !== null) return { ok: true, value: await toldOfFile(parts, repeated) }
  const message = `The key belongs to another import, ${job.id}: give each import a key of its own.`
  return refused(problem('IDEMPOTENCY_MISMATCH', message, ...keyPath))
}

/**
 * The job, where the request asks for the same once more; null otherwise. Whoever repeats it may have announced the file
 * anew: a job that still waits for its file then waits for that one.
 */
async function repeatedJob(parts: Parts, job: Job, asked: JobDefinition): Promise<Job | null> {
  const { jobs, uploads, clock } = parts
  // Behind which job of its package it comes follows from the package.
  const { source, after } = job.definition
  if (!isSameDefinition(job.definition, { ...asked, source, after })) return null
  if (asked.retryOf !== null) {
    if (asked.source.kind === 'UPLOAD') await uploads.delete(asked.source.uploadId)
    return job
  }
  const sameness = await samenessOfSources(uploads, source, asked.source)
  if (sameness === 'OTHER') return null
  const uploadId = asked.source.kind === 'UPLOAD' ? asked.source.uploadId : null
  const isAnew = source.kind === 'UPLOAD' && uploadId !== null && uploadId !== source.uploadId
  if (job.phase.state !== 'AWAITING_UPLOAD' || !isAnew) return sameness === 'SAME' ? job : null
  const told = await jobs.tell(job.id, { event: 'ANNOUNCED_ANEW', uploadId, at: clock.now() }, asked.actor)
  if (told.told === 'NOT_FOUND') return null
  // Its file has come just now.
  return told.told === 'DONE' ? told.kept.job : repeatedJob(parts, told.kept.job, asked)
}

/** The job, which need not wait for a file that is there already. */
async function toldOfFile({ jobs, uploads, clock }: Parts, job: Job): Promise<Job> {
  const { source, actor } = job.definition
  if (source.kind !== 'UPLOAD' || job.phase.state !== 'AWAITING_UPLOAD') return job
  const upload = await uploads.find(source.uploadId)
  const received = upload.ok ? upload.value.received : null
  if (received === null) return job
  const told = await jobs.tell(job.id, { event: 'UPLOADED', sizeBytes: received.size, at: clock.now() }, actor)
  return told.told === 'NOT_FOUND' ? job : told.kept.job
}
