/**
 * Records between a system's own terms and the unified ones, both ways. Null is null on every side. Which way a field
 * may flow is not judged here: whoever plans a write does that.
 */

import type { Row, System, Value } from '../schema/participant.ts'
import type { Codec } from './codec.ts'
import { foldValue } from './identity.ts'
import { codecsOf, type SideCodecs } from './map-codecs.ts'
import type { Field, FieldRefusal, MapSet, TableMap, Translated, UnifiedRecord } from './model.ts'

export type TranslatedValue =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: FieldRefusal }

/** What `fromNative` gives: unified values, and the fields whose native value has no partner. */
export interface Unified {
  readonly values: UnifiedRecord
  readonly refusals: readonly FieldRefusal[]
}

/**
 * Every field that the system holds: key, mapped and its own. For reading: a value without a partner is null, and so
 * is a column that the row does not have.
 */
export function unify(mapSet: MapSet, map: TableMap, system: System, row: Row): UnifiedRecord {
  const company = companyOf(map, system, row)
  const values: Record<string, Value> = {}
  for (const { field, column, decode } of codecsOf(mapSet, map)[system].all) {
    const value = row[column] ?? null
    values[field.name] = value === null ? null : (decode(value, company) ?? null)
  }
  return values
}

/**
 * For writing on: only the fields bound to one of the columns, and a refusal for each value without a partner. The row
 * needs the map's company column, whether or not that is one of the columns.
 */
export function fromNative(
  mapSet: MapSet,
  map: TableMap,
  system: System,
  row: Row,
  columns: Iterable<string>,
): Unified {
  const wanted = new Set(columns)
  const company = companyOf(map, system, row)
  const values: Record<string, Value> = {}
  const refusals: FieldRefusal[] = []
  for (const { field, column, decode } of codecsOf(mapSet, map)[system].all) {
    if (!wanted.has(column)) continue
    const value = row[column] ?? null
    const unified = value === null ? null : decode(value, company)
    if (unified !== undefined) values[field.name] = unified
    else refusals.push(withoutPartner(field, column, value))
  }
  return { values, refusals }
}

/**
 * The given fields as columns of the system; own fields of the other system are left out. `company` is the unified
 * company of the record, to which company-bound references must belong; null skips that check. A text or a decimal
 * that is merely too long for its column is passed on as it stands, for the participant to refuse.
 */
export function toNative(
  mapSet: MapSet,
  map: TableMap,
  system: System,
  values: UnifiedRecord,
  company: string | null,
): Translated {
  const codecs = codecsOf(mapSet, map)[system]
  const set: Record<string, Value> = {}
  const refusals: FieldRefusal[] = []
  for (const [name, value] of Object.entries(values)) {
    const codec = codecFor(codecs, map, name)
    if (codec === null) continue
    const native = value === null ? NULL : codec.encode(value, company)
    if (native.ok) set[codec.column] = native.value
    else refusals.push(native.refusal)
  }
  return { set, refusals }
}

/** One value, for a filter. A reference gives its target's key value, whatever company that belongs to. */
export function toNativeValue(
  mapSet: MapSet,
  map: TableMap,
  field: Field,
  system: System,
  value: Value,
): TranslatedValue {
  return value === null ? NULL : held(mapSet, map, field, system).encode(value, null)
}

/** One value of a column, null where it has no partner; `company` is the record's unified company, for references. */
export function toUnifiedValue(
  mapSet: MapSet,
  map: TableMap,
  field: Field,
  system: System,
  value: Value,
  company: string | null,
): Value {
  return value === null ? null : (held(mapSet, map, field, system).decode(value, company) ?? null)
}

const NULL = { ok: true, value: null } as const

function companyOf(map: TableMap, system: System, row: Row): string | null {
  const company = map.scope === 'company' ? map.key[0] : undefined
  const value = company === undefined ? null : row[company.columns[system]]
  return company !== undefined && typeof value === 'string' ? foldValue(company.fold, value) : null
}

function codecFor(codecs: SideCodecs, map: TableMap, name: string): Codec | null {
  const codec = codecs.byField.get(name)
  if (codec === undefined && !map.field.has(name)) throw new RangeError(`${map.entity} has no field ${name}`)
  return codec ?? null
}

function held(mapSet: MapSet, map: TableMap, field: Field, system: System): Codec {
  const codec = codecsOf(mapSet, map)[system].byField.get(field.name)
  if (codec === undefined) throw new RangeError(`${map.entity}.${field.name} is not held by the ${system}`)
  return codec
}

function withoutPartner(field: Field, column: string, value: Value): FieldRefusal {
  const shown = JSON.stringify(value)
  return { field: field.name, code: 'VALIDATION', message: `${shown} of ${column} has no value in ${field.name}` }
}
