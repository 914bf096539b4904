/** Imports that ended long ago are forgotten, with what is kept of their rows, and with their files. */

import { pause } from '../../changes/pause.ts'
import { createTrouble } from '../../changes/trouble.ts'
import type { Clock, Log } from '../../coordinator/environment.ts'
import type { UploadStore } from '../upload/upload.ts'
import type { JobStore } from './job-store.ts'

interface Parts {
  readonly jobs: Pick<JobStore, 'forget'>
  readonly uploads: Pick<UploadStore, 'delete'>
  /** How long a job is known after its end. */
  readonly keepMs: number
  readonly clock: Pick<Clock, 'now' | 'after'>
  readonly log: Pick<Log, 'info' | 'warn'>
}

const LOOK_EVERY_MS = 3_600_000
const AT_ONCE_MAX = 2_000
/** Others have the store in between. */
const APART_MS = 100

/** At once, and again and again, until it is disposed of. */
export function forgetOldJobs(parts: Parts): AsyncDisposable {
  const stopping = new AbortController()
  const forgetting = forget(parts, stopping.signal)
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await forgetting
    },
  }
}

async function forget(parts: Parts, signal: AbortSignal): Promise<void> {
  const { jobs, uploads, keepMs, clock, log } = parts
  const trouble = createTrouble('forget old imports', parts)
  while (!signal.aborted) {
    try {
      const forgotten = await jobs.forget(clock.now() - keepMs, AT_ONCE_MAX)
      if (forgotten.jobs > 0) log.info({ jobs: forgotten.jobs }, 'old imports were forgotten')
      // A file that is not dropped here, because the process ends, is when it expires.
      for (const upload of forgotten.uploads) await uploads.delete(upload)
      trouble.over()
      await pause(clock, forgotten.hasMore ? APART_MS : LOOK_EVERY_MS, signal)
    } catch (error) {
      await trouble.met(error, signal)
    }
  }
}
