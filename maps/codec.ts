/**
 * How one field's values pass between one system's columns and the unified record: worked out once for each field and
 * system when maps are compiled, so that a record is translated without looking anything up or parsing anything.
 */

import type { Row, Value } from '../schema/record.ts'
import type { Column } from '../schema/table.ts'
import { canonical } from '../schema/value.ts'
import type { Evaluate } from './expression/compile.ts'
import { substring } from './expression/functions.ts'
import { isDecimal } from './expression/order.ts'
import { foldKeyText, keyValue } from './identity.ts'
import type { Field, FieldRefusal, KeyField } from './model.ts'

/** `set` has a value for each of the codec's columns. */
export type Encoded = { readonly ok: true; readonly set: Row } | { readonly ok: false; readonly refusal: FieldRefusal }

/**
 * Tells which of the entities a record is of where the column that names it does not: `value` is the record's own key
 * value in unified form, `company` the company of the record that refers. Null where there is no such record.
 */
export type KindOf = (entities: readonly string[], company: string | null, value: string) => string | null

/** Null is null both ways. `company` is that of the record the values belong to. */
export interface Codec {
  readonly field: Field
  /** The columns that the value is read from, the main one first. */
  readonly sources: readonly string[]
  /** The columns that a value is written to: those that it is read from, and copies. */
  readonly columns: readonly string[]
  /** Native to unified; undefined for a value that has no partner. */
  readonly decode: (row: Row, company: string | null, kindOf?: KindOf) => Value | undefined
  readonly encode: (value: Value, company: string | null) => Encoded
}

/** Where a field is held in one system. */
export interface Place {
  readonly field: Field
  readonly column: Column
  readonly copies: readonly string[]
}

export type EncodedValue =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: FieldRefusal }

/** Both ways between values that are there. */
export interface ValueCodec {
  readonly decode: (value: Value, company: string | null) => Value | undefined
  readonly encode: (value: Value, company: string | null) => EncodedValue
}

/** Of a field that each system holds in one column, copies apart. */
export function columnCodec({ field, column, copies }: Place, { decode, encode }: ValueCodec): Codec {
  const columns = [column.name, ...copies]
  return {
    field,
    sources: [column.name],
    columns,
    decode: (row, company) => {
      const value = row[column.name] ?? null
      return value === null ? null : decode(value, company)
    },
    encode: (value, company) => {
      const encoded: EncodedValue = value === null ? { ok: true, value } : encode(value, company)
      if (!encoded.ok) return encoded
      if (copies.length === 0) return { ok: true, set: { [column.name]: encoded.value } }
      return { ok: true, set: Object.fromEntries(columns.map((name) => [name, encoded.value])) }
    },
  }
}

/** A value that fits its column but for its size passes as it stands: the participant refuses it, naming the column. */
export function fitted(field: string, column: Column, value: Value): EncodedValue {
  const fitting = canonical(column, value)
  if (fitting.ok) return fitting
  const onlySize =
    typeof value === 'string' && (column.type === 'string' || (column.type === 'decimal' && isDecimal(value)))
  return onlySize ? { ok: true, value } : refusal(field, 'VALIDATION', fitting.message)
}

export function refusal(
  field: string,
  code: FieldRefusal['code'],
  message: string,
): Extract<EncodedValue, { ok: false }> {
  return { ok: false, refusal: { field, code, message } }
}

export function keyCodec(field: KeyField, column: Column): ValueCodec {
  const folded = (text: string) => keyValue(field, foldKeyText(field, text))
  return {
    decode: (value) => (typeof value === 'string' ? folded(value) : value),
    encode: (value) => {
      const key = typeof value === 'string' ? folded(value) : value
      if (key === '') return refusal(field.name, 'REQUIRED', `${field.name} must not be empty`)
      return fitted(field.name, column, key)
    },
  }
}

/** The value as it is; `clip` cuts what is too long for the column. */
export function plainCodec(field: Field, column: Column, clip: boolean): ValueCodec {
  const { type } = field
  return {
    decode: type.kind === 'decimal' && type.scale !== column.scale ? rescaling(type.scale) : (value) => value,
    encode: (value) => fitted(field.name, column, clip ? clipped(column, value) : value),
  }
}

/** Pads to the scale; digits beyond it are dropped only where they are zeros. */
function rescaling(scale: number): (value: Value) => Value | undefined {
  return (value) => {
    if (typeof value !== 'string') return undefined
    const [whole = '', fraction = ''] = value.split('.')
    const digits = fraction.replace(/0+$/, '').padEnd(scale, '0')
    return digits === '' ? whole : `${whole}.${digits}`
  }
}

function clipped(column: Column, value: Value): Value {
  if (typeof value !== 'string') return value
  if (column.type === 'string' && column.maxLength !== null && value.length > column.maxLength) {
    return substring(value, 0, column.maxLength)
  }
  if (column.type !== 'decimal' || !isDecimal(value)) return value
  const [whole = '', fraction = ''] = value.split('.')
  return `${whole}.${fraction}0`.slice(0, whole.length + 1 + Math.max(1, column.scale ?? 0))
}

/** `pairs` are [unified, native]; of several with one native value the first is its unified one. */
export function valueCodec(field: Field, column: Column, pairs: readonly (readonly [Value, Value])[]): ValueCodec {
  const unified = new Map(pairs.toReversed().map(([name, native]) => [native, name]))
  const native = new Map(pairs.map(([name, value]) => [name, value]))
  return {
    decode: (value) => unified.get(value),
    encode: (value) => {
      const partner = native.get(value) ?? null
      if (partner !== null) return { ok: true, value: partner }
      return refusal(field.name, 'VALIDATION', `${field.name} ${JSON.stringify(value)} has no value in ${column.name}`)
    },
  }
}

/** Either way null where the map has no expression for it. `unified` is the column whose values the unified ones are. */
export function expressionCodec(
  field: Field,
  columns: { readonly native: Column; readonly unified: Column },
  evaluate: { readonly decode: Evaluate | null; readonly encode: Evaluate | null },
): ValueCodec {
  const { native, unified } = columns
  return {
    decode: (value) => {
      if (evaluate.decode === null) return undefined
      const decoded = fitted(field.name, unified, numeric(unified, evaluate.decode({ value })))
      return decoded.ok ? decoded.value : undefined
    },
    encode: (value) => {
      if (evaluate.encode === null) {
        return refusal(field.name, 'VALIDATION', `${field.name} is never written to ${native.name}`)
      }
      return fitted(field.name, native, numeric(native, evaluate.encode({ value })))
    },
  }
}

/** Brings a number that an expression gave to the form of the column; others stay as they are. */
function numeric(column: Column, value: Value): Value {
  if (column.type === 'decimal' && typeof value === 'number') return String(value)
  if (typeof value !== 'string' || !isDecimal(value)) return value
  return column.type === 'integer' || (column.type === 'enum' && typeof column.values?.[0] === 'number')
    ? Number(value)
    : value
}
