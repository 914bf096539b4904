/** Drops what is kept for long enough, or is too much, for as long as this relay is the one at work. */

import type { Clock } from '../../coordinator/environment.ts'
import { pause } from '../pause.ts'
import type { ChangeStream } from '../stream/stream.ts'
import type { Trouble } from '../trouble.ts'

const DROP_EVERY_MS = 30_000

export interface Keep {
  readonly ageMsMax: number
  readonly bytesMax: number
}

/** Until the signal is aborted. */
export async function dropped(
  keep: Keep,
  {
    stream,
    clock,
    signal,
  }: { readonly stream: Pick<ChangeStream, 'drop'>; readonly clock: Clock; readonly signal: AbortSignal },
  trouble: Trouble,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { isDone } = await stream.drop({ ...keep, now: clock.now() })
      trouble.over()
      if (isDone) await pause(clock, DROP_EVERY_MS, signal)
    } catch (error) {
      await trouble.met(error, signal)
    }
  }
}
