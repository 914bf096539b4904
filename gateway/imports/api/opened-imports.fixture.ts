/** Imports over real stores in a folder of a test's own, and a job's work told as a worker would. */

import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { shippedMapSet } from '../../../maps/shipped.ts'
import { createManualClock, type ManualClock } from '../../../test/coordinator/manual-clock.ts'
import { openSqliteJobStore } from '../../stores/sqlite/job-store.ts'
import type { WorkerEvent } from '../job/event.ts'
import { placeAfter } from '../job/job.fixture.ts'
import type { Job, JobId } from '../job/job.ts'
import type { RowResult } from '../job/outcome.ts'
import type { SourceFormat } from '../source/source.ts'
import type { JobStore } from '../store/job-store.ts'
import type { UploadStore } from '../upload/upload.ts'
import { openUploadFolder } from '../upload/upload-folder.ts'
import type { Asked } from './asked.ts'
import { createImports, type Imports } from './imports.ts'

export const NOW = 1_700_000_000_000
export const mapSet = shippedMapSet()

export interface OpenedImports {
  readonly imports: Imports
  readonly jobs: JobStore
  readonly uploads: UploadStore
  readonly clock: ManualClock
  /** An upload with its file; without a text none has come. */
  upload(name: string, text: string | null): Promise<string>
  send(uploadId: string, text: string): Promise<void>
  /** Does the whole of a job's work: reads its rows as the format says, and gives each its result. */
  work(id: JobId, format: SourceFormat | null, results: readonly RowResult[]): Promise<Job>
}

/** Fresh ones for each test. */
export function freshImports(): OpenedImports {
  let folder: string
  let current: Pick<OpenedImports, 'imports' | 'jobs' | 'uploads' | 'clock'>
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-imports-'))
    const clock = createManualClock(NOW)
    const jobs = await openSqliteJobStore({ file: join(folder, 'gateway.sqlite'), clock })
    const limits = { bytesMax: 1_000_000, uploadsMax: 10, expiresAfterMs: 60_000 }
    const uploads = await openUploadFolder(join(folder, 'uploads'), { clock: clock.now, randomBytes, limits })
    current = { jobs, uploads, clock, imports: createImports({ mapSet, jobs, uploads, clock, newId: randomUUID }) }
  })
  afterEach(async () => {
    await current.jobs.close()
    await rm(folder, { recursive: true })
  })
  return {
    get imports() {
      return current.imports
    },
    get jobs() {
      return current.jobs
    },
    get uploads() {
      return current.uploads
    },
    get clock() {
      return current.clock
    },
    async upload(name, text) {
      const { id } = granted(await current.imports.createUpload({ name, contentType: null, size: null, sha256: null }))
      if (text !== null) await current.uploads.receive(id, bytesOf(text), null)
      return id
    },
    async send(uploadId, text) {
      await current.uploads.receive(uploadId, bytesOf(text), null)
    },
    async work(id, format, results) {
      const at = current.clock.now()
      const answer = await current.jobs.acquire(id, { holder: 'worker', instead: null })
      if (answer.acquire !== 'GRANTED') throw new Error(answer.acquire)
      const told = async (event: WorkerEvent) => {
        const { told, ...rest } = await current.jobs.record(id, answer.lease, event)
        if (told !== 'DONE' || !('kept' in rest)) throw new Error(`${event.event} was ${told}`)
        return rest.kept.job
      }
      const rows = results.length
      await told({ event: 'STARTED', at })
      await told({ event: 'VALIDATED', rows, format, at })
      const sent = results.map(({ row }) => row)
      await told({ event: 'BATCH_TAKEN', batch: 1, to: placeAfter(rows), bytes: 0, sent, settled: [], at })
      return told({ event: 'BATCH_ENDED', batch: 1, results, durationMs: 100, at })
    },
  }
}

/** What was asked for; fails where it was refused. */
export function granted<T>(asked: Asked<T>): T {
  if (!asked.ok) throw new Error(JSON.stringify(asked.problems))
  return asked.value
}

/** Codes by their paths; none where nothing was refused. */
export function refusals(asked: Asked<unknown>): Readonly<Record<string, string>> {
  return asked.ok ? {} : Object.fromEntries(asked.problems.map(({ path, code }) => [path.join('.'), code]))
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

export const CSV: SourceFormat = {
  ...{ format: 'CSV', compression: 'NONE', encoding: 'UTF_8', begin: placeAfter(0) },
  ...{ delimiter: ';', quote: '"', lineEnd: 'LF', header: ['company', 'number', 'name'] },
}
