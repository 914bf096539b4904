/** From an entity write and what both systems hold of its record to the legs that carry it out: pure. */

import type { MapSet, NativeKeys, TableMap } from '../../maps/model.ts'
import { SYSTEMS, type System, type Violation } from '../../schema/participant.ts'
import type { Leg, Plan } from '../coordinator/coordinator.ts'
import type { EntityIntent } from './intent.ts'
import { planDelete, planRecord, type SideStates } from './record-plan.ts'
import { refusal } from './refusal.ts'
import { subjectOf } from './subject.ts'

/** Null: both systems hold what was asked already. */
export function planEntityWrite(
  mapSet: MapSet,
  intent: EntityIntent,
  keys: NativeKeys,
  states: SideStates,
): Plan | null {
  const { map } = intent
  const refusals = [...intent.refusals, ...refuseByState(intent, states)]
  const { legs, refusals: untranslatable } = legsFor(mapSet, intent, keys, states)
  const all = [...refusals, ...untranslatable]
  if (legs.length === 0 && all.length === 0) return null
  return {
    legs: legs.length > 0 ? legs : SYSTEMS.map((system): Leg => ({ system, writes: [] })),
    mapSet: mapSet.id,
    subject: subjectOf(map, intent.key),
    refusals: all,
  }
}

function legsFor(mapSet: MapSet, intent: EntityIntent, keys: NativeKeys, states: SideStates) {
  const { map, operation } = intent
  const holders = SYSTEMS.filter((system) => holds(map, system, states))
  if (operation === 'DELETE') return planDelete(map, keys, states, holders)
  if (operation === 'UPDATE' && holders.length === 0) return { legs: [], refusals: [] }
  return planRecord({
    mapSet,
    map,
    key: intent.key,
    keys,
    company: map.scope === 'company' ? (intent.key[0] ?? null) : null,
    states,
    given: intent.given,
    truth: map.reads,
    native: null,
  })
}

/** What the state of the record forbids: a create of what exists, a change of what does not, a stale expectation. */
function refuseByState(intent: EntityIntent, states: SideStates): readonly Violation[] {
  const { map, operation, expectedRevision } = intent
  const holders = SYSTEMS.filter((system) => holds(map, system, states))
  const strangers = SYSTEMS.filter((system) => states[system].row !== null && !holders.includes(system))
  const name = intent.key.join('/')
  if ((operation === 'UPDATE' || operation === 'DELETE') && holders.length === 0) {
    return intent.refusals.length > 0 ? [] : [refusal('NOT_FOUND', `There is no ${map.entity} ${name}`, ['id'])]
  }
  const taken = operation === 'CREATE' ? [...holders, ...strangers] : operation === 'DELETE' ? [] : strangers
  if (taken.length > 0) return taken.map((system) => duplicate(map, system, name, operation))
  const revision = states[holders.includes(map.reads) ? map.reads : (holders[0] ?? map.reads)].version.revision
  const held = holders.length === 0 ? 0 : revision
  if (expectedRevision === null || expectedRevision === held) return []
  return [
    refusal('STALE', `The ${map.entity} ${name} is at revision ${held}, not ${expectedRevision}`, [
      'options',
      'expectedRevision',
    ]),
  ]
}

function duplicate(map: TableMap, system: System, name: string, operation: EntityIntent['operation']): Violation {
  const last = map.key[map.key.length - 1]
  const table = map.sides[system].table.table
  return refusal(
    'DUPLICATE',
    `${table} in the ${system} holds ${name} already`,
    operation === 'UPDATE' ? ['id'] : ['input', last?.name ?? 'id'],
    {
      system,
      table,
      column: last?.columns[system] ?? null,
    },
  )
}

function holds(map: TableMap, system: System, states: SideStates): boolean {
  const { row } = states[system]
  return row !== null && map.sides[system].holds(row)
}
