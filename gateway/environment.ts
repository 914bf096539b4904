/** What a process is given from outside, so that tests can give it something else. */

import { randomBytes } from 'node:crypto'
import type { Clock, Randomness } from './coordinator/environment.ts'

export interface Environment {
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number
  /** From 0 up to, not including, 1: spreads retries. Ids never come from it. */
  readonly random: () => number
}

export const clockOf = ({ clock }: Environment): Clock => ({
  now: clock,
  elapsed: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  soon: setImmediate,
})

export const randomnessOf = ({ random }: Environment): Randomness => ({ bytes: randomBytes, fraction: random })
