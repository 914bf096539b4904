/** Lockstep's public API for imports over HTTP. Everything rejects with a Refusal, and with nothing else. */

import { ClientError, GraphQLClient } from 'graphql-request'
import type { JobVerb } from './command.ts'
import { type ImportJob, JOB_FIELDS } from './import-job.ts'
import type { ImportRequest } from './import-request.ts'
import { type Reason, Refusal, refusal, unreachable } from './refusal.ts'

export interface NewUpload {
  readonly filename: string
  readonly contentType: string | null
  /** In bytes. */
  readonly size: number
  readonly sha256: string
}

export interface Upload {
  readonly id: string
  /** Where to send the file; may be relative to Lockstep's address. */
  readonly url: string
  readonly method: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
}

export interface Graph {
  createUpload(upload: NewUpload): Promise<Upload>
  bulkImport(uploadId: string, request: ImportRequest): Promise<ImportJob>
  importJob(id: string): Promise<ImportJob>
  /** The newest first. */
  importJobs(first: number): Promise<readonly ImportJob[]>
  /** Tells the job, of a retry the new one. */
  change(verb: Exclude<JobVerb, 'job'>, id: string): Promise<ImportJob>
}

interface Payload {
  readonly errors: readonly Reason[]
}

type JobPayload = Payload & { readonly job: ImportJob | null }

const JOB_PAYLOAD = `{ job { ${JOB_FIELDS} } errors { code message path } }`
const CREATE_UPLOAD = `mutation Upload($input: CreateUploadInput!) { payload: createUpload(input: $input) {
  upload { id url method headers { name value } } errors { code message path } } }`
const BULK_IMPORT = `mutation Import($input: BulkImportInput!) { payload: bulkImport(input: $input) ${JOB_PAYLOAD} }`
const IMPORT_JOB = `query Job($id: ID!) { job: importJob(id: $id) { ${JOB_FIELDS} } }`
const IMPORT_JOBS = `query Jobs($first: Int!) { jobs: importJobs(first: $first) { edges { node { ${JOB_FIELDS} } } } }`

/** Nothing that is asked here takes long. */
const ANSWER_WITHIN_MS = 60_000

export function openGraph(url: string): Graph {
  const client = new GraphQLClient(`${url}/graphql`, {
    errorPolicy: 'none',
    fetch: (asked, options) => fetch(asked, { ...options, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }),
  })
  const ask = async <T>(document: string, variables: object): Promise<T> => {
    try {
      return await client.request<T>(document, { ...variables })
    } catch (error) {
      throw refusalOf(url, error)
    }
  }
  const askForJob = async (document: string, variables: object): Promise<ImportJob> => {
    const { payload } = await ask<{ payload: JobPayload }>(document, variables)
    return granted(payload, payload.job)
  }
  return {
    async createUpload(input) {
      const { payload } = await ask<{ payload: Payload & { upload: Upload | null } }>(CREATE_UPLOAD, { input })
      return granted(payload, payload.upload)
    },
    bulkImport: (uploadId, request) => askForJob(BULK_IMPORT, { input: { ...request, source: { uploadId } } }),
    async importJob(id) {
      const { job } = await ask<{ job: ImportJob | null }>(IMPORT_JOB, { id })
      if (job === null) throw refusal('NOT_FOUND', `There is no import job ${id}`)
      return job
    },
    async importJobs(first) {
      const { jobs } = await ask<{ jobs: { edges: readonly { node: ImportJob }[] } }>(IMPORT_JOBS, { first })
      return jobs.edges.map(({ node }) => node)
    },
    change: (verb, id) =>
      askForJob(`mutation Change($id: ID!) { payload: ${verb}Import(id: $id) ${JOB_PAYLOAD} }`, { id }),
  }
}

function granted<T>({ errors }: Payload, value: T | null): T {
  if (errors.length > 0) throw new Refusal(errors)
  if (value === null) throw refusal('NO_ANSWER', 'Lockstep answered with neither a result nor an error')
  return value
}

/** Of a server that is overloaded or shuts down, and of proxies before one that is away. */
const NOT_NOW: ReadonlySet<number> = new Set([429, 502, 503, 504])

function refusalOf(url: string, error: unknown): Refusal {
  if (!(error instanceof ClientError)) return unreachable(url, error)
  const { errors = [], status } = error.response
  if (errors.length === 0 || NOT_NOW.has(status)) {
    return unreachable(url, new Error(errors[0]?.message ?? `HTTP status ${status}`))
  }
  return new Refusal(
    errors.map(({ message, extensions, path = [] }) => {
      const code: unknown = extensions?.['code']
      return { code: typeof code === 'string' ? code : 'ERROR', message, path: path.map(String) }
    }),
  )
}
