/** What an administrator does with imports, over the stores of jobs and uploads: whoever works at the jobs is elsewhere. */

import type { MapSet } from '../../../maps/model.ts'
import type { Clock } from '../../coordinator/environment.ts'
import type { JobDefinition } from '../job/definition.ts'
import type { AdministratorEvent, RefusalCode } from '../job/event.ts'
import type { Job, JobId } from '../job/job.ts'
import { jobOfPlan } from '../job/plan.ts'
import { type Progress, progressOf } from '../job/progress.ts'
import type { JobStore } from '../store/job-store.ts'
import {
  type Answer,
  isSha256,
  type NewUpload,
  type Upload,
  type UploadRefusalCode,
  type UploadStore,
} from '../upload/upload.ts'
import { type Asked, problem, refused } from './asked.ts'
import { beginJob, type NewImport } from './begin-job.ts'
import type { ImportRequest } from './import-request.ts'
import { packageOrder } from './package-order.ts'
import { readPackage } from './read-package.ts'
import { readRequest } from './read-request.ts'
import type { ToldFile } from './read-source.ts'
import { refusalToRetry, retryDefinition, uploadFailures } from './retry.ts'
import { samenessOfSources } from './same-source.ts'
import { refusalToUndo, undoDefinition } from './undo.ts'
import { watchJob } from './watch.ts'

export interface Imports extends Pick<JobStore, 'list' | 'outcomes' | 'audit'> {
  createUpload(asked: NewUpload): Promise<Asked<Upload>>
  /** Answered as soon as the job is durable; a second request under one key gets the first one's job. */
  start(request: ImportRequest, actor: string | null): Promise<Asked<Job>>
  /**
   * Several files that belong together: their jobs in the order in which they are worked at, what records refer to before
   * what refers to it. Where one request is refused, no job begins; one whose key turns out to be another import's ends those
   * that were begun before it.
   */
  startPackage(requests: readonly ImportRequest[], actor: string | null): Promise<Asked<readonly Job[]>>
  /** Asking for what is so already is no refusal. */
  order(id: JobId, order: Order, actor: string | null): Promise<Asked<Job>>
  /** A new job of the rows that failed; where rows are written all or none, also of those that were left out with them. */
  retry(id: JobId, idempotencyKey: string | null, actor: string | null): Promise<Asked<Job>>
  /** A new job that takes back what the job wrote. */
  undo(id: JobId, idempotencyKey: string | null, actor: string | null): Promise<Asked<Job>>
  /** Null where there is no such job. */
  job(id: JobId): Promise<Job | null>
  /** In numbers, at this moment. */
  progress(job: Job): Progress
  /** As `watchJob` has it. */
  watch(id: JobId, signal: AbortSignal): AsyncIterable<Job>
}

export type Order = Extract<AdministratorEvent['event'], 'PAUSE' | 'RESUME' | 'CANCEL'>

export interface ImportParts {
  readonly mapSet: MapSet
  readonly jobs: JobStore
  readonly uploads: UploadStore
  readonly clock: Pick<Clock, 'now' | 'after'>
  /** A new one each time, which nobody can guess. */
  readonly newId: () => string
}

export function createImports(parts: ImportParts): Imports {
  const { mapSet, jobs, uploads, clock } = parts
  return {
    list: (request) => jobs.list(request),
    outcomes: (id, request) => jobs.outcomes(id, request),
    audit: (id, request) => jobs.audit(id, request),
    job: async (id) => (await jobs.find(id))?.job ?? null,
    progress: (job) => progressOf(job, clock.now()),
    watch: (id, signal) => watchJob(parts, id, signal),

    createUpload: async (asked) => {
      const created = await uploads.create(asked)
      if (created.ok) return created
      const { code, message } = created.refusal
      return refused(problem(code, message, 'input', ...argumentAtFault(code, asked)))
    },

    start: async (request, actor) => {
      const read = await readOne(parts, request, actor)
      return read.ok ? beginJob(parts, read.value, ['input', 'idempotencyKey']) : read
    },

    startPackage: async (requests, actor) => {
      const read = await readPackage(requests, (request) => readOne(parts, request, actor))
      if (!read.ok) return read
      const order = packageOrder(
        mapSet,
        read.value.map(({ definition }) => definition.target),
      )
      const started: Job[] = []
      const own = new Set<string>()
      const newId = () => {
        const id = parts.newId()
        own.add(id)
        return id
      }
      for (const place of order) {
        const asked = read.value[place]
        if (asked === undefined) continue
        const definition = { ...asked.definition, after: started.at(-1)?.id ?? null }
        const keyPath = ['inputs', String(place), 'idempotencyKey']
        const created = await beginJob({ ...parts, newId }, { ...asked, definition }, keyPath)
        if (!created.ok) {
          const begun = started.filter(({ id }) => own.has(id))
          for (const { id } of begun) await jobs.tell(id, { event: 'CANCEL', at: clock.now() }, actor)
          return created
        }
        started.push(created.value)
      }
      return { ok: true, value: started }
    },

    order: async (id, event, actor) => {
      const answer = await jobs.tell(id, { event, at: clock.now() }, actor)
      if (answer.told === 'DONE') return { ok: true, value: answer.kept.job }
      if (answer.told === 'NOT_FOUND') return NO_JOB
      const { job } = answer.kept
      return isSo(job, event) ? { ok: true, value: job } : refused(notDone(answer.refusal, job, event))
    },

    retry: async (id, idempotencyKey, actor) => {
      const kept = await jobs.find(id)
      if (kept === null) return NO_JOB
      const refusal = refusalToRetry(kept.job)
      if (refusal !== null) return refused(refusal)
      const upload = await uploadFailures(parts, kept.job)
      if (!upload.ok) return refused(problem(upload.refusal.code, upload.refusal.message, 'id'))
      const definition = retryDefinition(kept.job, upload.value, { idempotencyKey, actor })
      return beginJob(parts, { definition, rows: null }, ['idempotencyKey'])
    },

    undo: async (id, idempotencyKey, actor) => {
      const kept = await jobs.find(id)
      if (kept === null) return NO_JOB
      const refusal = refusalToUndo(kept.job)
      if (refusal !== null) return refused(refusal)
      const definition = undoDefinition(kept.job, { idempotencyKey, actor })
      return beginJob(parts, { definition, rows: null }, ['idempotencyKey'])
    },
  }
}

async function readOne(
  { mapSet, jobs, uploads }: ImportParts,
  request: ImportRequest,
  actor: string | null,
): Promise<Asked<NewImport>> {
  const { uploadId } = request.source
  const repeated = await repeatedImport(jobs, request)
  const upload = uploadId == null ? null : repeated === null ? await uploads.find(uploadId) : toldOf(uploadId, repeated)
  const planId = request.planHash == null ? null : jobOfPlan(request.planHash)
  const plan = planId === null ? null : ((await jobs.find(planId))?.job ?? null)
  const asked = uploadId == null ? null : ({ kind: 'UPLOAD', uploadId } as const)
  const isOfFile =
    plan !== null && asked !== null && (await samenessOfSources(uploads, plan.definition.source, asked)) === 'SAME'
  const isKept = repeated !== null && repeated.planHash === request.planHash
  return readRequest(request, { mapSet, upload, plan, isOfFile: isKept || isOfFile, actor })
}

function toldOf(id: string, { format: { name = null, contentType = null } }: JobDefinition): Answer<ToldFile> {
  return { ok: true, value: { id, name, contentType } }
}

/** What was asked for under the key, of the same upload: whoever repeats that needs no file that is still kept. */
async function repeatedImport(
  jobs: Pick<JobStore, 'findByKey'>,
  { idempotencyKey, source: { uploadId } }: ImportRequest,
): Promise<JobDefinition | null> {
  const kept = idempotencyKey == null ? null : await jobs.findByKey(idempotencyKey)
  const definition = kept?.job.definition ?? null
  return definition?.source.kind === 'UPLOAD' && definition.source.uploadId === uploadId ? definition : null
}

function isSo({ phase: { state } }: Job, order: Order): boolean {
  switch (order) {
    case 'PAUSE':
      return state === 'PAUSED'
    case 'RESUME':
      return state === 'QUEUED' || state === 'VALIDATING' || state === 'RUNNING'
    case 'CANCEL':
      return state === 'CANCELLED'
  }
}

const NO_JOB = refused(problem('NOT_FOUND', 'There is no such import.', 'id'))

function notDone(code: RefusalCode, { phase: { state } }: Job, order: Order) {
  const message =
    code === 'ENDED' ? `The import is over: it is ${state}.` : `The import is ${state}: nothing to ${order}.`
  return problem(code, message, 'id')
}

/** None where the upload as a whole is refused. */
function argumentAtFault(code: UploadRefusalCode, { sha256 }: NewUpload): readonly string[] {
  if (code === 'TOO_LARGE') return ['size']
  if (code !== 'INVALID') return []
  return [sha256 === null || isSha256(sha256) ? 'size' : 'sha256']
}
