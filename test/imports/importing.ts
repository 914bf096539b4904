/** A company of `test/rows`, with a store of import jobs, uploads, and workers that a test opens and closes as it likes. */

import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clockOf } from '../../gateway/environment.ts'
import type { JobDefinition } from '../../gateway/imports/job/definition.ts'
import { isOver, type Job, type JobId } from '../../gateway/imports/job/job.ts'
import type { RowOutcome } from '../../gateway/imports/job/outcome.ts'
import type { RecordObject } from '../../gateway/imports/source/source.ts'
import type { JobStore } from '../../gateway/imports/store/job-store.ts'
import type { UploadStore } from '../../gateway/imports/upload/upload.ts'
import { openUploads } from '../../gateway/imports/upload/uploads.ts'
import { createImportWorker, type ImportWorker, type WorkerOptions } from '../../gateway/imports/worker/worker.ts'
import { openSqliteJobStore } from '../../gateway/stores/sqlite/job-store.ts'
import { type Company, openCompany } from '../rows/company.ts'

export interface Importing extends AsyncDisposable {
  readonly company: Company
  readonly store: JobStore
  readonly uploads: UploadStore
  worker(options?: Partial<WorkerOptions>): ImportWorker
  /** One that nobody waits for at the end. */
  mortal(options: Partial<WorkerOptions>): void
  /** Announces a file, and sends it unless it is to come later. */
  upload(content: string, name?: string): Promise<string>
  announce(name?: string): Promise<string>
  send(upload: string, content: string): Promise<void>
  create(options: Partial<JobDefinition>, rows?: readonly RecordObject[]): Promise<JobId>
  job(id: JobId): Promise<Job>
  /** The job as soon as it fits. */
  until(id: JobId, fits: (job: Job) => boolean): Promise<Job>
  ended(id: JobId): Promise<Job>
  /** By row. */
  outcomes(id: JobId): Promise<readonly RowOutcome[]>
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} }
export const CLOCK = clockOf({ clock: Date.now, random: Math.random })

export async function openImporting(): Promise<Importing> {
  const company = await openCompany()
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-imports-'))
  const store = await openSqliteJobStore({ file: join(directory, 'gateway.sqlite'), clock: CLOCK, lookEveryMs: 20 })
  const opened = new AsyncDisposableStack()
  const config = { dataDirectory: directory, uploadBytesMax: 1e9, uploadExpiresMs: 60_000, uploadsMax: 100 }
  const workers = new Set<ImportWorker>()
  const onReceived = () => {
    for (const worker of workers) worker.heard()
  }
  const { store: uploads } = await openUploads({ config, clock: CLOCK, log: SILENT, onReceived, opened })
  const announce = async (name = 'customers.csv') => {
    const created = await uploads.create({ name, contentType: null, size: null, sha256: null })
    if (!created.ok) throw new Error(created.refusal.message)
    return created.value.id
  }
  const send = async (upload: string, content: string) => {
    const body = async function* () {
      yield Buffer.from(content)
    }
    const received = await uploads.receive(upload, body(), null)
    if (!received.ok) throw new Error(received.refusal.message)
  }
  const job = async (id: JobId) => {
    const kept = await store.find(id)
    if (kept === null) throw new Error(`no job ${id}`)
    return kept.job
  }
  const until: Importing['until'] = async (id, fits) => {
    for (;;) {
      const change = await store.newest()
      const found = await job(id)
      if (fits(found)) return found
      if (isOver(found)) throw new Error(`The job ended before: ${JSON.stringify(found)}`)
      await store.waitBeyond(change, new AbortController().signal)
    }
  }
  const begin = (options: Partial<WorkerOptions>) => {
    const { sync, mapSet, participants } = company.app
    const parts = { store, uploads, sync, mapSet, participants, clock: CLOCK, log: SILENT, isAlone: true }
    return createImportWorker({ ...parts, ...options })
  }
  return {
    ...{ company, store, uploads, announce, send, job, until },
    worker(options = {}) {
      const worker = begin(options)
      workers.add(worker)
      return worker
    },
    mortal(options) {
      begin(options)
    },
    async upload(content, name) {
      const id = await announce(name)
      await send(id, content)
      return id
    },
    async create(options, rows) {
      const id = randomUUID() as string as JobId
      const source: JobDefinition['source'] =
        rows === undefined
          ? { kind: 'UPLOAD', uploadId: 'none' }
          : {
              kind: 'INLINE',
              rows: rows.length,
              sha256: createHash('sha256').update(JSON.stringify(rows)).digest('hex'),
            }
      const definition: JobDefinition = {
        ...{ target: { kind: 'ENTITY', entity: 'Customer' }, source, format: {}, columns: {} },
        ...{
          operation: 'UPSERT',
          matchBy: null,
          atomicity: 'ROW',
          batchRows: null,
          maxFailures: null,
          duplicates: 'FAIL',
        },
        ...{ mode: 'COMMIT', idempotencyKey: null, planHash: null, retryOf: null, after: null, actor: 'ada' },
        ...options,
      }
      await store.create({ id, definition, at: Date.now(), rows: rows ?? null })
      return id
    },
    ended: (id) => until(id, isOver),
    async outcomes(id) {
      const found: RowOutcome[] = []
      for (;;) {
        const page = await store.outcomes(id, { after: found.at(-1)?.row ?? 0, limit: 500, only: null })
        found.push(...page.outcomes.map(({ outcome }) => outcome))
        if (!page.hasMore) return found
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...workers].map((one) => one.close()))
      await store.close()
      await opened.disposeAsync()
      await company[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const HEADER = 'company,number,name,group,currency'

/** A file of customers of the company, each line as given or made of a number. */
export function customersCsv(lines: readonly string[]): string {
  return [HEADER, ...lines, ''].join('\n')
}

export function customerLine(number: string, name = `Customer ${number}`): string {
  return `tst,${number},${name},TRADE,USD`
}

export function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}-${String(at + 1).padStart(6, '0')}`)
}
