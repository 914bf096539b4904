/**
 * What a machine of the protocol can ask and hear, numbered so that a set of it fits a few bits. It hears from each
 * system its answers, its silence about each step, and the timer; and once for all the deadline.
 *
 * Of a batch there is each commit and each yes once for every set of members that may be left out: a set is a number
 * whose bits are the members. A yes never leaves out all of them, for that is a no; a commit may.
 */

import type { Command, Event, Step } from '../../../gateway/coordinator/protocol-state.ts'
import type { FenceAnswer, LeftOut, System, Vote } from '../../../schema/participant.ts'

export const STEPS: readonly Step[] = ['PREPARE', 'FENCE', 'COMMIT', 'ABORT']

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

export interface Answer {
  readonly name: AnswerName
  readonly leftOut: number
}

/** What one system is asked. */
export interface Request {
  readonly step: Step
  readonly leftOut: number
}

/** More members than this, and a fence's yes must share the bit of the vote that means the same. */
const MEMBERS_APART_MAX = 2

/** A yes that a fence finds, by the vote that it repeats. */
const FENCED: Readonly<Partial<Record<AnswerName, AnswerName>>> = {
  YES_PREPARED: 'FENCED_PREPARED',
  YES_COMMITTED: 'FENCED_COMMITTED',
}

export class Signals {
  /** The answers come first, then the silences in the order of the steps, then the timer. */
  readonly answers: readonly Answer[]
  readonly requests: readonly Request[]
  readonly silence: number
  readonly timer: number
  readonly count: number
  /** Whom a participant may refuse and yet say yes. */
  readonly refusable: readonly number[]
  readonly #isFenceApart: boolean

  constructor(members: number) {
    const sets = members === 1 ? [0] : [...Array(1 << members).keys()]
    const refusable = members === 1 ? [0] : sets.slice(0, -1)
    this.#isFenceApart = members <= MEMBERS_APART_MAX
    const one = (name: AnswerName): readonly Answer[] => [{ name, leftOut: 0 }]
    const each = (name: AnswerName, all: readonly number[]): readonly Answer[] =>
      all.map((leftOut) => ({ name, leftOut }))
    const votes = [...each('YES_PREPARED', refusable), ...each('YES_COMMITTED', sets)]
    const fenced = [...each('FENCED_PREPARED', refusable), ...each('FENCED_COMMITTED', sets)]
    this.answers = [
      ...[...votes, ...one('NO'), ...one('FOREIGN'), ...(this.#isFenceApart ? fenced : [])],
      ...[...one('FENCED_ABORTED'), ...one('FENCED_FOREIGN'), ...one('COMMIT_DONE'), ...one('ABORT_DONE')],
    ]
    this.requests = STEPS.flatMap((step): readonly Request[] =>
      (step === 'COMMIT' ? sets : [0]).map((leftOut) => ({ step, leftOut })),
    )
    this.refusable = refusable
    this.silence = this.answers.length
    this.timer = this.silence + STEPS.length
    this.count = this.timer + 1
  }

  yes(asked: 'PREPARE' | 'FENCE', state: 'PREPARED' | 'COMMITTED', leftOut: number): Answer {
    const vote = `YES_${state}` as const
    const name = asked === 'FENCE' && this.#isFenceApart ? (FENCED[vote] ?? vote) : vote
    return { name, leftOut }
  }

  numberOf({ name, leftOut }: Answer): number {
    return this.answers.findIndex((one) => one.name === name && one.leftOut === leftOut)
  }

  requestOf(command: Extract<Command, { command: Step }>): number {
    const leftOut = command.command === 'COMMIT' ? bitsOf(command.leftOut) : 0
    return this.requests.findIndex((one) => one.step === command.command && one.leftOut === leftOut)
  }

  /** The event of the protocol that a signal of one system is. */
  eventOf(signal: number, system: System): Event {
    if (signal === this.timer) return { event: 'TIMER_FIRED', system }
    const answer = this.answers[signal]
    if (answer === undefined) return { event: 'NO_ANSWER', system, step: STEPS[signal - this.silence] ?? 'PREPARE' }
    const vote = voteOf(answer)
    if (vote !== null) return { event: 'VOTED', system, vote }
    const fenced = fencedOf(answer)
    if (fenced !== null) return { event: 'FENCED', system, answer: fenced }
    return { event: 'ACKNOWLEDGED', system, step: answer.name === 'COMMIT_DONE' ? 'COMMIT' : 'ABORT' }
  }
}

export function stepIndex(step: Step): number {
  return STEPS.indexOf(step)
}

function voteOf({ name, leftOut }: Answer): Vote | null {
  switch (name) {
    case 'YES_PREPARED':
      return { vote: 'YES', state: 'PREPARED', ...leavingOut(leftOut) }
    case 'YES_COMMITTED':
      return { vote: 'YES', state: 'COMMITTED', ...leavingOut(leftOut) }
    case 'NO':
      return { vote: 'NO', violations: [] }
    case 'FOREIGN':
      return { vote: 'FOREIGN' }
    default:
      return null
  }
}

function fencedOf({ name, leftOut }: Answer): FenceAnswer | null {
  switch (name) {
    case 'FENCED_PREPARED':
      return { state: 'PREPARED', ...leavingOut(leftOut) }
    case 'FENCED_COMMITTED':
      return { state: 'COMMITTED', ...leavingOut(leftOut) }
    case 'FENCED_ABORTED':
      return { state: 'ABORTED', violations: [] }
    case 'FENCED_FOREIGN':
      return { state: 'FOREIGN' }
    default:
      return null
  }
}

function leavingOut(set: number): { readonly leftOut?: LeftOut } {
  return set === 0 ? {} : { leftOut: { members: membersIn(set), violations: [] } }
}

export function bitsOf(members: readonly number[]): number {
  return members.reduce((bits, member) => bits | (1 << member), 0)
}

export function membersIn(set: number): readonly number[] {
  return [...Array(32).keys()].filter((member) => set & (1 << member))
}
