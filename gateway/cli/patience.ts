/** Lockstep may start again while somebody waits for it: it is asked again for as long as that may take. */

import { setTimeout as wait } from 'node:timers/promises'
import { isUnreachable } from './refusal.ts'

export interface Patience {
  /** Milliseconds, of a clock that is never put back. */
  readonly now: () => number
  /** Lets some time pass. */
  readonly pause: () => Promise<void>
  /** Told once that there is no answer, and once that there is one again. */
  readonly warned: (text: string) => void
  /** Nothing is tried any more once it is given. */
  readonly signal: AbortSignal
}

const PATIENCE_MINUTES = 5
const PATIENCE_MS = PATIENCE_MINUTES * 60_000
const ASK_EVERY_MS = 1_000

/** Null where the signal is given. Rejects as the task does; where Lockstep cannot be reached, only after minutes. */
export async function patiently<T>(task: () => Promise<T>, patience: Patience): Promise<T | null> {
  const { now, pause, warned, signal } = patience
  let silentSince: number | null = null
  while (!signal.aborted) {
    try {
      const answer = await task()
      if (silentSince !== null) warned('Lockstep answers again.')
      return answer
    } catch (error) {
      if (!isUnreachable(error)) throw error
      if (silentSince === null) warned(`${messageOf(error)}. It is asked again for ${PATIENCE_MINUTES} minutes.`)
      silentSince ??= now()
      if (now() - silentSince >= PATIENCE_MS) throw error
    }
    await pause()
  }
  return null
}

/** A second, or less where the signal is given. */
export async function aMoment(signal: AbortSignal): Promise<void> {
  await wait(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
