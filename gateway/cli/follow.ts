/** Follows a job to its end: by its stream, and where that ends before the job does, by asking and by a stream anew. */

import { type ImportJob, isOver } from './import-job.ts'
import { type Patience, patiently } from './patience.ts'

export interface Followed extends Patience {
  /** Ends by itself whenever it likes. */
  readonly stream: () => AsyncIterable<ImportJob>
  readonly ask: () => Promise<ImportJob>
}

/**
 * The last one that comes out is over, unless the signal was given. Rejects with a Refusal. A job goes on while nobody
 * can be asked: a Lockstep that starts again is waited for.
 */
export async function* follow({ stream, ask, ...patience }: Followed): AsyncGenerator<ImportJob> {
  const { pause, signal } = patience
  while (!signal.aborted) {
    for await (const job of stream()) {
      yield job
      if (isOver(job)) return
    }
    const job = await patiently(ask, patience)
    if (job === null) return
    yield job
    if (isOver(job)) return
    await pause()
  }
}
