/** Who a record is: its integration key, the entity id made of it, and the native keys on both sides. */

import { Buffer } from 'node:buffer'
import type { Row, System, Value } from '../schema/record.ts'
import { recordKey } from '../schema/record-key.ts'
import type { EntityKey, KeyField, NativeKeys, TableMap } from './model.ts'
import { remembering } from './remembering.ts'

/** Opaque and stable: base64url of the JSON array `[entity, ...key]`. The key is folded already. */
export function encodeId(entity: string, key: EntityKey): string {
  return Buffer.from(JSON.stringify([entity, ...key])).toString('base64url')
}

export interface DecodedId {
  readonly entity: string
  readonly key: EntityKey
}

const IDS_KEPT = 4_096

/** Null for everything that is not exactly what `encodeId` gives. */
export const decodeId: (id: string) => DecodedId | null = remembering(IDS_KEPT, (id) => {
  const [entity, ...key] = partsOf(id) ?? []
  if (entity === undefined || key.length === 0 || encodeId(entity, key) !== id) return null
  return { entity, key }
})

function partsOf(id: string): readonly string[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(id, 'base64url').toString())
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : null
  } catch {
    return null
  }
}

/** Values of the key fields, in key order, without space around them and in the one form of their field. */
export function foldKey(map: Pick<TableMap, 'key'>, key: readonly string[]): EntityKey {
  return key.map((value, index) => {
    const field = map.key[index]
    return field === undefined ? value.trim() : foldKeyText(field, value)
  })
}

type KeyForm = Pick<KeyField, 'fold' | 'type'>

/** Text in the map's letter case; a whole number without leading zeros. Other text for a number stays: it names nothing. */
export function foldKeyText({ fold, type }: KeyForm, value: string): string {
  const folded = foldValue(fold, value)
  if (type.kind !== 'integer') return folded
  const number = wholeNumber(folded)
  return number === null ? folded : String(number)
}

/** What a key field's native or unified value is in an entity key; null where it is empty or of another type. */
export function keyText(field: KeyForm, value: Value): string | null {
  const isFitting = typeof value === (field.type.kind === 'integer' ? 'number' : 'string')
  const text = isFitting ? foldKeyText(field, String(value)) : ''
  return text === '' ? null : text
}

/** A value of an entity key as its field and its columns hold it. */
export function keyValue({ type }: Pick<KeyField, 'type'>, text: string): Value {
  return type.kind === 'integer' ? (wholeNumber(text) ?? text) : text
}

function wholeNumber(text: string): number | null {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) ? number + 0 : null
}

/** One text without space around it, in the given letter case. Folding twice is folding once. */
export function foldValue(fold: KeyField['fold'], value: string): string {
  switch (fold) {
    case 'UPPER':
      return value.toUpperCase().trim()
    case 'LOWER':
      return value.toLowerCase().trim()
    case null:
      return value.trim()
  }
}

/** The record keys that a folded entity key stands for, each in the order of its table's key. */
export function nativeKeys(map: Pick<TableMap, 'key' | 'sides'>, key: EntityKey): NativeKeys {
  return { CRM: nativeKey(map, 'CRM', key), ERP: nativeKey(map, 'ERP', key) }
}

function nativeKey(map: Pick<TableMap, 'key' | 'sides'>, system: System, key: EntityKey) {
  const values = map.sides[system].table.key.map((column) => {
    const at = map.key.findIndex(({ columns }) => columns[system] === column)
    const [field, text] = [map.key[at], key[at]]
    if (field === undefined || text === undefined) {
      throw new RangeError(`An entity key of ${map.key.length} values has ${key.length}`)
    }
    return keyValue(field, text)
  })
  return recordKey(values)
}

/** The folded key of a native row; null if a key column is empty. */
export function entityKeyOfRow(map: Pick<TableMap, 'key'>, system: System, row: Row): EntityKey | null {
  const values = map.key.flatMap((field) => keyText(field, row[field.columns[system]] ?? null) ?? [])
  return values.length < map.key.length ? null : values
}

/** The entity id of a native row; null if a key column is empty. */
export function entityIdOfRow(map: Pick<TableMap, 'key' | 'entity'>, system: System, row: Row): string | null {
  const key = entityKeyOfRow(map, system, row)
  return key === null ? null : encodeId(map.entity, key)
}
