/**
 * One deadline for a whole request: its wait in the queue, the look at earlier attempts, every attempt. One timer.
 */

import type { Clock } from './environment.ts'

export interface Deadline {
  /** Milliseconds since the epoch. */
  readonly at: number
  passed(): boolean
  /** Runs once when the deadline passes, at once if it has; the answer takes it back. */
  onPassed(run: () => void): () => void
  /** The promise's value, or null once the deadline has passed. */
  race<T>(promise: Promise<T>): Promise<T | null>
  /** Waits so long, or less if the deadline comes first. */
  pause(ms: number): Promise<void>
  /** Frees the timer; the deadline then never passes. */
  cancel(): void
}

export function startDeadline(clock: Clock, at: number): Deadline {
  const runs = new Set<() => void>()
  let passed = false
  const cancel = clock.after(Math.max(0, at - clock.now()), () => {
    passed = true
    for (const run of runs) run()
    runs.clear()
  })

  const onPassed = (run: () => void): (() => void) => {
    if (passed) run()
    else runs.add(run)
    return () => runs.delete(run)
  }

  return {
    at,
    passed: () => passed,
    onPassed,
    cancel,
    race: (promise) =>
      new Promise((resolve, reject) => {
        const forget = onPassed(() => resolve(null))
        promise.then(resolve, reject).finally(forget)
      }),
    pause: (ms) =>
      new Promise((resolve) => {
        const forget = onPassed(() => {
          stop()
          resolve()
        })
        const stop = clock.after(ms, () => {
          forget()
          resolve()
        })
      }),
  }
}
