/**
 * One transaction on its way to a vote, in phases that a store runs through with its own reads and locks:
 *
 *   inspect    the request alone                          → faults, and the records to read
 *   openCase   with the states of those records           → effects, and the questions still open
 *   footprint  of the effects                             → locks to take (none if there are faults or refusals)
 *   judge      with an answer to each read of a question  → yes with images to keep, or no with every reason
 *
 * What `openCase` and `judge` see must not change between the locks and the vote: a store that has waited for a lock
 * begins again at `openCase`.
 */

import type { PrepareRequest, RecordState } from '../../../schema/participant.ts'
import { type Draft, draft } from './draft.ts'
import type { Inspection } from './inspect.ts'
import { OwnWrites, type Question, questions } from './questions.ts'
import type { SystemModel } from './system-model.ts'

export interface Case {
  readonly request: Pick<PrepareRequest, 'writes' | 'refusals'>
  readonly inspection: Inspection
  readonly draft: Draft
  readonly own: OwnWrites
  readonly questions: readonly Question[]
}

/** `states` in the order of `recordsOf(inspection)`. */
export function openCase(
  system: SystemModel,
  request: Case['request'],
  inspection: Inspection,
  states: readonly RecordState[],
): Case {
  const drafted = draft(system, inspection, states)
  const own = new OwnWrites(drafted.effects)
  return { request, inspection, draft: drafted, own, questions: questions(drafted.effects, own) }
}

/** Refused whatever the records hold: judged without locks, for the sake of the other reasons. */
export function isRefusedAlready({ request, inspection }: Pick<Case, 'request' | 'inspection'>): boolean {
  return request.refusals.length > 0 || inspection.faults.length > 0
}
