/**
 * The files that jobs wait for and need: a job begins when its file is there, expires when it can come no more, and keeps
 * it for as long as it may read it.
 */

import { pause } from '../../changes/pause.ts'
import { type Bell, createBell } from '../../changes/relay/bell.ts'
import { createTrouble } from '../../changes/trouble.ts'
import type { Clock, Log } from '../../coordinator/environment.ts'
import type { Job, JobState } from '../job/job.ts'
import type { JobStore, KeptJob } from '../store/job-store.ts'
import type { UploadStore } from '../upload/upload.ts'

export interface AwaitingOptions {
  readonly store: Pick<JobStore, 'list' | 'tell' | 'newest' | 'waitBeyond'>
  readonly uploads: Pick<UploadStore, 'find' | 'keepUntil'>
  readonly clock: Clock
  readonly log: Log
}

export interface AwaitedUploads {
  /** A file has come: it is looked at once whose it is. */
  heard(): void
  /** May be called again. */
  close(): Promise<void>
}

const HOUR = 3_600_000
/** How long a file is kept after it was last needed. */
export const KEEP_MS = 7 * 24 * HOUR
/** It is asked for again when so much of that is left. */
const KEPT_MS_LEAST = 6 * 24 * HOUR
const KEEP_EVERY_MS = 30_000
/** For files that came unheard, and for those that can come no more. */
const LOOK_EVERY_MS = 5_000
/** Between two looks, however often jobs change. */
const LOOK_APART_MS = 100
const PAGE = 100
const NEEDING: readonly JobState[] = ['QUEUED', 'VALIDATING', 'RUNNING', 'PAUSED', 'CANCELLING']

export function awaitUploads(options: AwaitingOptions): AwaitedUploads {
  const stopping = new AbortController()
  const bell = createBell()
  const watching = watch(options, bell, stopping.signal)
  const keeping = keep(options, stopping.signal)
  return {
    heard: bell.ring,
    async close() {
      stopping.abort()
      await Promise.all([watching, keeping])
    },
  }
}

async function watch(options: AwaitingOptions, bell: Bell, signal: AbortSignal): Promise<void> {
  const { store, clock } = options
  const trouble = createTrouble('look for files that imports wait for', options)
  while (!signal.aborted) {
    try {
      bell.hush()
      const change = await store.newest()
      let isAwaiting = false
      for await (const { job } of jobsIn(store, ['AWAITING_UPLOAD'])) {
        isAwaiting = true
        await see(job, options)
      }
      trouble.over()
      const waking = new AbortController()
      const either = AbortSignal.any([signal, waking.signal])
      const changed = store.waitBeyond(change, either).catch((error: unknown) => {
        if (!either.aborted) throw error
      })
      const waits = [changed, bell.heard(either), ...(isAwaiting ? [pause(clock, LOOK_EVERY_MS, either)] : [])]
      await Promise.race(waits).finally(() => waking.abort())
      await Promise.allSettled(waits)
      await pause(clock, LOOK_APART_MS, signal)
    } catch (error) {
      await trouble.met(error, signal)
    }
  }
}

async function see({ id, definition }: Job, { store, uploads, clock }: AwaitingOptions): Promise<void> {
  if (definition.source.kind !== 'UPLOAD') return
  const { uploadId } = definition.source
  const found = await uploads.find(uploadId)
  if (found.ok && found.value.received === null) return
  // A file that came in time may have expired since, before anybody looked.
  const kept = await uploads.keepUntil(uploadId, clock.now() + KEEP_MS)
  const received = kept.ok ? kept.value.received : null
  const at = clock.now()
  if (received !== null) await store.tell(id, { event: 'UPLOADED', sizeBytes: received.size, at }, null)
  else await store.tell(id, { event: 'EXPIRE', at }, null)
}

async function keep({ store, uploads, clock, log }: AwaitingOptions, signal: AbortSignal): Promise<void> {
  const trouble = createTrouble('keep the files of imports', { clock, log })
  while (!signal.aborted) {
    try {
      for await (const { job } of jobsIn(store, NEEDING)) {
        const { source } = job.definition
        // A file that is gone is found to be by whoever reads it.
        const found = source.kind === 'UPLOAD' ? await uploads.find(source.uploadId) : null
        if (found?.ok !== true || found.value.expiresAt > clock.now() + KEPT_MS_LEAST) continue
        await uploads.keepUntil(found.value.id, clock.now() + KEEP_MS)
      }
      trouble.over()
      await pause(clock, KEEP_EVERY_MS, signal)
    } catch (error) {
      await trouble.met(error, signal)
    }
  }
}

async function* jobsIn(store: Pick<JobStore, 'list'>, states: readonly JobState[]): AsyncGenerator<KeptJob> {
  for (let before: number | null = null; ; ) {
    const { jobs, hasMore }: Awaited<ReturnType<JobStore['list']>> = await store.list({ states, before, limit: PAGE })
    yield* jobs
    before = jobs.at(-1)?.number ?? null
    if (!hasMore || before === null) return
  }
}
