/**
 * Whether what clients saw of one record is what a single register would have shown them (Herlihy and Wing,
 * "Linearizability: a correctness condition for concurrent objects", 1990).
 */

import { effective, type History, type Operation, prefixOf } from './history.ts'
import { EMPTY, type Register } from './register.ts'
import { findOrder } from './search.ts'

export type Verdict =
  /** `order` is a witness; operations of unknown outcome that it leaves out need not have taken effect. */
  | { readonly verdict: 'LINEARIZABLE'; readonly order: readonly Operation[] }
  /**
   * Nothing explains the answer of `misfit`. Everything that was answered before it can be explained: by `order`, which
   * leaves the register at `register`.
   */
  | {
      readonly verdict: 'NOT_LINEARIZABLE'
      readonly misfit: Operation
      readonly order: readonly Operation[]
      readonly register: Register
    }
  /** The search was given up. */
  | { readonly verdict: 'UNDECIDED' }

export interface CheckOptions {
  /** The record before the first operation: absent, if left out. */
  readonly initial?: Register
  /** Bounds time and memory. */
  readonly configurationsMax?: number
}

const CONFIGURATIONS_MAX = 500_000

export function checkHistory(
  history: History,
  { initial = EMPTY, configurationsMax = CONFIGURATIONS_MAX }: CheckOptions = {},
): Verdict {
  const search = (part: History) => findOrder(part, initial, configurationsMax)
  const whole = search(history)
  if (whole.found === 'ORDER') return { verdict: 'LINEARIZABLE', order: whole.order }
  if (whole.found === 'GAVE_UP') return { verdict: 'UNDECIDED' }

  // Every prefix of a linearizable history is linearizable: halving finds the first answer that cannot be explained.
  const answered = effective(history)
    .filter(({ outcome }) => outcome.outcome === 'OK')
    .toSorted((a, b) => a.returned - b.returned)
  let explained = 0
  let unexplained = answered.length
  let longest = search([])
  while (unexplained - explained > 1) {
    const middle = (explained + unexplained) >> 1
    const found = search(prefixOf(history, answered[middle - 1]?.returned ?? 0))
    if (found.found === 'GAVE_UP') return { verdict: 'UNDECIDED' }
    if (found.found === 'NONE') unexplained = middle
    else {
      explained = middle
      longest = found
    }
  }
  const misfit = answered[explained]
  if (misfit === undefined || longest.found !== 'ORDER') throw new TypeError('nothing was answered, so nothing misfits')
  return { verdict: 'NOT_LINEARIZABLE', misfit, order: longest.order, register: longest.register }
}
