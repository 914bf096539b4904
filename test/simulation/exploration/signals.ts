/**
 * What a machine of the protocol can hear, numbered so that a set of it fits a few bits: for each system its answers,
 * its silence about each step, and the timer; and once for all the deadline.
 */

import type { Event, Step } from '../../../gateway/coordinator/protocol-state.ts'
import type { FenceAnswer, System, Vote } from '../../../schema/participant.ts'

export const STEPS: readonly Step[] = ['PREPARE', 'FENCE', 'COMMIT', 'ABORT']

export const ANSWERS = [
  'YES_PREPARED',
  'YES_COMMITTED',
  'NO',
  'FOREIGN',
  'FENCED_PREPARED',
  'FENCED_COMMITTED',
  'FENCED_ABORTED',
  'FENCED_FOREIGN',
  'COMMIT_DONE',
  'ABORT_DONE',
] as const

export type Answer = (typeof ANSWERS)[number]

/** The answers come first, then the silences in the order of the steps, then the timer. */
export const SILENCE = ANSWERS.length
export const TIMER = SILENCE + STEPS.length
export const SIGNALS = TIMER + 1

export function stepIndex(step: Step): number {
  return STEPS.indexOf(step)
}

const VOTES: Readonly<Partial<Record<Answer, Vote>>> = {
  YES_PREPARED: { vote: 'YES', state: 'PREPARED' },
  YES_COMMITTED: { vote: 'YES', state: 'COMMITTED' },
  NO: { vote: 'NO', violations: [] },
  FOREIGN: { vote: 'FOREIGN' },
}

const FENCED: Readonly<Partial<Record<Answer, FenceAnswer>>> = {
  FENCED_PREPARED: { state: 'PREPARED' },
  FENCED_COMMITTED: { state: 'COMMITTED' },
  FENCED_ABORTED: { state: 'ABORTED', violations: [] },
  FENCED_FOREIGN: { state: 'FOREIGN' },
}

/** The event of the protocol that a signal of one system is. */
export function eventOf(signal: number, system: System): Event {
  if (signal === TIMER) return { event: 'TIMER_FIRED', system }
  const answer = ANSWERS[signal]
  if (answer === undefined) return { event: 'NO_ANSWER', system, step: STEPS[signal - SILENCE] ?? 'PREPARE' }
  const vote = VOTES[answer]
  if (vote !== undefined) return { event: 'VOTED', system, vote }
  const fenced = FENCED[answer]
  if (fenced !== undefined) return { event: 'FENCED', system, answer: fenced }
  return { event: 'ACKNOWLEDGED', system, step: answer === 'COMMIT_DONE' ? 'COMMIT' : 'ABORT' }
}
