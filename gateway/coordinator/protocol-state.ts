/**
 * The vocabulary of `protocol.ts`: states that carry only what they can have, the events that arrive and the commands
 * that are to be carried out. Everything is immutable.
 */

import type { FenceAnswer, LeftOut, Violation, Vote } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'

export type Step = 'PREPARE' | 'FENCE' | 'COMMIT' | 'ABORT'

/** What a participant was asked last. */
export interface Call<S extends Step> {
  readonly step: S
  /** What comes next: its answer, or the timer after which it is asked again. */
  readonly awaits: 'ANSWER' | 'TIMER'
  /** How often in a row this step had no answer. */
  readonly failures: number
}

export type Calls<S extends Step> = ReadonlyMap<System, Call<S>>

/** One participant's no. `foreign`: it holds the id under another plan, so this plan is over and the id may not be. */
export interface Refusal {
  readonly system: System
  readonly violations: readonly Violation[]
  readonly foreign: boolean
}

/** One participant's yes, and the members of a batch that it refuses all the same. */
export interface Yes {
  readonly system: System
  readonly leftOut: LeftOut
}

export interface Deciding {
  readonly state: 'DECIDING'
  readonly answered: boolean
  readonly yes: readonly Yes[]
  readonly open: Calls<'PREPARE' | 'FENCE'>
}

export interface Committing {
  readonly state: 'COMMITTING'
  readonly answered: boolean
  readonly open: Calls<'COMMIT'>
  /** What is agreed; the reasons as far as they were heard. */
  readonly leftOut: LeftOut
}

export interface Reverting {
  readonly state: 'REVERTING'
  readonly answered: boolean
  readonly open: Calls<'PREPARE' | 'FENCE' | 'ABORT'>
  readonly refusals: readonly Refusal[]
}

export interface Committed {
  readonly state: 'COMMITTED'
  readonly leftOut: LeftOut
}

export interface Reverted {
  readonly state: 'REVERTED'
  readonly refusals: readonly Refusal[]
}

export type State = Deciding | Committing | Reverting | Committed | Reverted

export type Event =
  | { readonly event: 'VOTED'; readonly system: System; readonly vote: Vote }
  | { readonly event: 'FENCED'; readonly system: System; readonly answer: FenceAnswer }
  | { readonly event: 'ACKNOWLEDGED'; readonly system: System; readonly step: 'COMMIT' | 'ABORT' }
  | { readonly event: 'NO_ANSWER'; readonly system: System; readonly step: Step }
  | { readonly event: 'TIMER_FIRED'; readonly system: System }
  | { readonly event: 'DEADLINE_PASSED' }

/** What one participant is to be asked. */
export type Ask =
  | { readonly command: 'PREPARE' | 'FENCE' | 'ABORT'; readonly system: System }
  | { readonly command: 'COMMIT'; readonly system: System; readonly leftOut: readonly number[] }

export type Command =
  | Ask
  /** `TIMER_FIRED` is to follow after so many milliseconds. */
  | { readonly command: 'RETRY'; readonly system: System; readonly afterMs: number }
  /** The caller is to be told the state as it is now. Comes once. */
  | { readonly command: 'ANSWER' }
  | { readonly command: 'REPORT'; readonly system: System; readonly contradiction: string }

export interface Decision<S extends State = State> {
  readonly state: S
  readonly commands: readonly Command[]
}

// ---- members of a batch ------------------------------------------------------------------------------------------

export const NOBODY: LeftOut = { members: [], violations: [] }

/** Whoever is left out by one of them, with all of the reasons. */
export function union(all: readonly LeftOut[]): LeftOut {
  const [first = NOBODY, ...others] = all.filter(({ members }) => members.length > 0)
  if (others.length === 0) return first
  return {
    members: [...new Set(all.flatMap(({ members }) => members))].sort((one, other) => one - other),
    violations: all.flatMap(({ violations }) => violations),
  }
}

// ---- calls: who was asked what -----------------------------------------------------------------------------------

export function call<S extends Step>(step: S): Call<S> {
  return { step, awaits: 'ANSWER', failures: 0 }
}

export function asked<S extends Step, T extends S>(calls: Calls<S>, system: System, step: T): Calls<S> {
  return new Map<System, Call<S>>(calls).set(system, call(step))
}

export function without<S extends Step>(calls: Calls<S>, system: System): Calls<S> {
  return new Map([...calls].filter(([other]) => other !== system))
}

export function changed<S extends Step>(
  calls: Calls<S>,
  system: System,
  change: Pick<Call<Step>, 'awaits' | 'failures'>,
): Calls<S> {
  return new Map([...calls].map(([other, call]) => [other, other === system ? { ...call, ...change } : call] as const))
}
