/** Who relays: one at a time, by the lease of the stream, kept by signs of life and taken over from whoever gives none. */

import type { Clock } from '../../coordinator/environment.ts'
import { pause } from '../pause.ts'
import { isSilent, type Sighting, sight } from '../stream/lease.ts'
import type { ChangeStream, Lease, RelayState } from '../stream/stream.ts'
import type { Trouble } from '../trouble.ts'

const WATCH_EVERY_MS = 500
const RENEW_EVERY_MS = 2_000
/** Time for a renewal to fail and to be tried again. */
const SILENCE_MS = 6_000

export interface TenureOptions {
  readonly stream: Pick<ChangeStream, 'relay' | 'acquire' | 'renew'>
  readonly clock: Clock
  /** Unique for one relay in one run of one process. */
  readonly holder: string
  /** Nobody else can be at work: whoever holds the lease is gone. */
  readonly isAlone: boolean
  readonly signal: AbortSignal
}

/** Waits for the lease; null when the signal is aborted first. */
export async function acquired({ stream, clock, holder, isAlone, signal }: TenureOptions): Promise<RelayState | null> {
  let seen: Sighting | null = null
  while (!signal.aborted) {
    const state = await stream.relay()
    seen = sight(seen, state, clock.elapsed())
    const isFree = state.holder === null || state.holder === holder
    if (isFree || isAlone || isSilent(seen, clock.elapsed(), SILENCE_MS)) {
      const answer = await stream.acquire({ holder, instead: state })
      if (answer.acquire === 'GRANTED') return answer.state
    }
    await pause(clock, WATCH_EVERY_MS, signal)
  }
  return null
}

/** Gives signs of life until the signal is aborted or the lease is lost. */
export async function renewed(
  lease: Lease,
  { stream, clock, signal }: Pick<TenureOptions, 'stream' | 'clock' | 'signal'>,
  trouble: Trouble,
): Promise<void> {
  for (;;) {
    await pause(clock, RENEW_EVERY_MS, signal)
    if (signal.aborted) return
    try {
      if (!(await stream.renew(lease))) return
      trouble.over()
    } catch (error) {
      await trouble.met(error, signal)
    }
  }
}
