/** The pulse of a connection: keeps proxies from closing it, and finds out who is gone. */

import type { Clock } from '../coordinator/environment.ts'

/** Many proxies close what has been silent for a minute. */
export const BEAT_MS = 30_000

/**
 * Beats that pass over a client for whom something waits to be sent and who takes nothing of it: five minutes. Whoever
 * reads on before finds why its streams ended.
 */
export const STALLED_BEATS_MAX = 10

/** Calls `beat` every 30 s, until the answer is called. */
export function everyBeat(clock: Clock, beat: () => void): () => void {
  const next = (): (() => void) =>
    clock.after(BEAT_MS, () => {
      cancel = next()
      beat()
    })
  let cancel = next()
  return () => cancel()
}
