/** From a value that a filter holds, or the id of a record that others refer to, to what columns hold. */

import { decodeId, nativeKeys } from '../../../maps/identity.ts'
import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import { type Encoded, nativeValuesOf } from '../../../maps/translate.ts'
import type { System, Value } from '../../../schema/record.ts'
import { keyValues } from '../../../schema/record-key.ts'
import { canonical } from '../../../schema/value.ts'
import { entityKeyOfId } from './entity-key.ts'
import { columnOf } from './entity-way.ts'
import type { ListField, Operand } from './listing.ts'

/** One side of a map. */
export interface HeldMap {
  readonly mapSet: MapSet
  readonly map: TableMap
  readonly system: System
}

/** What columns that hold a key of the map's table, in whatever order, hold for an id. */
export function keyOperand(map: TableMap, columns: readonly string[], system: System): ListField['operand'] {
  const { key } = map.sides[system].table
  return (id) => {
    const named = entityKeyOfId(map, id)
    if (named === null) return { ok: false, message: `this is not the id of a ${map.entity}` }
    const values = keyValues(nativeKeys(map, named)[system])
    return { ok: true, values: columns.map((column) => values[key.indexOf(column)] ?? null) }
  }
}

/** What the columns of a field hold in the records that have a value. */
export function valueOperand(held: HeldMap, field: Field, columns: readonly string[]): ListField['operand'] {
  return (value) => searched(held, field, columns, value)
}

function searched(held: HeldMap, field: Field, columns: readonly string[], value: Value): Operand {
  const native = nativeValues(held, field, columns, value)
  if (!native.ok) return { ok: false, message: native.refusal.message }
  const values: Value[] = []
  for (const name of columns) {
    const column = held.map.sides[held.system].table.columns[name]
    const set = native.set[name] ?? null
    if (column === undefined || set === null) return { ok: true, values: null }
    // A text to search for may be longer than what the column takes: then nothing is found.
    const form = canonical({ ...column, maxLength: null }, set)
    if (!form.ok) return form
    values.push(form.value)
  }
  return { ok: true, values }
}

/** A reference within a company also says in which one: that of its id. */
function nativeValues(held: HeldMap, field: Field, columns: readonly string[], value: Value): Encoded {
  const { mapSet, map, system } = held
  const own = nativeValuesOf(mapSet, map, field, system, value)
  const company = map.scope === 'company' ? map.key[0] : undefined
  if (!own.ok || company === undefined || company === field || !columns.includes(columnOf(company, system))) return own
  const ofTarget = typeof value === 'string' ? (decodeId(value)?.key[0] ?? null) : null
  const inCompany = nativeValuesOf(mapSet, map, company, system, ofTarget)
  return inCompany.ok ? { ok: true, set: { ...own.set, ...inCompany.set } } : inCompany
}
