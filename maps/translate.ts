/**
 * Records between a system's own terms and the unified ones, both ways:
 *
 * - `unify` shows a whole native row, `unifyOwn` what no other system holds of it, `fromNative` the part of it that a native write set;
 * - `toNative` gives the columns that unified values become, `nativeValuesOf` and `toNativeValue` those of one value;
 * - `toUnifiedValue` gives back one column's value.
 *
 * Null is null on every side, in every column of a field. Which way a field may flow is not judged here: whoever plans a
 * write does that.
 */

import type { Row, System, Value } from '../schema/record.ts'
import type { Codec, Encoded, EncodedValue, KindOf } from './codec.ts'
import { keyText } from './identity.ts'
import { codecsOf, type SideCodecs } from './map-codecs.ts'
import type { Field, FieldRefusal, MapSet, TableMap, Translated, UnifiedRecord } from './model.ts'

export type { Encoded, KindOf } from './codec.ts'
export type TranslatedValue = EncodedValue

/** What `fromNative` gives: unified values, and the fields whose native value has no partner. */
export interface Unified {
  readonly values: UnifiedRecord
  readonly refusals: readonly FieldRefusal[]
}

/**
 * Every field that the system holds: key, mapped and its own. For reading: a value without a partner is null, and so
 * is a column that the row does not have. `kindOf` is asked about references whose column does not tell the entity; left
 * out, they have no partner.
 */
export function unify(mapSet: MapSet, map: TableMap, system: System, row: Row, kindOf?: KindOf): UnifiedRecord {
  const company = companyOf(map, system, row)
  const values: Record<string, Value> = {}
  for (const { field, decode } of codecsOf(mapSet, map)[system].all) {
    values[field.name] = decode(row, company, kindOf) ?? null
  }
  return values
}

/** What that system alone holds of a native row, as `unify` shows it. */
export function unifyOwn(mapSet: MapSet, map: TableMap, system: System, row: Row): UnifiedRecord {
  const company = companyOf(map, system, row)
  const values: Record<string, Value> = {}
  for (const { field, decode } of codecsOf(mapSet, map)[system].own) values[field.name] = decode(row, company) ?? null
  return values
}

/**
 * For writing on: only the fields read from one of the columns, and a refusal for each value without a partner; copies
 * are not looked at. The row needs the map's company column and, beside each given column of a reference to several
 * entities, its other one, whether or not they are among the columns. `kindOf` as for `unify`.
 */
export function fromNative(
  mapSet: MapSet,
  map: TableMap,
  system: System,
  row: Row,
  columns: Iterable<string>,
  kindOf?: KindOf,
): Unified {
  const wanted = new Set(columns)
  const company = companyOf(map, system, row)
  const values: Record<string, Value> = {}
  const refusals: FieldRefusal[] = []
  for (const { field, sources, decode } of codecsOf(mapSet, map)[system].all) {
    if (!sources.some((column) => wanted.has(column))) continue
    const unified = decode(row, company, kindOf)
    if (unified !== undefined) values[field.name] = unified
    else refusals.push(withoutPartner(field, sources[0] ?? '', row))
  }
  return { values, refusals }
}

/**
 * The given fields as columns of the system, copies included; own fields of the other system are left out. `company` is
 * the unified company of the record, to which company-bound references must belong; null skips that check. A text or a
 * decimal that is merely too long for its column is passed on as it stands, for the participant to refuse.
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
    const native = codecFor(codecs, map, name)?.encode(value, company)
    if (native?.ok === true) Object.assign(set, native.set)
    if (native?.ok === false) refusals.push(native.refusal)
  }
  return { set, refusals }
}

/** One value in every column of the field, for a filter. A reference may be of any company. */
export function nativeValuesOf(mapSet: MapSet, map: TableMap, field: Field, system: System, value: Value): Encoded {
  return held(mapSet, map, field, system).encode(value, null)
}

/** One value in the field's main column: of a reference to several entities only the half of what names its target. */
export function toNativeValue(
  mapSet: MapSet,
  map: TableMap,
  field: Field,
  system: System,
  value: Value,
): TranslatedValue {
  const { sources, encode } = held(mapSet, map, field, system)
  const encoded = encode(value, null)
  return encoded.ok ? { ok: true, value: encoded.set[sources[0] ?? ''] ?? null } : encoded
}

/**
 * One value of the field's main column, null where it has no partner; `company` is the record's unified company, for
 * references. A reference to several entities takes more than one column to tell: it is null.
 */
export function toUnifiedValue(
  mapSet: MapSet,
  map: TableMap,
  field: Field,
  system: System,
  value: Value,
  company: string | null,
): Value {
  const { sources, decode } = held(mapSet, map, field, system)
  return decode({ [sources[0] ?? '']: value }, company) ?? null
}

function companyOf(map: TableMap, system: System, row: Row): string | null {
  const company = map.scope === 'company' ? map.key[0] : undefined
  return company === undefined ? null : keyText(company, row[company.columns[system]] ?? null)
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

function withoutPartner({ name, type }: Field, column: string, row: Row): FieldRefusal {
  const shown = JSON.stringify(row[column] ?? null)
  if (type.kind !== 'polymorphic') {
    return { field: name, code: 'VALIDATION', message: `${shown} of ${column} has no value in ${name}` }
  }
  const message = `${shown} of ${column} names no ${type.entities.join(' and no ')}`
  return { field: name, code: 'REFERENCE', message }
}
