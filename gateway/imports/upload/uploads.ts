/** The uploads of a process: where they lie, their route, and that they are swept. */

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../../../schema/process/config.ts'
import type { OpenRoutes } from '../../../schema/process/http/parts.ts'
import type { Clock, Log } from '../../coordinator/environment.ts'
import type { UploadStore } from './upload.ts'
import { openUploadFolder } from './upload-folder.ts'
import { uploadRoutes } from './upload-routes.ts'

export interface Uploads {
  readonly store: UploadStore
  readonly routes: OpenRoutes
}

interface Parts {
  readonly config: Pick<Config, 'dataDirectory' | 'uploadBytesMax' | 'uploadExpiresMs' | 'uploadsMax'>
  readonly clock: Pick<Clock, 'now' | 'after'>
  readonly log: Pick<Log, 'info' | 'error'>
  /** A file has come. */
  readonly onReceived?: () => void
  /** Sweeping ends with it. */
  readonly opened: AsyncDisposableStack
}

const SWEEP_EVERY_MS = 60_000

/** In `uploads` of the data folder. */
export async function openUploads({ config, clock, log, onReceived, opened }: Parts): Promise<Uploads> {
  const folder = await openUploadFolder(join(config.dataDirectory, 'uploads'), {
    clock: clock.now,
    randomBytes,
    limits: { bytesMax: config.uploadBytesMax, uploadsMax: config.uploadsMax, expiresAfterMs: config.uploadExpiresMs },
  })
  const store = onReceived === undefined ? folder : heard(folder, onReceived)
  opened.use(sweeping(store, clock, log))
  return { store, routes: uploadRoutes(store) }
}

function heard(store: UploadStore, onReceived: () => void): UploadStore {
  return {
    ...store,
    async receive(id, body, announced) {
      const answer = await store.receive(id, body, announced)
      if (answer.ok) onReceived()
      return answer
    },
  }
}

/** Sweeps again and again, until it is disposed of. */
function sweeping(store: Pick<UploadStore, 'sweep'>, clock: Parts['clock'], log: Parts['log']): AsyncDisposable {
  const sweep = async () => {
    try {
      const files = await store.sweep()
      if (files > 0) log.info({ files }, 'expired uploads were dropped')
    } catch (error) {
      log.error({ err: error }, 'uploads could not be swept')
    }
  }
  let isOver = false
  let last: Promise<void> = Promise.resolve()
  let cancel = (): void => undefined
  const arm = () => {
    cancel = clock.after(SWEEP_EVERY_MS, () => {
      last = sweep().then(() => (isOver ? undefined : arm()))
    })
  }
  arm()
  return {
    [Symbol.asyncDispose]: async () => {
      isOver = true
      cancel()
      await last
    },
  }
}
