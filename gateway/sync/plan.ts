/** From drafts to the plan that the coordinator is given: pure. */

import type { System } from '../../schema/record.ts'
import type { Leg, Plan } from '../coordinator/coordinator.ts'
import { legsOf } from './legs.ts'
import type { RecordDraft } from './record-draft.ts'
import { subjectOf } from './subject.ts'

export interface PlanOptions {
  /** Id of the maps in force. */
  readonly mapSet: string
  /** The systems that keep a refusal of which no leg is known. */
  readonly witnesses: readonly System[]
}

/** Null where every system holds already what was asked. The first draft is what the transaction is about. */
export function planOf(drafts: readonly RecordDraft[], { mapSet, witnesses }: PlanOptions): Plan | null {
  const legs = legsOf(drafts)
  const refusals = drafts.flatMap((draft) => draft.refusals)
  if (legs.length === 0 && refusals.length === 0) return null
  const [first] = drafts
  return {
    legs: legs.length > 0 ? legs : witnesses.map((system): Leg => ({ system, writes: [] })),
    mapSet,
    subject: first === undefined ? null : subjectOf(first.map, first.key),
    refusals,
  }
}
