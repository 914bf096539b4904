/** Which columns hold which fields, for whoever plans a write or tells what became of one. */

import type { System } from '../schema/record.ts'
import type { Column } from '../schema/table.ts'
import type { Field, MappedField, TableMap } from './model.ts'

/** Every column of the system that holds the field: the main one, the one that tells its entities apart, and copies. */
export function columnsOf(map: TableMap, field: Field, system: System): readonly string[] {
  const main = mainColumn(field, system)
  if (main === null) return []
  const column = map.sides[system].table.columns[main]
  const telling = column === undefined || field.type.kind !== 'polymorphic' ? null : tellingColumn(column)
  return [main, ...(telling === null ? [] : [telling]), ...(field.kind === 'own' ? [] : field.copies[system])]
}

/** Every field that the column holds or helps to hold, in the order of the map; one column may be read by several. */
export function fieldsOfColumn(map: TableMap, system: System, column: string): readonly Field[] {
  return map.fields.filter((field) => columnsOf(map, field, system).includes(column))
}

/** The columns that only the map writes, as copies of another: read-only for everyone else. */
export function copyColumns(map: TableMap, system: System): ReadonlySet<string> {
  return new Set(map.fields.flatMap((field) => (field.kind === 'own' ? [] : field.copies[system])))
}

/** The mapped fields whose changes flow from the system to the other one, and never back. */
export function oneWayFields(map: TableMap, from: System): readonly MappedField[] {
  const direction = from === 'CRM' ? 'CRM_TO_ERP' : 'ERP_TO_CRM'
  return map.fields.filter((field): field is MappedField => field.kind === 'mapped' && field.direction === direction)
}

/** The column whose value tells the tables apart that this one may refer to; null where it refers to one at most. */
export function tellingColumn({ references }: Pick<Column, 'references'>): string | null {
  return references.find(({ when }) => when !== null)?.when?.column ?? null
}

function mainColumn(field: Field, system: System): string | null {
  if (field.kind === 'own') return field.system === system ? field.column : null
  return field.columns[system]
}
