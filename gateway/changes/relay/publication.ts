/**
 * What a transaction publishes, in unified terms: pure.
 *
 * A change is one entity's, whichever systems hold its record. A record is an entity's as long as the map holds it in
 * one system at least, and a part as long as its whole is, too: so one that is completed on its second side is updated,
 * one that enters a map is created, and one that leaves it is deleted, unless it leaves on the side that is not read:
 * there the entity only loses what that system alone knew of it. A write of a record that no map holds, as all writes
 * of a table without a map, publishes nothing.
 */

import { encodeId, entityKeyOfRow, nativeKeys } from '../../../maps/identity.ts'
import type { EntityKey, Field, MapSet, TableMap, UnifiedRecord } from '../../../maps/model.ts'
import { unify, unifyOwn } from '../../../maps/translate.ts'
import type { TransactionRow, WriteImage } from '../../../schema/participant.ts'
import type { RecordKey, Row, System, Value } from '../../../schema/record.ts'
import type { Change, ChangeOperation } from '../stream/stream.ts'
import type { Commit } from './merge.ts'

/** A transaction as one system committed it. */
export type CommittedRow = Pick<Commit, 'system' | 'row'>

/** The changes of a transaction, given what each system committed of it, in the order of its writes. */
export function publication(mapSet: MapSet, transaction: readonly CommittedRow[]): readonly Change[] {
  const [first] = transaction
  if (first === undefined) return []
  const { id: transactionId, origin, actor } = first.row
  const at = Math.max(...transaction.map(({ row }) => row.completedAt ?? row.decidedAt))
  const images = transaction.flatMap((commit) => commit.row.writes.flatMap((write) => imagesOf(mapSet, commit, write)))
  return [...Map.groupBy(images, ({ id }) => id).values()].flatMap((sides) => {
    const change = changeOf(mapSet, sides)
    return change === null ? [] : [{ transactionId, origin, actor, at, ...change }]
  })
}

/** One side of a record that an entity's map holds, before the write or after it. */
interface SideImage {
  readonly map: TableMap
  readonly id: string
  readonly key: EntityKey
  readonly system: System
  /** In the system's own terms; null where the map does not hold it. */
  readonly before: Row | null
  readonly after: Row | null
  /** The record is still there, out of the map; the two systems had it in common. */
  readonly leaves: boolean
  readonly revision: number
}

/** Of several maps over a table those that hold the record. */
function imagesOf(mapSet: MapSet, commit: CommittedRow, write: WriteImage): readonly SideImage[] {
  const { system } = commit
  return mapSet.byTable(system, write.table).flatMap((map) => {
    const row = write.after ?? write.before
    const key = row === null ? null : entityKeyOfRow(map, system, row)
    if (key === null) return []
    const heldRow = (when: When) => (isHeldIn(mapSet, { map, key, commit, write }, when) ? write[when] : null)
    const [before, after] = [heldRow('before'), heldRow('after')]
    if (before === null && after === null) return []
    const leaves = after === null && write.after !== null && write.base.transaction !== null
    return [{ map, id: encodeId(map.entity, key), key, system, before, after, leaves, revision: write.revision }]
  })
}

/** Without references to one of several entities where the system does not tell to which: there is one, so not null. */
function told(mapSet: MapSet, map: TableMap, system: System, row: Row): UnifiedRecord {
  const record = unify(mapSet, map, system, row)
  const untold = polymorphicOf(map).filter((field) => {
    if (record[field.name] !== null) return false
    const column = field.kind === 'own' ? field.column : field.columns[system]
    return (row[column] ?? null) !== null
  })
  if (untold.length === 0) return record
  const names = new Set(untold.map(({ name }) => name))
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.has(name)))
}

const POLYMORPHIC = new WeakMap<TableMap, readonly Exclude<Field, { kind: 'key' }>[]>()

/** Few maps have any, and every change of a large batch asks. */
function polymorphicOf(map: TableMap): readonly Exclude<Field, { kind: 'key' }>[] {
  const known = POLYMORPHIC.get(map)
  if (known !== undefined) return known
  const fields = map.fields.flatMap((field) =>
    field.kind !== 'key' && field.type.kind === 'polymorphic' ? [field] : [],
  )
  POLYMORPHIC.set(map, fields)
  return fields
}

type When = 'before' | 'after'

interface WrittenRecord {
  readonly map: TableMap
  readonly key: EntityKey
  readonly commit: CommittedRow
  readonly write: WriteImage
}

function isHeldIn(mapSet: MapSet, { map, key, commit, write }: WrittenRecord, when: When): boolean {
  const whole = map.parent === null ? undefined : mapSet.byEntity.get(map.parent.entity)
  if (!holds(map, commit.system, write[when])) return false
  return whole === undefined || isWholeHeld(whole, key.slice(0, -1), { commit, write }, when)
}

/** A part that has ever been written to both systems, or is now, has a whole that the map holds, unless this says more. */
function isWholeHeld(
  whole: TableMap,
  key: EntityKey,
  { commit: { system, row }, write }: Pick<WrittenRecord, 'commit' | 'write'>,
  when: When,
): boolean {
  const { table } = whole.sides[system].table
  const written = writesOf(row).get(nameOf(table, nativeKeys(whole, key)[system]))
  if (written !== undefined) return holds(whole, system, written[when])
  return write.revision > write.base.revision || write.base.transaction !== null
}

const WRITES = new WeakMap<TransactionRow, ReadonlyMap<string, WriteImage>>()

/** The writes of a row by their records. */
function writesOf(row: TransactionRow): ReadonlyMap<string, WriteImage> {
  const known = WRITES.get(row)
  if (known !== undefined) return known
  const writes = new Map(row.writes.map((write) => [nameOf(write.table, write.key), write]))
  WRITES.set(row, writes)
  return writes
}

function nameOf(table: string, key: RecordKey): string {
  return `${table} ${key}`
}

function holds(map: TableMap, system: System, row: Row | null): boolean {
  return row !== null && map.sides[system].holds(row)
}

function changeOf(
  mapSet: MapSet,
  sides: readonly SideImage[],
): Omit<Change, 'transactionId' | 'origin' | 'actor' | 'at'> | null {
  const [first] = sides
  const before = merged(mapSet, sides, 'before')
  const after = merged(mapSet, sides, 'after') ?? keptElsewhere(mapSet, sides)
  const operation = operationOf(before, after)
  if (first === undefined || operation === null) return null
  const { map, id, key } = first
  const changed = map.fields.filter(({ name }) => !isSame(before?.[name] ?? null, after?.[name] ?? null))
  return {
    entity: map.entity,
    id,
    company: map.scope === 'company' ? (key[0] ?? null) : null,
    operation,
    systems: sides.map(({ system }) => system),
    revision: Math.max(...sides.map(({ revision }) => revision)),
    changedFields: changed.map(({ name }) => name),
    before,
    after,
  }
}

function operationOf(before: UnifiedRecord | null, after: UnifiedRecord | null): ChangeOperation | null {
  if (before === null) return after === null ? null : 'CREATE'
  return after === null ? 'DELETE' : 'UPDATE'
}

/** What both systems share comes from the side that is read, or from the other where that has no part in the write. */
function merged(mapSet: MapSet, sides: readonly SideImage[], when: When): UnifiedRecord | null {
  const shown = sides.filter((side) => side[when] !== null)
  const main = shown.find(isRead) ?? shown[0]
  const row = main?.[when] ?? null
  if (main === undefined || row === null) return null
  const values = told(mapSet, main.map, main.system, row)
  const other = shown.find((side) => side !== main)
  const otherRow = other?.[when] ?? null
  return other === undefined || otherRow === null
    ? values
    : { ...values, ...unifyOwn(mapSet, other.map, other.system, otherRow) }
}

/** Of a record that leaves its map only where it is not read: the other system, which has no part in this, keeps it. */
function keptElsewhere(mapSet: MapSet, sides: readonly SideImage[]): UnifiedRecord | null {
  const [left] = sides
  if (left === undefined || !left.leaves || left.before === null || sides.some(isRead)) return null
  const isOwn = (name: string) => left.map.field.get(name)?.kind === 'own'
  const before = told(mapSet, left.map, left.system, left.before)
  return Object.fromEntries(Object.entries(before).map(([name, value]) => [name, isOwn(name) ? null : value]))
}

function isRead({ map, system }: SideImage): boolean {
  return map.reads === system
}

function isSame(one: Value, other: Value): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
}
