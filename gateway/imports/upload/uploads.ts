/** The uploads of a process: where they lie, their route, and that they are swept. */

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../../../schema/process/config.ts'
import type { OpenRoutes } from '../../../schema/process/http/parts.ts'
import type { Log } from '../../../schema/process/log.ts'
import type { Environment } from '../../environment.ts'
import type { UploadStore } from './upload.ts'
import { openUploadFolder } from './upload-folder.ts'
import { uploadRoutes } from './upload-routes.ts'

export interface Uploads {
  readonly store: UploadStore
  readonly routes: OpenRoutes
}

interface Parts {
  readonly config: Pick<Config, 'dataDirectory' | 'uploadBytesMax' | 'uploadExpiresMs' | 'uploadsMax'>
  readonly environment: Pick<Environment, 'clock'>
  readonly log: Log
  /** Sweeping ends with it. */
  readonly opened: AsyncDisposableStack
}

const SWEEP_EVERY_MS = 60_000

/** In `uploads` of the data folder. */
export async function openUploads({ config, environment, log, opened }: Parts): Promise<Uploads> {
  const store = await openUploadFolder(join(config.dataDirectory, 'uploads'), {
    clock: environment.clock,
    randomBytes,
    limits: { bytesMax: config.uploadBytesMax, uploadsMax: config.uploadsMax, expiresAfterMs: config.uploadExpiresMs },
  })
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = async () => {
    const files = await store.sweep()
    if (files > 0) log.info({ files }, 'expired uploads were dropped')
  }
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep).catch((error: unknown) => log.error({ err: error }, 'uploads could not be swept'))
  }, SWEEP_EVERY_MS)
  opened.defer(async () => {
    clearInterval(timer)
    await sweeping
  })
  return { store, routes: uploadRoutes(store) }
}
