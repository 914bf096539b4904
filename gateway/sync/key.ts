/** Entity keys while a write is planned: a part is null that was not given, or is still to be drawn. */

import { encodeId, entityKeyOfRow, foldKey, nativeKeys } from '../../maps/identity.ts'
import type { NativeKeys, TableMap } from '../../maps/model.ts'
import type { RecordKey, Row, System } from '../../schema/record.ts'
import { keyValues } from '../../schema/record-key.ts'

export type Key = readonly (string | null)[]

/** Folded; empty parts are parts that were not given. */
export function foldGiven(map: TableMap, key: Key): Key {
  const folded = foldKey(
    map,
    key.map((part) => part ?? ''),
  )
  return folded.map((part) => (part === '' ? null : part))
}

export function isComplete(key: Key): key is readonly string[] {
  return key.every((part) => part !== null)
}

/** The native keys, in which missing parts are empty: no record has such a key. */
export function keysOf(map: TableMap, key: Key): NativeKeys {
  return nativeKeys(
    map,
    key.map((part) => part ?? ''),
  )
}

/** Null for a key that is not complete. */
export function idOf(map: TableMap, key: Key): string | null {
  return isComplete(key) ? encodeId(map.entity, key) : null
}

/** The unified company of a record; null for a global one. */
export function companyOf(map: TableMap, key: Key): string | null {
  return map.scope === 'company' ? (key[0] ?? null) : null
}

/** Names one record among all entities. */
export function nameOf({ entity }: Pick<TableMap, 'entity'>, key: Key): string {
  return `${entity}/${JSON.stringify(key)}`
}

/** The key of what a part belongs to. */
export function keyOfWhole(partKey: Key): Key {
  return partKey.slice(0, -1)
}

/** The unified key of a native row; null for each part that is missing. */
export function partialKey(map: TableMap, system: System, row: Row): Key {
  const textIn = (column: string) => {
    const value = row[column] ?? null
    return value === null ? null : String(value)
  }
  return entityKeyOfRow(map, system, row) ?? map.key.map(({ columns }) => textIn(columns[system]))
}

/** The unified key of the record with this native key. */
export function keyOfRecord(map: TableMap, system: System, key: RecordKey): Key {
  const columns = map.sides[system].table.key
  return partialKey(map, system, Object.fromEntries(keyValues(key).map((value, at) => [columns[at] ?? '', value])))
}
