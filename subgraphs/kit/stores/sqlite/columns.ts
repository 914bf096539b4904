/** How native values lie in SQLite columns: decimals as whole numbers of their last digit, booleans as 0 and 1. */

import type { SQLOutputValue } from 'node:sqlite'
import type { SqlValue } from '../../../../schema/process/sqlite/database.ts'
import type { Value } from '../../../../schema/record.ts'
import type { Column } from '../../../../schema/table.ts'

const DECIMAL = /^(-?\d+)(?:\.(\d+))?$/

/** Names the form of a column's values, so that a definition that changed it is noticed. */
export function storageOf(column: Column): string {
  switch (column.type) {
    case 'decimal':
      return `decimal(${column.scale ?? 0})`
    case 'integer':
      return 'integer'
    case 'boolean':
      return 'boolean'
    case 'json':
      return 'json'
    case 'enum':
      return typeof column.values?.[0] === 'number' ? 'integer' : 'text'
    case 'string':
    case 'date':
    case 'dateTime':
    case 'guid':
      return 'text'
  }
}

export function sqlTypeOf(column: Column): 'TEXT' | 'INTEGER' {
  const storage = storageOf(column)
  return storage === 'text' || storage === 'json' ? 'TEXT' : 'INTEGER'
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** As read: decimals come as text, because they may be larger than a number holds exactly. */
export function selectable(column: Column): string {
  return column.type === 'decimal' ? `CAST(${quoted(column.name)} AS TEXT)` : quoted(column.name)
}

/** Throws a TypeError for a value that is not canonical for its column. */
export function encode(column: Column, value: Value): SqlValue {
  if (value === null) return null
  if (column.type === 'json') return JSON.stringify(value)
  if (column.type === 'decimal') return scaledUp(column, value)
  if (column.type === 'boolean' && typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === (sqlTypeOf(column) === 'TEXT' ? 'string' : 'number')) return primitive(value)
  throw new TypeError(`A ${typeof value} is no value of ${column.name}`)
}

function primitive(value: Value): SqlValue {
  return typeof value === 'string' || typeof value === 'number' ? value : null
}

function scaledUp({ name, scale }: Column, value: Value): bigint {
  const match = typeof value === 'string' ? DECIMAL.exec(value) : null
  const [, whole = '', fraction = ''] = match ?? []
  if (match === null || fraction.length > (scale ?? 0)) throw new TypeError(`A value of ${name} is not canonical`)
  return BigInt(whole + fraction.padEnd(scale ?? 0, '0'))
}

export function decode(column: Column, stored: SQLOutputValue): Value {
  switch (column.type) {
    case 'decimal':
      return stored === null ? null : scaledDown(String(stored), column.scale ?? 0)
    case 'boolean':
      return stored === null ? null : stored === 1
    case 'json':
      return typeof stored === 'string' ? JSON.parse(stored) : null
    default:
      return typeof stored === 'string' || typeof stored === 'number' ? stored : null
  }
}

function scaledDown(digits: string, scale: number): string {
  if (scale === 0) return digits
  const sign = digits.startsWith('-') ? '-' : ''
  const padded = digits.slice(sign.length).padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}
