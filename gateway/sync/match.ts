/** Records that are named by the values of a unique key rather than by their own: what is looked for, and what it says. Pure. */

import { keyValue } from '../../maps/identity.ts'
import type { Field, MapSet, TableMap, UnifiedRecord } from '../../maps/model.ts'
import { toNative } from '../../maps/translate.ts'
import { columnOf, companyField } from '../../maps/unique-keys.ts'
import type { CallerPath, Violation } from '../../schema/participant.ts'
import { type Row, SYSTEMS, type System, type Value } from '../../schema/record.ts'
import { canonical } from '../../schema/value.ts'
import { companyOf, type Key, nameOf } from './key.ts'
import type { SideStates } from './record-draft.ts'
import { refusal } from './refusal.ts'
import type { EntityOperation } from './write.ts'

/** By which values a record is found. */
export interface Match {
  /** The field that errors speak of: the last one. */
  readonly field: string
  /** The values, as messages have them. */
  readonly shown: string
  /** The columns and what they hold, in each system that has all of the fields. */
  readonly where: Partial<Readonly<Record<System, Row>>>
  /** Where the caller gives them. */
  readonly at: CallerPath
}

export interface ReadMatch {
  readonly match: Match
  readonly refusals: readonly Violation[]
}

interface Matching {
  readonly mapSet: MapSet
  readonly map: TableMap
  readonly key: Key
  readonly given: UnifiedRecord
  readonly at: CallerPath
}

/** Every value of a match is there and fits its column. Throws a RangeError for a field that the entity has not. */
export function readMatch(matching: Matching, names: readonly string[]): ReadMatch {
  const { map, at } = matching
  const fields = names.map((name) => fieldOf(map, name))
  const values = fields.map((field) => valueIn(matching, field))
  const missing = fields.flatMap(({ name }, index) =>
    isBlank(values[index]) ? [refusal('REQUIRED', `${name} is required: rows are matched by it`, [...at, name])] : [],
  )
  const refusals = [...missing]
  const where: Partial<Record<System, Row>> = {}
  for (const system of SYSTEMS) {
    if (missing.length > 0 || fields.some((field) => columnOf(field, system) === null)) continue
    const held = fields.map((field, index) => columnValue(matching, field, system, values[index] ?? null))
    where[system] = Object.fromEntries(held.flatMap((one) => (one.ok ? [[one.column, one.value]] : [])))
    refusals.push(...held.flatMap((one) => (one.ok ? [] : [one.refusal])))
  }
  const own = fields.filter((field) => field !== companyField(map))
  const shown = own.map((field) => `${field.name} ${JSON.stringify(values[fields.indexOf(field)] ?? null)}`).join(', ')
  return { match: { field: own.at(-1)?.name ?? 'id', shown, where, at }, refusals }
}

function fieldOf({ entity, field }: TableMap, name: string): Field {
  const found = field.get(name)
  if (found === undefined) throw new RangeError(`${entity} has no field ${name}`)
  return found
}

function valueIn({ map, key, given }: Matching, field: Field): Value {
  if (field.kind !== 'key') return given[field.name] ?? null
  const text = key[map.key.indexOf(field)] ?? null
  return text === null ? null : keyValue(field, text)
}

function isBlank(value: Value | undefined): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '')
}

type ColumnValue =
  | { readonly ok: true; readonly column: string; readonly value: Value }
  | { readonly ok: false; readonly refusal: Violation }

function columnValue({ mapSet, map, key, at }: Matching, field: Field, system: System, value: Value): ColumnValue {
  const name = columnOf(field, system) ?? ''
  const { table, columns } = map.sides[system].table
  const column = columns[name]
  if (column === undefined) throw new TypeError(`${table} has no column ${name}`)
  const path = [...at, field.name]
  const { set, refusals } = toNative(mapSet, map, system, { [field.name]: value }, companyOf(map, key))
  const [wrong] = refusals
  if (wrong !== undefined) return { ok: false, refusal: refusal(wrong.code, wrong.message, path) }
  const form = canonical(column, set[name] ?? null)
  if (form.ok) return { ok: true, column: name, value: form.value }
  return { ok: false, refusal: refusal('VALIDATION', form.message, path, { system, table, column: name }) }
}

/** Names of what a match may find, the same for any two that mean the same record. */
export function namesOfMatch(map: TableMap, { where }: Match): readonly string[] {
  return SYSTEMS.flatMap((system) => {
    const row = where[system]
    return row === undefined ? [] : [`${system} ${map.sides[system].table.table} where ${JSON.stringify(row)}`]
  })
}

/** A record that was found in a system. */
export interface Found {
  readonly system: System
  readonly key: Key
  /** Whether it is one of the entity's. */
  readonly isHeld: boolean
}

interface Matched {
  readonly map: TableMap
  readonly operation: EntityOperation['operation']
  readonly key: Key
  readonly match: Match
}

/** What a match has led to: which record is written, and how; or all that speaks against it. */
export interface Settled {
  readonly operation: EntityOperation['operation']
  readonly key: Key
  readonly refusals: readonly Violation[]
}

/** A refused write is of no record: nothing is planned for one that it may not mean, and no number drawn. */
export function unsettled({ key }: Pick<Matched, 'key'>, refusals: readonly Violation[]): Settled {
  return { operation: 'UPDATE', key: key.map(() => null), refusals }
}

/** The entity's records among those found, each once. */
export function candidatesOf({ map }: Pick<Matched, 'map'>, found: readonly Found[]): readonly Key[] {
  const held = found.filter(({ isHeld }) => isHeld)
  return [...new Map(held.map(({ key }) => [nameOf(map, key), key])).values()]
}

/**
 * `statesOf` tells what both systems hold of a candidate. The systems are asked one beside the other: where they disagree,
 * they may only have been in the middle of a commit, so that it is worth asking again.
 */
export function settle(one: Matched, found: readonly Found[], statesOf: (key: Key) => SideStates): Settled {
  const { map, operation, key, match } = one
  const candidates = candidatesOf(one, found)
  const [own] = candidates
  if (own === undefined) return settleAbsent(one, found)
  if (candidates.length > 1) {
    const holders = found.filter(({ isHeld }) => isHeld).map((each) => `${each.key.at(-1)} in the ${each.system}`)
    return unsettled(one, [conflict(one, `${match.shown} is that of ${holders.join(' and of ')}`)])
  }
  const dissenting = dissentingSystems(one, statesOf(own))
  if (dissenting.length > 0) {
    const message = `${map.entity} ${own.at(-1)} has ${match.shown} in one system, and not in the ${dissenting.join()}`
    return unsettled(one, [conflict(one, message)])
  }
  const differing = map.key.flatMap((field, at) =>
    key[at] === null || key[at] === own[at]
      ? []
      : [refusal('VALIDATION', differs(one, field, own[at] ?? ''), [...match.at, field.name])],
  )
  return differing.length > 0 ? unsettled(one, differing) : { operation, key: own, refusals: [] }
}

function differs({ map, match }: Matched, field: Field, found: string): string {
  return `${field.name} is not that of the ${map.entity} with ${match.shown}, which is ${found}`
}

function settleAbsent(one: Matched, found: readonly Found[]): Settled {
  const { map, operation, key, match } = one
  const path = [...match.at, match.field]
  if (operation === 'UPDATE' || operation === 'DELETE') {
    return unsettled(one, [refusal('NOT_FOUND', `There is no ${map.entity} with ${match.shown}`, path)])
  }
  const taken = found.flatMap(({ system, isHeld }) => {
    const { table, unique } = map.sides[system].table
    const columns = Object.keys(match.where[system] ?? {})
    if (isHeld || !unique.some((set) => isSameSet(set, columns))) return []
    const message = `Another record of ${table} in the ${system}, which is no ${map.entity}, has ${match.shown}`
    return [refusal('DUPLICATE', message, path, { system, table, column: columns.at(-1) ?? null })]
  })
  return taken.length > 0 ? unsettled(one, taken) : { operation: 'CREATE', key, refusals: [] }
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name))
}

/** The systems that have the record with other values. */
function dissentingSystems({ map, match }: Matched, states: SideStates): readonly System[] {
  return SYSTEMS.filter((system) => {
    const { row } = states[system]
    const where = match.where[system]
    if (row === null || where === undefined || !map.sides[system].holds(row)) return false
    return Object.entries(where).some(
      ([column, value]) => JSON.stringify(row[column] ?? null) !== JSON.stringify(value),
    )
  })
}

function conflict({ match }: Matched, message: string): Violation {
  return { ...refusal('CONFLICT', `The systems disagree: ${message}`, [...match.at, match.field]), retryable: true }
}
