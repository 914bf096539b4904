/** What fails again and again until it goes well: said once, and tried at growing intervals. */

import type { Clock, Log } from '../coordinator/environment.ts'
import { pause } from './pause.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 3_200

export interface Trouble {
  /** It failed: says so if it is the first time in a row, and waits, but not after the signal is aborted. */
  met(error: unknown, signal: AbortSignal): Promise<void>
  /** It went well. */
  over(): void
}

/** `what` completes the sentence "it is not possible to". */
export function createTrouble(
  what: string,
  { clock, log }: { clock: Pick<Clock, 'after'>; log: Pick<Log, 'info' | 'warn'> },
): Trouble {
  let pauseMs: number | null = null
  return {
    met(error, signal) {
      if (pauseMs === null) log.warn({ err: error }, `it is not possible to ${what}; it will be tried again`)
      const now = pauseMs ?? FIRST_PAUSE_MS
      pauseMs = Math.min(now * 2, LONGEST_PAUSE_MS)
      return pause(clock, now, signal)
    },
    over() {
      if (pauseMs !== null) log.info({}, `it is possible again to ${what}`)
      pauseMs = null
    },
  }
}
