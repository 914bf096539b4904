/**
 * `GET /imports/{id}/failures.{csv,jsonl}` and `GET /imports/{id}/results.{csv,jsonl}`: what became of a job's rows, as far
 * as it is known when the file is read, and read page by page. The id is the secret.
 */

import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { type Failure, sendFailure } from '../../../schema/process/http/failure.ts'
import type { OpenRoutes } from '../../../schema/process/http/parts.ts'
import type { Job, JobId } from '../job/job.ts'
import type { JobStore } from '../store/job-store.ts'
import { everyRow, failedRows } from '../store/kept-rows.ts'
import { type FileForm, failureFile, formOf } from './failure-file.ts'
import { resultsCsv, resultsJsonl } from './result-file.ts'

type Reader = Pick<JobStore, 'find' | 'outcomes'>

interface FileRequest {
  readonly Params: { readonly id: string; readonly form: string }
}

const FORMS: Readonly<Record<string, FileForm>> = { csv: 'CSV', jsonl: 'JSONL' }
const TYPES: Readonly<Record<FileForm, string>> = {
  CSV: 'text/csv; charset=utf-8',
  JSONL: 'application/jsonl; charset=utf-8',
}

export function importFileRoutes(jobs: Reader): OpenRoutes {
  return {
    prefix: '/imports',
    routes: async (scope) => {
      scope.get<FileRequest>('/:id/failures.:form', async ({ params }, reply) => {
        const asked = await askedFile(jobs, params)
        if ('failure' in asked) return sendFailure(reply, asked.failure)
        const other = otherForm(asked.job, asked.form)
        if (other !== null) return sendFailure(reply, other)
        return sendFile(reply, 'failures', asked, failureFile(asked.job, failedRows(jobs, asked.job)))
      })
      scope.get<FileRequest>('/:id/results.:form', async ({ params }, reply) => {
        const asked = await askedFile(jobs, params)
        if ('failure' in asked) return sendFailure(reply, asked.failure)
        const write = asked.form === 'CSV' ? resultsCsv : resultsJsonl
        return sendFile(reply, 'results', asked, write(everyRow(jobs, asked.job)))
      })
    },
  }
}

interface AskedFile {
  readonly job: Job
  readonly form: FileForm
}

async function askedFile(
  jobs: Reader,
  { id, form }: FileRequest['Params'],
): Promise<AskedFile | { readonly failure: Failure }> {
  const known = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined
  if (known === undefined) return { failure: notFound(`There is no such file as .${form}: there are .csv and .jsonl.`) }
  const kept = await jobs.find(id as JobId)
  return kept === null ? { failure: notFound('There is no such import.') } : { job: kept.job, form: known }
}

/** In another form than its own a failed row could not be imported again. */
function otherForm(job: Job, form: FileForm): Failure | null {
  const own = formOf(job)
  if (own === form) return null
  const kind = own === 'CSV' ? 'CSV' : 'JSON lines'
  return notFound(
    `The rows of this import are ${kind}: those that failed are at /imports/${job.id}/failures.${own.toLowerCase()}.`,
  )
}

function notFound(message: string): Failure {
  return { status: 404, code: 'NOT_FOUND', message }
}

function sendFile(
  reply: FastifyReply,
  name: 'failures' | 'results',
  { job, form }: AskedFile,
  pieces: AsyncIterable<string>,
): FastifyReply {
  return reply
    .type(TYPES[form])
    .header('content-disposition', `attachment; filename="${name}-${job.id}.${form.toLowerCase()}"`)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .send(Readable.from(pieces))
}
