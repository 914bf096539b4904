/** One cell, or one JSON value, as the value of its field that a mutation takes. */

import type { FieldType, MapSet } from '../../../maps/model.ts'
import { toUnifiedValue } from '../../../maps/translate.ts'
import { nestingOf } from '../../../schema/process/http/nesting.ts'
import type { Json, Value } from '../../../schema/record.ts'
import { SCALARS } from '../../../schema/scalars.ts'
import type { Column } from '../../../schema/table.ts'
import type { NativeColumn, Target } from './target.ts'

export type Read = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly message: string }

export interface CellForm {
  readonly decimalMark: '.' | ','
}

/** Of a text that is not blank, or a JSON value that is not null. */
export function readValue(mapSet: MapSet, target: Target, value: Json, form: CellForm): Read {
  const text = textOf(value, target.type)
  if (text === null) return target.type.kind === 'json' ? { ok: true, value } : bad(`must be ${wanted(target.type)}`)
  if (target.native === null) return readText(target.type, text, form)
  const native = readNative(mapSet, target, target.native, text, form)
  // A file in native columns may still say the unified name.
  const unified = native.ok ? native : readText(target.type, text, form)
  return unified.ok ? unified : native
}

/** The same of a column of one system's own table, as that system has it. */
export function readColumn(column: Column, value: Json, form: CellForm): Read {
  const type = typeOfColumn(column)
  const text = typeof value === 'number' && column.type === 'enum' ? String(value) : textOf(value, type)
  if (text === null) return type.kind === 'json' ? { ok: true, value } : bad(`must be ${wanted(type)}`)
  return readColumnText(column, text, form)
}

function readColumnText(column: Column, text: string, form: CellForm): Read {
  return column.type === 'enum' ? readCode(column, text.trim()) : readText(typeOfColumn(column), text, form)
}

/** JSON's own numbers and truth values as the cells that would stand for them; null for what has no such cell. */
function textOf(value: Json, { kind }: FieldType): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && ['string', 'integer', 'decimal', 'enum'].includes(kind)) return String(value)
  if (typeof value === 'boolean' && kind === 'boolean') return String(value)
  return null
}

const TRUTH: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  t: true,
  y: true,
  '1': true,
  false: false,
  no: false,
  f: false,
  n: false,
  '0': false,
}
const WHOLE = /^[+-]?\d+$/
const INTEGER_MAX = 2_147_483_647
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/
/** The time of day that programs write behind a date that has none. */
const MIDNIGHT = /[T ]00:00(:00(\.0+)?)?(Z|[+-]00:00)?$/
const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i
const JSON_DEPTH_MAX = 64

function readText(type: FieldType, text: string, form: CellForm): Read {
  const trimmed = text.trim()
  switch (type.kind) {
    case 'string':
      return { ok: true, value: text }
    case 'integer': {
      const isWhole = WHOLE.test(trimmed) && Math.abs(Number(trimmed)) <= INTEGER_MAX
      return isWhole ? { ok: true, value: Number(trimmed) } : bad(`must be ${wanted(type)}`)
    }
    case 'decimal':
      return readDecimal(trimmed, form)
    case 'boolean': {
      const value = Object.hasOwn(TRUTH, trimmed.toLowerCase()) ? TRUTH[trimmed.toLowerCase()] : undefined
      return value === undefined ? bad(`must be ${wanted(type)}`) : { ok: true, value }
    }
    case 'date':
      return scalar(SCALARS.Date, trimmed.replace(MIDNIGHT, ''), type)
    case 'dateTime':
      return scalar(SCALARS.DateTime, trimmed.replace(' ', 'T'), type)
    case 'guid': {
      const guid = GUID.exec(trimmed)?.[1]
      return guid === undefined ? bad(`must be ${wanted(type)}`) : { ok: true, value: guid.toLowerCase() }
    }
    case 'json':
      return readJson(text)
    case 'enum':
      return readName(type.values, trimmed) ?? bad(`must be ${wanted(type)}`)
    case 'reference':
    case 'polymorphic':
      return bad(`must be ${wanted(type)}`)
  }
}

function readDecimal(text: string, { decimalMark }: CellForm): Read {
  const [, sign = '', whole = '', fraction = ''] =
    DECIMAL.exec(decimalMark === ',' ? text.replace('.', ' ').replace(',', '.') : text) ?? []
  if (whole === '' && fraction === '')
    return bad(`must be a number, with "${decimalMark}" before its decimals and no other mark`)
  const digits = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`
  return { ok: true, value: sign === '-' ? `-${digits}` : digits }
}

function scalar(reader: (typeof SCALARS)['Date'], text: string, type: FieldType): Read {
  try {
    return { ok: true, value: reader.parseValue(text) }
  } catch {
    return bad(`must be ${wanted(type)}`)
  }
}

function readJson(text: string): Read {
  try {
    const value: Json = JSON.parse(text)
    return nestingOf(value) <= JSON_DEPTH_MAX ? { ok: true, value } : bad(`nests deeper than ${JSON_DEPTH_MAX} levels`)
  } catch {
    return bad('must be JSON')
  }
}

/** By its name, in whatever case, with spaces or hyphens for the lines between its words. */
function readName(names: readonly string[], text: string): Read | null {
  if (names.includes(text)) return { ok: true, value: text }
  const plain = (name: string) => name.toUpperCase().replace(/[\s_-]+/g, '_')
  const alike = names.filter((name) => plain(name) === plain(text))
  const [only] = alike
  return alike.length === 1 && only !== undefined ? { ok: true, value: only } : null
}

function readNative(
  mapSet: MapSet,
  { map, field }: Target,
  { system, column }: NativeColumn,
  text: string,
  form: CellForm,
): Read {
  if (field === null) throw new TypeError('an id is in no native column')
  const native = readColumnText(column, text, form)
  if (!native.ok) return native
  const value = toUnifiedValue(mapSet, map, field, system, native.value, null)
  return value === null ? bad(`is no value that ${column.name} shares with the other system`) : { ok: true, value }
}

function readCode({ name, values }: Column, text: string): Read {
  const code = values?.find((value) => String(value) === text)
  return code === undefined ? bad(`must be a value of ${name}`) : { ok: true, value: code }
}

function typeOfColumn(column: Column): FieldType {
  switch (column.type) {
    case 'decimal':
      return { kind: 'decimal', precision: column.precision ?? 18, scale: column.scale ?? 0 }
    case 'string':
    case 'enum':
      return { kind: 'string', maxLength: column.maxLength }
    default:
      return { kind: column.type }
  }
}

const NAMES_SHOWN = 12

function wanted(type: FieldType): string {
  switch (type.kind) {
    case 'string':
      return 'a text'
    case 'integer':
      return `a whole number between -${INTEGER_MAX} and ${INTEGER_MAX}`
    case 'decimal':
      return 'a number'
    case 'boolean':
      return 'true or false, yes or no, 1 or 0'
    case 'date':
      return 'a real date written YYYY-MM-DD'
    case 'dateTime':
      return 'an instant written as ISO 8601 with its zone, for example 2024-05-31T12:00:00Z'
    case 'guid':
      return 'a guid'
    case 'json':
      return 'JSON'
    case 'enum': {
      const more = type.values.length - NAMES_SHOWN
      return `one of ${type.values.slice(0, NAMES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
    }
    case 'reference':
    case 'polymorphic':
      return 'an object that names a record'
  }
}

function bad(message: string): Read {
  return { ok: false, message }
}
