/** What an append does to a source: exactly once, wherever an earlier one was cut off and however it is cut again. */

import { isHeld } from './lease.ts'
import type { Append, AppendAnswer, SourceState } from './stream.ts'

export type AppendDecision =
  /** Of the append's commits only those with a sequence above `beyond` are new. */
  | { readonly decision: 'APPEND'; readonly beyond: number; readonly through: number }
  | { readonly decision: 'REFUSE'; readonly answer: Exclude<AppendAnswer, { append: 'APPENDED' }> }

export type AppendStep = Pick<Append, 'lease' | 'after' | 'through'>

export function decideAppend(state: SourceState, { lease, after, through }: AppendStep): AppendDecision {
  if (!isHeld(state, lease)) return { decision: 'REFUSE', answer: { append: 'FENCED', state } }
  if (after > state.through) return { decision: 'REFUSE', answer: { append: 'GAP', through: state.through } }
  return { decision: 'APPEND', beyond: state.through, through: Math.max(state.through, through) }
}

/** Throws a RangeError unless the numbers are whole and the commits ascend within (after, through]. */
export function assertInOrder({ after, through, commits, now }: Append): void {
  if (![after, through, now].every(Number.isSafeInteger) || after < 0 || through < after) {
    throw new RangeError(`An append cannot go from ${after} to ${through} at ${now}`)
  }
  let last = after
  for (const { sequence } of commits) {
    if (!Number.isSafeInteger(sequence) || sequence <= last || sequence > through) {
      throw new RangeError(`Commit ${sequence} does not follow ${last} within ${through}`)
    }
    last = sequence
  }
}
