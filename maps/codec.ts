/**
 * How one field's values pass between one system's column and the unified record: worked out once for each field and
 * system when maps are compiled, so that a record is translated without looking anything up or parsing anything.
 */

import type { Value } from '../schema/participant.ts'
import type { Column } from '../schema/table.ts'
import { canonical } from '../schema/value.ts'
import type { Evaluate } from './expression/compile.ts'
import { substring } from './expression/functions.ts'
import { isDecimal } from './expression/order.ts'
import { decodeId, encodeId, foldValue } from './identity.ts'
import type { Field, FieldRefusal, KeyField, TableMap } from './model.ts'

export type Encoded =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: FieldRefusal }

/** Both ways take a value that is there, and the company of the record it belongs to. */
export interface Codec {
  readonly field: Field
  readonly column: string
  /** Native to unified; undefined for a value that has no partner. */
  readonly decode: (value: Value, company: string | null) => Value | undefined
  readonly encode: (value: Value, company: string | null) => Encoded
}

/** A value that fits its column but for its size passes as it stands: the participant refuses it, naming the column. */
function fitted(field: string, column: Column, value: Value): Encoded {
  const fitting = canonical(column, value)
  if (fitting.ok) return fitting
  const onlySize =
    typeof value === 'string' && (column.type === 'string' || (column.type === 'decimal' && isDecimal(value)))
  return onlySize ? { ok: true, value } : refusal(field, 'VALIDATION', fitting.message)
}

function refusal(field: string, code: FieldRefusal['code'], message: string): Encoded {
  return { ok: false, refusal: { field, code, message } }
}

export function keyCodec(field: KeyField, column: Column): Codec {
  return {
    field,
    column: column.name,
    decode: (value) => (typeof value === 'string' ? foldValue(field.fold, value) : undefined),
    encode: (value) => {
      const folded = typeof value === 'string' ? foldValue(field.fold, value) : value
      if (folded === '') return refusal(field.name, 'REQUIRED', `${field.name} must not be empty`)
      return fitted(field.name, column, folded)
    },
  }
}

/** The value as it is; `clip` cuts what is too long for the column. */
export function plainCodec(field: Field, column: Column, clip: boolean): Codec {
  const { type } = field
  return {
    field,
    column: column.name,
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
export function valueCodec(field: Field, column: Column, pairs: readonly (readonly [Value, Value])[]): Codec {
  const unified = new Map(pairs.toReversed().map(([name, native]) => [native, name]))
  const native = new Map(pairs.map(([name, value]) => [name, value]))
  unified.delete(null)
  return {
    field,
    column: column.name,
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
): Codec {
  const { native, unified } = columns
  return {
    field,
    column: native.name,
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

/** The column holds the one key value of the target besides the company, which is the record's own. */
export function referenceCodec(field: Field, column: Column, target: TableMap): Codec {
  const isCompanyBound = target.scope === 'company'
  const fold = target.key.at(-1)?.fold ?? null
  const { name } = field
  return {
    field,
    column: column.name,
    decode: (value, company) => {
      if (typeof value !== 'string') return undefined
      if (!isCompanyBound) return encodeId(target.entity, [foldValue(fold, value)])
      return company === null ? undefined : encodeId(target.entity, [company, foldValue(fold, value)])
    },
    encode: (value, company) => {
      const id = typeof value === 'string' ? decodeId(value) : null
      if (id?.entity !== target.entity || id.key.length !== target.key.length) {
        return refusal(name, 'REFERENCE', `${name} must be the id of a ${target.entity}`)
      }
      const owner = isCompanyBound ? id.key[0] : null
      if (isCompanyBound && company !== null && owner !== company) {
        return refusal(name, 'REFERENCE', `${name} belongs to company ${owner}, and this record to company ${company}`)
      }
      return fitted(name, column, id.key.at(-1) ?? null)
    },
  }
}
