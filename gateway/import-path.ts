/**
 * How every gateway comes by its imports, wherever its systems are: the job store, the uploads that files come by, and a
 * worker.
 */

import { randomUUID } from 'node:crypto'
import type { OpenRoutes } from '../schema/process/http/parts.ts'
import { unusableStore } from '../schema/process/start-error.ts'
import { clockOf } from './environment.ts'
import { gatewayFile } from './gateway-file.ts'
import { importFileRoutes } from './imports/api/import-file-routes.ts'
import { createImports, type Imports } from './imports/api/imports.ts'
import { forgetOldJobs } from './imports/store/forget-old-jobs.ts'
import type { JobStore } from './imports/store/job-store.ts'
import type { UploadStore } from './imports/upload/upload.ts'
import { openUploads } from './imports/upload/uploads.ts'
import { createImportWorker } from './imports/worker/worker.ts'
import { openSqliteJobStore } from './stores/sqlite/job-store.ts'
import type { GatewayParts, WritePath } from './write-path.ts'

export interface ImportPath {
  readonly jobs: JobStore
  readonly uploads: UploadStore
  /** What an administrator sees of them. */
  readonly imports: Imports
  /** Where files are sent to, and results are fetched from. */
  readonly importRoutes: readonly OpenRoutes[]
}

export interface ImportSources extends Pick<WritePath, 'mapSet' | 'traffic' | 'participants'> {
  /** No other process has the same jobs. */
  readonly isAlone: boolean
}

/** Milliseconds between two looks for what others did to a job: alone, there are no others. */
const LOOK_EVERY_MS = { alone: 1_000, amongOthers: 100 } as const

/**
 * Work begins at once. At the end the worker lets go before its stores close. Rejects with a StartError for a file that
 * cannot be used.
 */
export async function createImportPath(
  { isAlone, mapSet, traffic, participants }: ImportSources,
  parts: GatewayParts,
): Promise<ImportPath> {
  const { config, environment, log, opened } = parts
  const clock = clockOf(environment)
  const file = gatewayFile(config)
  const lookEveryMs = isAlone ? LOOK_EVERY_MS.alone : LOOK_EVERY_MS.amongOthers
  const jobs = await openSqliteJobStore({ file, clock, lookEveryMs }).catch((error: unknown) => {
    throw unusableStore(error, file)
  })
  opened.defer(() => jobs.close())
  const files = { config, clock, log: log.child({ part: 'uploads' }), onReceived: () => worker.heard(), opened }
  const { store: uploads, routes } = await openUploads(files)
  const worker = createImportWorker({
    ...{ store: jobs, uploads, sync: traffic.unnoticed, traffic, mapSet, participants, isAlone, clock },
    log: log.child({ part: 'imports' }),
  })
  opened.defer(() => worker.close())
  const keeping = { jobs, uploads, keepMs: config.importsKeepMs, clock, log: log.child({ part: 'imports' }) }
  opened.use(forgetOldJobs(keeping))
  const imports = createImports({ mapSet, jobs, uploads, clock, newId: randomUUID })
  return { jobs, uploads, imports, importRoutes: [routes, importFileRoutes(jobs)] }
}
