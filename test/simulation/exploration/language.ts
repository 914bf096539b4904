/**
 * What is asked of participants and what a machine of the protocol can hear, numbered so that a set of it fits a few
 * bits: for each system the requests to it, its answers, its silence about each step, and the timer. A batch has more of
 * both, as a commit says who is left out, and a yes who is refused.
 */

import type { Ask, Event, Step } from '../../../gateway/coordinator/protocol-state.ts'
import type { System } from '../../../schema/record.ts'

export const STEPS: readonly Step[] = ['PREPARE', 'FENCE', 'COMMIT', 'ABORT']

export function stepIndex(step: Step): number {
  return STEPS.indexOf(step)
}

/** `leftOut` of a commit; empty otherwise. */
export interface Request {
  readonly step: Step
  readonly leftOut: readonly number[]
}

export type AnswerName =
  | 'YES_PREPARED'
  | 'YES_COMMITTED'
  | 'NO'
  | 'FOREIGN'
  | 'FENCED_PREPARED'
  | 'FENCED_COMMITTED'
  | 'FENCED_ABORTED'
  | 'FENCED_FOREIGN'
  | 'COMMIT_DONE'
  | 'ABORT_DONE'

/** `leftOut` where somebody holds PREPARED or COMMITTED; empty otherwise. */
export interface Answer {
  readonly name: AnswerName
  readonly leftOut: readonly number[]
}

export class Language {
  readonly requests: readonly Request[]
  readonly answers: readonly Answer[]
  /** The answers come first among the signals, then the silences in the order of the steps, then the timer. */
  readonly silence: number
  readonly timer: number
  readonly signals: number
  /** For each step the requests for it, as bits. */
  readonly #asking: readonly number[]

  /** `members`: how many a batch has; 0 for an ordinary transaction. */
  constructor(members: number) {
    const all = subsets(members)
    const some = all.filter(({ length }) => members === 0 || length < members)
    const none = [[]]
    const requests = (step: Step, sets: readonly (readonly number[])[] = none) =>
      sets.map((leftOut) => ({ step, leftOut }))
    const answers = (name: AnswerName, sets: readonly (readonly number[])[] = none) =>
      sets.map((leftOut) => ({ name, leftOut }))
    this.requests = [...requests('PREPARE'), ...requests('FENCE'), ...requests('COMMIT', all), ...requests('ABORT')]
    this.answers = [
      ...[...answers('YES_PREPARED', some), ...answers('YES_COMMITTED', all), ...answers('NO'), ...answers('FOREIGN')],
      ...[...answers('COMMIT_DONE'), ...answers('ABORT_DONE')],
      ...[...answers('FENCED_PREPARED', some), ...answers('FENCED_COMMITTED', all)],
      ...[...answers('FENCED_ABORTED'), ...answers('FENCED_FOREIGN')],
    ]
    this.silence = this.answers.length
    this.timer = this.silence + STEPS.length
    this.signals = this.timer + 1
    this.#asking = STEPS.map((step) =>
      this.requests.reduce((bits, request, index) => (request.step === step ? bits | (1 << index) : bits), 0),
    )
  }

  requestOf(ask: Ask): number {
    const leftOut = ask.command === 'COMMIT' ? ask.leftOut : []
    return this.requests.findIndex((one) => one.step === ask.command && areSame(one.leftOut, leftOut))
  }

  requestsFor(step: number): number {
    return this.#asking[step] ?? 0
  }

  answerOf(name: AnswerName, leftOut: readonly number[]): number {
    return this.answers.findIndex((one) => one.name === name && areSame(one.leftOut, leftOut))
  }

  /** The event of the protocol that a signal of one system is. */
  eventOf(signal: number, system: System): Event {
    if (signal === this.timer) return { event: 'TIMER_FIRED', system }
    const answer = this.answers[signal]
    if (answer === undefined) return { event: 'NO_ANSWER', system, step: STEPS[signal - this.silence] ?? 'PREPARE' }
    const leftOut = { members: answer.leftOut, violations: [] }
    switch (answer.name) {
      case 'YES_PREPARED':
        return { event: 'VOTED', system, vote: { vote: 'YES', state: 'PREPARED', leftOut } }
      case 'YES_COMMITTED':
        return { event: 'VOTED', system, vote: { vote: 'YES', state: 'COMMITTED', leftOut } }
      case 'NO':
        return { event: 'VOTED', system, vote: { vote: 'NO', violations: [] } }
      case 'FOREIGN':
        return { event: 'VOTED', system, vote: { vote: 'FOREIGN' } }
      case 'FENCED_PREPARED':
        return { event: 'FENCED', system, answer: { state: 'PREPARED', leftOut } }
      case 'FENCED_COMMITTED':
        return { event: 'FENCED', system, answer: { state: 'COMMITTED', leftOut } }
      case 'FENCED_ABORTED':
        return { event: 'FENCED', system, answer: { state: 'ABORTED', violations: [] } }
      case 'FENCED_FOREIGN':
        return { event: 'FENCED', system, answer: { state: 'FOREIGN' } }
      case 'COMMIT_DONE':
        return { event: 'ACKNOWLEDGED', system, step: 'COMMIT' }
      case 'ABORT_DONE':
        return { event: 'ACKNOWLEDGED', system, step: 'ABORT' }
      default:
        return answer.name satisfies never
    }
  }
}

/** Of so many members, each set in ascending order, the empty one first. */
export function subsets(members: number): readonly (readonly number[])[] {
  return Array.from({ length: 1 << members }, (_, bits) =>
    Array.from({ length: members }, (_, member) => member).filter((member) => bits & (1 << member)),
  )
}

export function areSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((member, index) => member === other[index])
}
