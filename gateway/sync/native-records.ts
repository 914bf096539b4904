/**
 * The records that a native write is about: which map it falls to, its key, its parts, and the whole that it belongs to.
 * Reads what it must know of them, and has each drafted.
 */

import type { MapSet, TableMap } from '../../maps/model.ts'
import type { KindOf } from '../../maps/translate.ts'
import type { NativeWrite } from '../../schema/native-write.ts'
import type { CallerPath } from '../../schema/participant.ts'
import type { RecordKey, RecordRef, Row, System, Value } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'
import type { Facts } from './facts.ts'
import { foldGiven, isComplete, type Key, keyOfRecord, keyOfWhole, keysOf, partialKey } from './key.ts'
import { draftNative, rowAfter } from './native-draft.ts'
import type { Numbering } from './numbering.ts'
import { nextNumbers } from './parts.ts'
import { draftChange, type RecordDraft } from './record-draft.ts'

export interface NativeDrafts {
  readonly map: TableMap
  readonly key: Key
  readonly drafts: readonly RecordDraft[]
}

interface NativeContext {
  readonly mapSet: MapSet
  readonly facts: Facts
  readonly numbering: Numbering
}

/** One record of the write, before it is read. */
interface NativeRecord {
  readonly map: TableMap
  readonly key: Key
  readonly operation: NativeWrite['operation']
  readonly set: Row
  readonly at: CallerPath
}

/** Throws a TypeError for a table that no map names. */
export async function draftNativeWrite(context: NativeContext, write: NativeWrite): Promise<NativeDrafts> {
  const { mapSet, facts } = context
  const map = await mapFor(context, write)
  const key = await keyFor(context, map, write)
  const at = write.operation === 'DELETE' ? [] : ['input']
  const root: NativeRecord = { map, key, operation: write.operation, set: write.set, at }
  await facts.read([root])
  const records = [root, ...(await partsOf(context, root, write))]
  const wholeKey = map.parent === null ? null : keyOfWhole(key)
  const whole = map.parent === null ? undefined : mapSet.byEntity.get(map.parent.entity)
  const wholes = whole === undefined || wholeKey === null ? [] : [{ map: whole, key: wholeKey }]
  await facts.read([...records, ...wholes])
  const isWholeHeld = wholes.every((one) => isHeldIn(facts, one.map, write.system, one.key))
  const isRootHeld = isWholeHeld && holdsRoot(facts, root, write.system)
  const kindOf = await kindsFor(context, write.system, records)
  const drafts = records.map((record) => {
    const { map, key, at, operation, set } = record
    const isRoot = record === root
    const subject = facts.subject({ map, key, at })
    const expectedRevision = isRoot ? write.options.expectedRevision : null
    const asked = { system: write.system, operation, set, expectedRevision }
    return draftNative(mapSet, { ...asked, subject, kindOf, isWholeHeld: isRoot ? isWholeHeld : isRootHeld })
  })
  // The whole takes the next revision with its parts, if the map holds it.
  const guards = isWholeHeld
    ? wholes.map((one) =>
        draftChange({ mapSet, subject: facts.subject({ ...one, at }), given: {}, truth: write.system, native: null }),
      )
    : []
  return { map, key, drafts: [...drafts, ...guards] }
}

/** Of several maps over one table the one that holds the record, or would hold it; their filters exclude each other. */
async function mapFor({ mapSet, facts }: NativeContext, write: NativeWrite): Promise<TableMap> {
  const { system, table, key, set } = write
  const maps = mapSet.byTable(system, table)
  const [first] = maps
  if (first === undefined) throw new TypeError(`no map for the table ${table}`)
  if (maps.length === 1) return first
  if (key === null) {
    const row = rowAfter(first.sides[system].table, null, set)
    return maps.find((map) => map.sides[system].holds(row)) ?? first
  }
  const refs = maps.map((map): RecordRef => ({ table, key: foldedKey(map, system, key) }))
  await facts.readNative(system, refs)
  const held = (row: (map: TableMap, held: Row) => Row) =>
    maps.find((map, index) => {
      const ref = refs[index]
      const state = ref === undefined ? undefined : facts.state(system, ref)
      return state !== undefined && state.row !== null && map.sides[system].holds(row(map, state.row))
    })
  return held((_, row) => row) ?? held((map, row) => rowAfter(map.sides[system].table, row, set)) ?? first
}

async function keyFor({ facts, numbering }: NativeContext, map: TableMap, write: NativeWrite): Promise<Key> {
  const { system, operation, set } = write
  if (write.key !== null) return foldGiven(map, keyOfRecord(map, system, write.key))
  const given = foldGiven(map, partialKey(map, system, set))
  if (operation !== 'CREATE' || isComplete(given)) return given
  if (map.parent !== null) {
    const whole = keyOfWhole(given)
    if (!isComplete(whole)) return given
    await facts.readParts([{ part: map, whole }])
    return [...whole, ...nextNumbers(facts.partNumbers(map, whole), 1)]
  }
  const [key = given] = await numbering.complete([{ map, key: given }], write.options.dryRun)
  return key
}

/** The parts made with the record, and those that it takes along when it is deleted or enters the map. */
async function partsOf(
  { mapSet, facts }: NativeContext,
  root: NativeRecord,
  write: NativeWrite,
): Promise<readonly NativeRecord[]> {
  const { map, key, at } = root
  const { system } = write
  const partMaps = mapSet.partsOf(map.entity)
  if (!isComplete(key)) return []
  if (write.operation === 'DELETE' || isEntering(facts, root, system)) {
    await facts.readParts(partMaps.map((part) => ({ part, whole: key })))
    const { operation } = write
    return partMaps.flatMap((part) =>
      facts
        .partNumbers(part, key)
        .map((number): NativeRecord => ({ map: part, key: [...key, number], operation, set: {}, at })),
    )
  }
  return partMaps.flatMap((part) => {
    const made = write.parts.filter(({ table }) => table === part.sides[system].table.table)
    const own = part.key.at(-1)?.columns[system] ?? ''
    const given = made.map(({ set }) => textOf(set[own] ?? null))
    const drawn = nextNumbers(
      given.filter((number) => number !== null),
      made.length,
    ).values()
    return made.map(({ set, at }, index): NativeRecord => {
      const number = given[index] ?? drawn.next().value ?? null
      return { map: part, key: [...key, number], operation: 'CREATE', set, at }
    })
  })
}

/** Whether the map holds the record, before a delete, else after the write: its parts go with it. */
function holdsRoot(facts: Facts, { map, key, operation, set }: NativeRecord, system: System): boolean {
  if (operation === 'DELETE') return isHeldIn(facts, map, system, key)
  const side = map.sides[system]
  return side.holds(rowAfter(side.table, facts.states(map, key)[system].row, set))
}

function isEntering(facts: Facts, root: NativeRecord, system: System): boolean {
  const { map, key, operation } = root
  const { row } = facts.states(map, key)[system]
  return operation === 'UPDATE' && row !== null && !map.sides[system].holds(row) && holdsRoot(facts, root, system)
}

/** For columns that name a record of one table over which several maps stand: the map that holds the record tells. */
async function kindsFor(
  { mapSet, facts }: NativeContext,
  system: System,
  records: readonly NativeRecord[],
): Promise<KindOf> {
  const tableOf = (entity: string) => mapSet.byEntity.get(entity)?.sides[system]
  const refOf = (entity: string, company: string | null, value: string): RecordRef | null => {
    const table = tableOf(entity)?.table
    return table === undefined
      ? null
      : { table: table.table, key: recordKey(table.company === null ? [value] : [company, value]) }
  }
  const refs = records.flatMap(({ map, key, set }) =>
    map.fields.flatMap((field) => {
      if (field.kind !== 'mapped' || field.type.kind !== 'polymorphic') return []
      const value = set[field.columns[system]]
      if (typeof value !== 'string') return []
      return field.type.entities.flatMap((entity) => refOf(entity, key[0] ?? null, value) ?? [])
    }),
  )
  await facts.readNative(system, refs)
  return (entities, company, value) =>
    entities.find((entity) => {
      const ref = refOf(entity, company, value)
      const row = ref === null ? null : facts.state(system, ref).row
      return row !== null && tableOf(entity)?.holds(row) === true
    }) ?? null
}

function isHeldIn(facts: Facts, map: TableMap, system: System, key: Key): boolean {
  const { row } = facts.states(map, key)[system]
  return row !== null && map.sides[system].holds(row)
}

function foldedKey(map: TableMap, system: System, key: RecordKey): RecordKey {
  return keysOf(map, foldGiven(map, keyOfRecord(map, system, key)))[system]
}

function textOf(value: Value): string | null {
  return value === null ? null : String(value)
}
