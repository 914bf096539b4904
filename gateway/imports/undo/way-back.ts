/**
 * How a write is taken back: as a write of its entity, where that gives everything back; else as a write of one system's own
 * table, which takes the other side along; else not at all, and it is said which columns that is for. Pure.
 */

import { decodeId, nativeKeys } from '../../../maps/identity.ts'
import type { Field, MapSet, TableMap, UnifiedRecord } from '../../../maps/model.ts'
import { toNative, unify } from '../../../maps/translate.ts'
import type { Row, System, Value } from '../../../schema/record.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import type { Change } from '../../changes/stream/stream.ts'
import { changeableFields } from '../../graph/unified/writable.ts'
import type { NativeRow } from '../worker/read-row.ts'
import type { NativeImage, WrittenWhole } from './undo-write.ts'

export type WayBack =
  | { readonly through: 'ENTITY'; readonly whole: WrittenWhole }
  | { readonly through: 'TABLE'; readonly image: NativeImage; readonly write: NativeRow }
  | { readonly through: 'NOTHING'; readonly message: string }

/** `only` is all that a transaction wrote that published nothing of the record; null where that was more than one record. */
export function undoOnly(mapSet: MapSet, only: NativeImage | null): WayBack {
  const write = only === null ? null : tableWrite(mapSet, only)
  if (only !== null && write !== null) return { through: 'TABLE', image: only, write }
  return {
    through: 'NOTHING',
    message: 'A part is taken back with its whole alone, and this one was written by itself.',
  }
}

export function undoWhole(mapSet: MapSet, whole: WrittenWhole): WayBack {
  const { map, change, parts, images, partImages } = whole
  // A record that came into its map, or left it, was there before and is there still.
  const isMoved = change.operation !== 'UPDATE' && images.some(({ write }) => write.operation !== change.operation)
  const lost = [change, ...parts].flatMap((one) =>
    lostOf(mapSet, one, [...images, ...partImages], givenBack(mapSet, one)),
  )
  if (!isMoved && lost.length === 0) return { through: 'ENTITY', whole }
  for (const image of parts.length === 0 ? images : []) {
    const others = images.filter((one) => one !== image)
    const write = tableWrite(mapSet, image)
    if (write === null || lostOf(mapSet, change, others, sharedBy(mapSet, map, image)).length > 0) continue
    return { through: 'TABLE', image, write }
  }
  const message =
    lost.length === 0
      ? 'The record came into its map or left it, with its parts, which is not taken back.'
      : `No one write gives all of it back: ${lost.join(', ')}`
  return { through: 'NOTHING', message }
}

/** The columns that a table's callers fill: what a system works out follows from them. */
export function ownColumns({ columns }: TableDefinition): readonly string[] {
  return Object.values(columns).flatMap(({ name, computed }) => (computed ? [] : [name]))
}

export function differing(columns: readonly string[], one: Row, other: Row): readonly string[] {
  return columns.filter((name) => !isSame(one[name] ?? null, other[name] ?? null))
}

/** The values that a write of the entity gives back. */
function givenBack({ byEntity }: MapSet, { entity, operation, before, changedFields }: Change): UnifiedRecord {
  const map = byEntity.get(entity)
  if (map === undefined || before === null) return {}
  const changeable = new Set(changeableFields(map).filter(({ name }) => changedFields.includes(name)))
  const isGiven = (field: Field) => operation !== 'UPDATE' || changeable.has(field) || isWorkedOut(field)
  return valuesOf(
    map.fields.filter((field) => Object.hasOwn(before, field.name) && isGiven(field)).map(({ name }) => name),
    before,
  )
}

function isWorkedOut(field: Field): boolean {
  return field.kind === 'mapped' && field.computedBy !== null
}

/** The values that the other system is given by a write of this one's record. */
function sharedBy(mapSet: MapSet, map: TableMap, { system, write: { before } }: NativeImage): UnifiedRecord {
  const shared = map.fields.filter(({ kind }) => kind !== 'own').map(({ name }) => name)
  return before === null ? {} : valuesOf(shared, unify(mapSet, map, system, before))
}

/** What these images had of the record that these values do not give back: as `CRM column`. */
function lostOf(
  mapSet: MapSet,
  { entity, id, company }: Change,
  images: readonly NativeImage[],
  values: UnifiedRecord,
): readonly string[] {
  const map = mapSet.byEntity.get(entity)
  const key = decodeId(id)?.key
  if (map === undefined || key === undefined) return []
  const keys = nativeKeys(map, key)
  return images.flatMap(({ system, write: { table: name, key: of, before, after } }) => {
    const { table } = map.sides[system]
    if (name !== table.table || of !== keys[system] || before === null) return []
    const given = toNative(mapSet, map, system, values, company).set
    // A create takes no null for what has a default.
    const isGiven = (column: string) =>
      column in given &&
      isSame(given[column] ?? null, before[column] ?? null) &&
      (after !== null || before[column] !== null)
    const isOthers = (column: string) => table.key.includes(column) || table.columns[column]?.generated === true
    return differing(ownColumns(table), before, after ?? emptyRow(mapSet, map, system, company)).flatMap((column) =>
      isOthers(column) || isGiven(column) ? [] : [`${system} ${column}`],
    )
  })
}

/** As a create makes it that gives nothing. */
function emptyRow(mapSet: MapSet, map: TableMap, system: System, company: string | null): Row {
  const { table, constants } = map.sides[system]
  const defaults = map.fields.flatMap((field): [string, Value][] =>
    field.kind === 'key' || field.default === undefined ? [] : [[field.name, field.default]],
  )
  const columns = Object.values(table.columns).map(({ name, default: value }): [string, Value] => [name, value ?? null])
  const given = toNative(mapSet, map, system, Object.fromEntries(defaults), company).set
  return { ...Object.fromEntries(columns), ...constants, ...given }
}

/** Null for what is part of another record, and for a table that no map has. */
function tableWrite(mapSet: MapSet, { system, write }: NativeImage): NativeRow | null {
  const table = mapSet.tables[system].get(write.table)
  const maps = mapSet.byTable(system, write.table)
  if (table === undefined || table.partOf !== null || maps.length === 0) return null
  const { key, before, after, revision } = write
  const place = { system, table: table.table }
  const copies = new Set(maps.flatMap(({ fields }) => fields.flatMap((field) => copiesOf(field, system))))
  const settable = ownColumns(table).filter((name) => !copies.has(name) && table.columns[name]?.generated !== true)
  if (before === null) {
    return { ...place, operation: 'DELETE', key, set: {}, changes: {}, expectedRevision: revision }
  }
  if (after === null) {
    const set = valuesOf(
      settable.filter((name) => (before[name] ?? null) !== null),
      before,
    )
    return { ...place, operation: 'CREATE', key: null, set, changes: {} }
  }
  const changes = valuesOf(differing(settable, before, after), before)
  return { ...place, operation: 'UPDATE', key, set: changes, changes, expectedRevision: revision }
}

function valuesOf(columns: readonly string[], row: Row): Row {
  return Object.fromEntries(columns.map((name) => [name, row[name] ?? null]))
}

function copiesOf(field: Field, system: System): readonly string[] {
  return field.kind === 'own' ? [] : field.copies[system]
}

function isSame(one: Value, other: Value): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
}
