/** A clock that stands still until a test moves it. */

import type { Clock } from '../../gateway/coordinator/environment.ts'

export interface ManualClock extends Clock {
  /** Sets the time forth, or back where it is negative, as somebody may who corrects a clock: nothing comes due by it. */
  set(byMs: number): void
  /** Moves the time on and runs what has come due, in order. */
  advance(ms: number): void
  /** Moves on to the next timer and runs it, if it is due so soon. */
  skip(withinMs: number): void
  /** Timers that are armed. */
  armed(): number
}

export function createManualClock(startAt: number): ManualClock {
  let now = startAt
  let setByMs = 0
  let timers: { readonly at: number; readonly run: () => void }[] = []

  const due = (until: number) => timers.filter((timer) => timer.at <= until).toSorted((a, b) => a.at - b.at)[0]

  const advance = (ms: number): void => {
    const until = now + ms
    for (let timer = due(until); timer !== undefined; timer = due(until)) {
      const { at, run } = timer
      timers = timers.filter((other) => other !== timer)
      now = at
      run()
    }
    now = until
  }

  return {
    now: () => now + setByMs,
    elapsed: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    soon: setImmediate,
    set(byMs) {
      setByMs += byMs
    },
    advance,
    skip(withinMs) {
      const next = due(now + withinMs)
      if (next !== undefined) advance(next.at - now)
    },
    armed: () => timers.length,
  }
}
