/**
 * From a write made natively in one system and what both systems hold to the legs that carry it out: pure.
 *
 * The map's filter decides whose business the write is: a record that no map holds, before or after, concerns its own
 * system alone; one that enters a map takes the other system along from then on; leaving is refused unless the map says
 * otherwise.
 */

import { entityKeyOfRow } from '../../maps/identity.ts'
import type { Field, MapSet, NativeKeys, TableMap, UnifiedRecord } from '../../maps/model.ts'
import { fromNative } from '../../maps/translate.ts'
import type {
  NativeWrite,
  RecordKey,
  RecordState,
  Row,
  System,
  Value,
  Violation,
  Write,
} from '../../schema/participant.ts'
import type { TableDefinition } from '../../schema/table.ts'
import { canonical } from '../../schema/value.ts'
import type { Leg, Plan } from '../coordinator/coordinator.ts'
import { other, planDelete, planRecord, type RecordPlan, type SideStates } from './record-plan.ts'
import { refusal } from './refusal.ts'
import { subjectOf } from './subject.ts'

/** The write with its key known: folded, or drawn from a number sequence. */
export interface NativeIntent {
  readonly write: NativeWrite
  readonly map: TableMap
  readonly key: readonly (string | null)[]
  readonly keys: NativeKeys
  readonly states: SideStates
}

/** Null: the system holds what was asked already. */
export function planNativeWrite(mapSet: MapSet, intent: NativeIntent): Plan | null {
  const refusals = refuseByState(intent)
  const { legs, refusals: further } = legsFor(mapSet, intent)
  const all = [...refusals, ...further]
  if (legs.length === 0 && all.length === 0) return null
  const { map, key, write } = intent
  return {
    legs: legs.length > 0 ? legs : [{ system: write.system, writes: [] }],
    mapSet: mapSet.id,
    subject: subjectOf(map, key),
    refusals: all,
  }
}

/** The native row as a create would leave it, column defaults included, so that filters can be asked. */
export function rowAfter(table: TableDefinition, before: Row | null, set: Row): Row {
  const after: Record<string, Value> = {}
  for (const column of Object.values(table.columns)) {
    const given = set[column.name]
    const held = before === null ? (column.default ?? null) : (before[column.name] ?? null)
    const value = given === undefined || (given === null && before === null) ? held : given
    const form = canonical(column, value)
    after[column.name] = form.ok ? form.value : value
  }
  return after
}

function legsFor(mapSet: MapSet, intent: NativeIntent): RecordPlan {
  const { write, map, states, keys } = intent
  const { system } = write
  const side = map.sides[system]
  const before = states[system].row
  const held = before !== null && side.holds(before)
  if (write.operation === 'DELETE') {
    return held ? planDelete(map, keys, states, holders(map, states)) : localLeg(intent, deletion(intent))
  }
  if (write.operation === 'UPDATE' && before === null) return { legs: [], refusals: [] }
  const after = rowAfter(side.table, before, write.set)
  if (side.holds(after)) return synchronisedLegs(mapSet, intent, after, held)
  if (!held || map.onLeave === 'UNLINK') return localLeg(intent, alteration(intent, before))
  return leave(intent, before)
}

function synchronisedLegs(mapSet: MapSet, intent: NativeIntent, after: Row, held: boolean): RecordPlan {
  const { write, map, states, key, keys } = intent
  const { system } = write
  const set = write.operation === 'CREATE' ? withoutNulls(write.set) : write.set
  const before = held ? states[system].row : null
  const changed = Object.keys(before === null ? after : set).filter(
    (column) => after[column] !== (before?.[column] ?? null),
  )
  const { values, refusals } = fromNative(mapSet, map, system, after, changed)
  const given = mappedOnly(map, values)
  const plan = planRecord({
    mapSet,
    map,
    key,
    keys,
    company: map.scope === 'company' ? (key[0] ?? null) : null,
    states,
    given,
    truth: system,
    native: { system, set },
  })
  const untranslatable = refusals.map(({ field, code, message }) =>
    refusal(code, message, nativePath(map, system, field)),
  )
  const translated = plan.refusals.map((found) => ({ ...found, path: nativePath(map, system, found.path?.[1] ?? '') }))
  return {
    legs: plan.legs,
    refusals: [
      ...readOnly(map, system, given, unlike(states[system].row, set, after)),
      ...untranslatable,
      ...translated,
    ],
  }
}

/** The columns set to another value than the one held. */
function unlike(held: Row | null, set: Row, after: Row): Row {
  return Object.fromEntries(Object.entries(set).filter(([name]) => after[name] !== (held?.[name] ?? null)))
}

/** A field that flows towards this system only is not written here. */
function readOnly(map: TableMap, system: System, given: UnifiedRecord, set: Row): readonly Violation[] {
  const inbound = system === 'CRM' ? 'ERP_TO_CRM' : 'CRM_TO_ERP'
  return map.fields
    .filter((field) => field.kind === 'mapped' && field.direction === inbound && field.name in given)
    .flatMap((field) => (field.kind === 'mapped' ? [field.columns[system]] : []))
    .filter((column) => column in set)
    .map((column) =>
      refusal('READ_ONLY', `${column} comes from the ${other(system)} and is read-only here`, ['input', column], {
        system,
        table: map.sides[system].table.table,
        column,
      }),
    )
}

function leave(intent: NativeIntent, before: Row | null): RecordPlan {
  const { write, map, states, keys } = intent
  const local = localLeg(intent, alteration(intent, before))
  if (map.onLeave === 'DELETE') {
    const away = planDelete(map, keys, states, [other(write.system)])
    return { legs: [...local.legs, ...away.legs], refusals: [] }
  }
  const message = `The record would leave the map ${map.name}, whose filter is: ${map.sides[write.system].filter ?? ''}`
  return { legs: local.legs, refusals: [refusal('RULE', message, ['input'])] }
}

function refuseByState({ write, map, key, states }: NativeIntent): readonly Violation[] {
  const { system } = write
  const { row, version } = states[system]
  const table = map.sides[system].table
  const column = table.key[table.key.length - 1] ?? ''
  const name = key.join('/')
  if (write.operation !== 'CREATE') {
    if (row === null) {
      return [refusal('NOT_FOUND', `${table.table} holds no record ${name}`, [column], { system, table: table.table })]
    }
    return [...stranger(map, write, states, name), ...stale(write, version.revision, name)]
  }
  const joins = map.sides[system].holds(rowAfter(table, null, write.set))
  const taken = [system, other(system)].filter((side) => states[side].row !== null && (side === system || joins))
  return taken.map((side) => {
    const place = map.sides[side].table
    return refusal('DUPLICATE', `${place.table} in the ${side} holds ${name} already`, ['input', column], {
      system: side,
      table: place.table,
      column: place.key[place.key.length - 1] ?? null,
    })
  })
}

/** The other system holds a record of this key that the map leaves alone: the two are not one record. */
function stranger(map: TableMap, write: NativeWrite, states: SideStates, name: string): readonly Violation[] {
  const { system } = write
  const far = other(system)
  const row = states[far].row
  if (write.operation === 'DELETE' || row === null || map.sides[far].holds(row)) return []
  if (!map.sides[system].holds(rowAfter(map.sides[system].table, states[system].row, write.set))) return []
  const { table, key } = map.sides[far].table
  const message = `${table} in the ${far} holds ${name} for another purpose, which the map ${map.name} leaves alone`
  return [refusal('DUPLICATE', message, ['input'], { system: far, table, column: key[key.length - 1] ?? null })]
}

function stale(write: NativeWrite, revision: number, name: string): readonly Violation[] {
  const expected = write.options.expectedRevision
  if (expected === null || expected === revision) return []
  return [
    refusal('STALE', `The record ${name} is at revision ${revision}, not ${expected}`, ['options', 'expectedRevision']),
  ]
}

function localLeg({ write }: NativeIntent, made: Write | null): RecordPlan {
  const legs: Leg[] = made === null ? [] : [{ system: write.system, writes: [made] }]
  return { legs, refusals: [] }
}

function alteration(intent: NativeIntent, before: Row | null): Write | null {
  const { write } = intent
  if (before === null) {
    return write.operation === 'CREATE'
      ? { operation: 'CREATE', ...localPlace(intent), set: { ...withoutNulls(write.set), ...keyRow(intent) } }
      : null
  }
  const after = rowAfter(intent.map.sides[write.system].table, before, write.set)
  const set = Object.fromEntries(Object.keys(write.set).flatMap((name) => changedEntry(name, before, after, write.set)))
  return Object.keys(set).length === 0 ? null : { operation: 'UPDATE', ...localPlace(intent), set }
}

function changedEntry(name: string, before: Row, after: Row, set: Row): [string, Value][] {
  const value = name in after ? after[name] : set[name]
  return value === (before[name] ?? null) && name in after ? [] : [[name, value ?? null]]
}

function deletion(intent: NativeIntent): Write | null {
  const { write, states } = intent
  return states[write.system].row === null ? null : { operation: 'DELETE', ...localPlace(intent) }
}

function localPlace({ write, keys, states }: NativeIntent): {
  table: string
  key: RecordKey
  base: RecordState['version']
  revision: number
} {
  const { version } = states[write.system]
  return { table: write.table, key: keys[write.system], base: version, revision: version.revision }
}

/** The key columns as the map folds them. */
function keyRow({ map, key, write }: NativeIntent): Row {
  return Object.fromEntries(map.key.map((field, at) => [field.columns[write.system], key[at] ?? null]))
}

function holders(map: TableMap, states: SideStates): readonly System[] {
  return (['CRM', 'ERP'] as const).filter((system) => {
    const { row } = states[system]
    return row !== null && map.sides[system].holds(row)
  })
}

function mappedOnly(map: TableMap, values: UnifiedRecord): UnifiedRecord {
  return Object.fromEntries(Object.entries(values).filter(([name]) => map.field.get(name)?.kind === 'mapped'))
}

function withoutNulls(set: Row): Row {
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== null))
}

/** Where a native caller finds a unified field: its own column. */
export function nativePath(map: TableMap, system: System, fieldName: string): readonly string[] {
  const column = columnOf(map.field.get(fieldName), system)
  return column === null ? ['input'] : ['input', column]
}

function columnOf(field: Field | undefined, system: System): string | null {
  if (field === undefined) return null
  if (field.kind === 'own') return field.system === system ? field.column : null
  return field.columns[system]
}

/** The unified key of a native key row, folded; null for each part that is missing. */
export function entityKeyOf(map: TableMap, system: System, row: Row): readonly (string | null)[] {
  return entityKeyOfRow(map, system, row) ?? map.key.map(({ columns }) => text(row[columns[system]]))
}

function text(value: Value | undefined): string | null {
  return value === undefined || value === null ? null : String(value)
}
