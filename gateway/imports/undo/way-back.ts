/**
 * How a write is taken back: as a write of its entity, where that gives everything back; else as a write of one system's own
 * table, which takes the other side along; else not at all, and it is said which columns that is for. Pure.
 */

import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import type { Row, System, Value } from '../../../schema/participant.ts'
import type { TableDefinition } from '../../../schema/table.ts'
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
  const { map, change, images, partImages } = whole
  // A record that came into its map, or left it, was there before and is there still.
  const isMoved = change.operation !== 'UPDATE' && images.some(({ write }) => write.operation !== change.operation)
  const lost = [
    ...images.flatMap((image) => lostOf(map, image, givenBack(whole))),
    ...partImages.flatMap((image) => lostOfPart(mapSet, whole, image)),
  ]
  if (!isMoved && lost.length === 0) return { through: 'ENTITY', whole }
  for (const image of partImages.length === 0 ? images : []) {
    const others = images.filter((one) => one !== image)
    const shared = map.fields.filter(({ kind }) => kind !== 'own')
    const write = tableWrite(mapSet, image)
    if (write === null || others.some((one) => lostOf(map, one, shared).length > 0)) continue
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

/** The fields that a write of the entity gives back. */
function givenBack({ map, change }: Pick<WrittenWhole, 'map' | 'change'>): readonly Field[] {
  if (change.operation !== 'UPDATE') return map.fields
  const changeable = changeableFields(map).filter(({ name }) => change.changedFields.includes(name))
  return [...changeable, ...map.fields.filter((field) => field.kind === 'mapped' && field.computedBy !== null)]
}

/** What one system had that a write of these fields does not give back: as `CRM column`. */
function lostOf(map: TableMap, { system, write }: NativeImage, fields: readonly Field[]): readonly string[] {
  const { table, constants } = map.sides[system]
  const { before, after } = write
  if (before === null) return []
  const given = new Set([...table.key, ...fields.flatMap((field) => columnsOf(field, system))])
  const isMade = (name: string) => table.columns[name]?.generated === true
  const empty = Object.fromEntries(
    Object.values(table.columns).map(({ name, default: value }) => [name, constants[name] ?? value ?? null]),
  )
  return differing(ownColumns(table), before, after ?? empty).flatMap((name) =>
    given.has(name) || isMade(name) ? [] : [`${system} ${name}`],
  )
}

function lostOfPart(mapSet: MapSet, { parts }: WrittenWhole, image: NativeImage): readonly string[] {
  const map = mapSet
    .byTable(image.system, image.write.table)
    .find((one) => parts.some(({ entity }) => entity === one.entity))
  if (map === undefined) return []
  const operation = image.write.operation === 'DELETE' ? 'DELETE' : 'UPDATE'
  const changedFields = parts.flatMap((part) => (part.entity === map.entity ? part.changedFields : []))
  const [change] = parts
  return change === undefined
    ? []
    : lostOf(map, image, givenBack({ map, change: { ...change, operation, changedFields } }))
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

function columnsOf(field: Field, system: System): readonly string[] {
  if (field.kind === 'own') return field.system === system ? [field.column] : []
  return [field.columns[system], ...field.copies[system]]
}

function copiesOf(field: Field, system: System): readonly string[] {
  return field.kind === 'own' ? [] : field.copies[system]
}

function isSame(one: Value, other: Value): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
}
