/** From the intent of one record and what both systems hold of it to its draft: pure. */

import type { MapSet } from '../../maps/model.ts'
import type { Violation } from '../../schema/participant.ts'
import { SYSTEMS, type System } from '../../schema/record.ts'
import type { RecordIntent } from './operation.ts'
import {
  draftChange,
  draftDelete,
  emptied,
  holdersOf,
  type RecordDraft,
  type RecordSubject,
  type SideStates,
} from './record-draft.ts'
import { refusal } from './refusal.ts'

export function draftEntity(mapSet: MapSet, intent: RecordIntent, subject: RecordSubject): RecordDraft {
  const draft = draftOf(mapSet, intent, subject)
  return { ...draft, refusals: [...intent.refusals, ...refuseByState(intent, subject.states), ...draft.refusals] }
}

function draftOf(mapSet: MapSet, intent: RecordIntent, subject: RecordSubject): RecordDraft {
  const { map, operation } = intent
  const holders = holdersOf(subject)
  if (operation === 'DELETE') return draftDelete(subject, holders)
  if (operation === 'UPDATE' && holders.length === 0) {
    return { ...subject, sides: {}, synchronised: 'NEVER', refusals: [] }
  }
  const given = intent.isComplete ? { ...emptied(mapSet, subject), ...intent.given } : intent.given
  return draftChange({ mapSet, subject, given, truth: map.reads, native: null })
}

/** The revision that a caller sees: 0 where no system holds the record. */
export function heldRevision({ map, states }: Pick<RecordSubject, 'map' | 'states'>): number {
  const holders = holdersOf({ map, states })
  const shown = holders.includes(map.reads) ? map.reads : holders[0]
  return shown === undefined ? 0 : states[shown].version.revision
}

/** What the state of the record forbids: a create of what exists, a change of what does not, a stale expectation. */
function refuseByState(intent: RecordIntent, states: SideStates): readonly Violation[] {
  const { map, operation } = intent
  const holders = holdersOf({ map, states })
  const strangers = SYSTEMS.filter((system) => states[system].row !== null && !holders.includes(system))
  const name = intent.key.join('/')
  if ((operation === 'UPDATE' || operation === 'DELETE') && holders.length === 0) {
    return intent.refusals.length > 0 ? [] : [refusal('NOT_FOUND', `There is no ${map.entity} ${name}`, idPath(intent))]
  }
  const taken = operation === 'CREATE' ? [...holders, ...strangers] : operation === 'DELETE' ? [] : strangers
  if (taken.length > 0) return taken.map((system) => duplicate(intent, system, name))
  const held = heldRevision({ map, states })
  return intent.expected
    .filter((expected) => expected.revision !== held)
    .map((expected) => {
      const message = `The ${map.entity} ${name} is at revision ${held}, not ${expected.revision}`
      return refusal('STALE', message, expected.path)
    })
}

function duplicate(intent: RecordIntent, system: System, name: string): Violation {
  const { map, operation, at } = intent
  const last = map.key[map.key.length - 1]
  const table = map.sides[system].table.table
  const path = operation === 'UPDATE' ? idPath(intent) : [...at, last?.name ?? 'id']
  return refusal('DUPLICATE', `${table} in the ${system} holds ${name} already`, path, {
    system,
    table,
    column: last?.columns[system] ?? null,
  })
}

/** What names the record of an update or a delete: its id, or a part's own number. */
function idPath({ map, operation, at }: RecordIntent): readonly string[] {
  if (operation === 'DELETE') return at
  const own = map.key[map.key.length - 1]
  return map.parent === null ? [...at.slice(0, -1), 'id'] : [...at, own?.name ?? 'id']
}
