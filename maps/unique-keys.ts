/** What tells the records of an entity apart besides its key: fields of which no two records have the same values. */

import { SYSTEMS, type System } from '../schema/record.ts'
import type { Field, KeyField, TableMap } from './model.ts'

export type UniqueKey = readonly Field[]

/**
 * Each set of fields that is unique in one of the systems, in the order of the map's fields; not the key itself. Of an
 * entity whose records belong to companies the company is among them.
 */
export function uniqueKeys(map: TableMap): readonly UniqueKey[] {
  const known = new Map<string, UniqueKey>()
  const company = companyField(map)
  for (const system of SYSTEMS) {
    for (const columns of map.sides[system].table.unique) {
      const fields = map.fields.filter((field) => columns.some((column) => isHeldIn(field, system, column)))
      const isWhole = columns.every((column) => fields.some((field) => isHeldIn(field, system, column)))
      const isKey = fields.every(({ kind }) => kind === 'key')
      const isOfCompany = company === null || fields.includes(company)
      if (isWhole && isOfCompany && !isKey) known.set(namesOf(fields), fields)
    }
  }
  return [...known.values()]
}

/** The unique key that these fields are, in any order; the company goes without saying. Null for fields that are none. */
export function uniqueKeyOf(map: TableMap, names: readonly string[]): UniqueKey | null {
  const company = companyField(map)
  const wanted = new Set([...(company === null ? [] : [company.name]), ...names])
  const isWanted = (fields: UniqueKey) => fields.length === wanted.size && fields.every(({ name }) => wanted.has(name))
  return uniqueKeys(map).find(isWanted) ?? null
}

/** The columns that hold a field in a system: one, or none. */
export function columnOf(field: Field, system: System): string | null {
  if (field.kind === 'own') return field.system === system ? field.column : null
  return field.columns[system]
}

/** Null for records of no company. */
export function companyField(map: Pick<TableMap, 'scope' | 'key'>): KeyField | null {
  return map.scope === 'company' ? (map.key[0] ?? null) : null
}

/** What names one of several entities is in more than one column. */
function isHeldIn(field: Field, system: System, column: string): boolean {
  return field.type.kind !== 'polymorphic' && columnOf(field, system) === column
}

function namesOf(fields: UniqueKey): string {
  return fields.map(({ name }) => name).join(' ')
}
