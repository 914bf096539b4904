/** What callers may write: which records, and which fields of them. */

import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import type { Column } from '../../../schema/table.ts'

/** The maps whose records have mutations of their own. A part is written through its whole. */
export function writableMaps({ maps }: MapSet): readonly TableMap[] {
  return maps.filter(({ parent }) => parent === null)
}

/** What a create takes. What a system fills itself is left out, and so is what a part's key repeats of its whole's. */
export function writableFields(map: TableMap): readonly Field[] {
  const repeated = new Set<Field>(map.parent === null ? [] : map.key.slice(0, -1))
  return map.fields.filter((field) => !repeated.has(field) && !isFilled(map, field))
}

/** What an update takes, but for the key of a part. */
export function changeableFields(map: TableMap): readonly Field[] {
  return writableFields(map).filter(
    (field) => field.kind !== 'key' && !columnsOf(map, field).some((column) => column.immutable),
  )
}

function isFilled(map: TableMap, field: Field): boolean {
  return isComputed(field) || columnsOf(map, field).some((column) => column.generated)
}

function isComputed(field: Field): boolean {
  switch (field.kind) {
    case 'key':
      return false
    case 'mapped':
      return field.computedBy !== null
    case 'own':
      return field.computed
  }
}

function columnsOf(map: TableMap, field: Field): readonly Column[] {
  const places =
    field.kind === 'own'
      ? [map.sides[field.system].table.columns[field.column]]
      : [map.sides.CRM.table.columns[field.columns.CRM], map.sides.ERP.table.columns[field.columns.ERP]]
  return places.filter((column) => column !== undefined)
}
