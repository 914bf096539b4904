/** Follows a job to its end: by its stream, and where that ends before the job does, by asking again and again. */

import { setTimeout as wait } from 'node:timers/promises'
import { type ImportJob, isOver } from './import-job.ts'
import { isUnreachable } from './refusal.ts'

export interface Followed {
  /** Ends by itself whenever it likes. */
  readonly stream: AsyncIterable<ImportJob>
  readonly ask: () => Promise<ImportJob>
  /** Lets some time pass. */
  readonly pause: () => Promise<void>
  /** Not asked any more once it is given. */
  readonly signal: AbortSignal
}

/** A job goes on while nobody can be asked: a gateway that starts again is waited for. */
const SILENT_ASKS_MAX = 60
const ASK_EVERY_MS = 1_000

/**
 * The last one that comes out is over, unless the signal was given. Rejects with a Refusal, of one that cannot be reached
 * only after a minute.
 */
export async function* follow({ stream, ask, pause, signal }: Followed): AsyncGenerator<ImportJob> {
  for await (const job of stream) {
    yield job
    if (isOver(job)) return
  }
  let silentAsks = 0
  while (!signal.aborted) {
    const job = await ask().catch((error: unknown) => {
      silentAsks += 1
      if (!isUnreachable(error) || silentAsks >= SILENT_ASKS_MAX) throw error
      return null
    })
    if (job !== null) {
      silentAsks = 0
      yield job
      if (isOver(job)) return
    }
    await pause()
  }
}

/** A second, or less where the signal is given. */
export async function aMoment(signal: AbortSignal): Promise<void> {
  await wait(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined)
}
