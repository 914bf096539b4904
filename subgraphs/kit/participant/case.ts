/**
 * One transaction on its way to a vote, in phases that a store runs through with its own reads and locks:
 *
 *   inspect    the request alone                          → faults, and the records to read
 *   openCase   with the states of those records           → effects, and the questions still open; asks for reads where
 *                                                           columns are computed
 *   footprint  of the effects                             → locks to take (none if there are faults or refusals)
 *   judge      with an answer to each read of a question  → yes with images to keep, or no with every reason
 *
 * What `openCase` and `judge` see must not change between the locks and the vote: a store that has waited for a lock
 * begins again at `openCase`.
 */

import type { Derivation, PrepareRequest, Violation } from '../../../schema/participant.ts'
import type { RecordState } from '../../../schema/record.ts'
import { consultedBy, derivationsOf, fillComputed } from './computed-columns.ts'
import { computeTouched } from './computing.ts'
import { type Drafted, draft } from './draft.ts'
import { type Effect, effectOf } from './effect.ts'
import type { Gathering } from './gathering.ts'
import type { Inspection } from './inspect.ts'
import { OwnWrites } from './own-writes.ts'
import { type Question, questions } from './questions.ts'
import type { SystemModel } from './system-model.ts'

export interface Case {
  readonly request: Pick<PrepareRequest, 'writes' | 'refusals'>
  readonly inspection: Inspection
  readonly effects: readonly Effect[]
  /** What contradicts the records as they stand, and what is computed from them. */
  readonly contradictions: readonly Violation[]
  readonly own: OwnWrites<Effect>
  readonly questions: readonly Question[]
}

/** `states` in the order of `recordsOf(inspection)`. */
export function* openCase(
  system: SystemModel,
  request: Case['request'],
  inspection: Inspection,
  states: readonly RecordState[],
): Gathering<Case> {
  const drafted = draft(system, inspection, states)
  const computed = yield* computeTouched(system, drafted.writes, shownWrites(drafted.writes))
  const faulty = writesAt([...inspection.faults, ...drafted.contradictions])
  const filled = fillComputed(system, computed, faulty)
  const consulted = consultedBy(computed)
  const written = drafted.writes.map((write) =>
    effectOf(write, filled.after.get(write.index) ?? write.after, consulted.get(write.index) ?? []),
  )
  const effects = [...written, ...drafted.checks.map((check) => effectOf(check, check.after, []))]
  const own = new OwnWrites(effects)
  const contradictions = [...drafted.contradictions, ...filled.contradictions]
  return { request, inspection, effects, contradictions, own, questions: questions(effects, own) }
}

/** What would be computed, without a judgement of the writes. `states` in the order of `recordsOf(inspection)`. */
export function* derive(
  system: SystemModel,
  inspection: Inspection,
  states: readonly RecordState[],
): Gathering<readonly Derivation[]> {
  const { writes } = draft(system, inspection, states)
  return derivationsOf(yield* computeTouched(system, writes, shownWrites(writes)))
}

/** A write that does not fit its record shows to no computation. */
function shownWrites(writes: readonly Drafted[]): OwnWrites<Drafted> {
  return new OwnWrites(writes.filter(({ settled }) => settled))
}

function writesAt(violations: readonly Violation[]): ReadonlySet<number> {
  return new Set(violations.flatMap(({ write }) => write ?? []))
}

/** Refused whatever the records hold: judged without locks, for the sake of the other reasons. */
export function isRefusedAlready({ request, inspection }: Pick<Case, 'request' | 'inspection'>): boolean {
  return request.refusals.length > 0 || inspection.faults.length > 0
}
