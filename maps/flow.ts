/** Which columns a field fills, and which way its values flow. */

import { SYSTEMS, type System } from '../schema/record.ts'
import type { Column } from '../schema/table.ts'
import type { BoundField, BoundKey } from './binding.ts'
import { OTHER } from './definition.ts'
import { tellingColumn } from './field-columns.ts'
import type { Path } from './yaml.ts'

/** A column that a field fills, and where the map names it. */
export interface FilledColumn {
  readonly column: Column
  readonly path: Path
}

/** The main column of a field in the system and, of a reference to several entities, the one that tells them apart. */
export function sourcesOf(field: BoundKey | BoundField, system: System): readonly FilledColumn[] {
  const bound = field.columns[system]
  if (bound === undefined) return []
  const by = 'entities' in field && field.entities.length > 1 ? tellingColumn(bound.column) : null
  const telling = by === null ? undefined : bound.table.columns[by]
  return telling === undefined ? [bound] : [bound, { column: telling, path: bound.path }]
}

/** The systems that a change of the field flows into from the other one; none for an own field. */
export function targetsOf(field: Pick<BoundField, 'definition' | 'systems'>): readonly System[] {
  if (field.systems.length < 2) return []
  switch (field.definition.direction) {
    case 'BOTH':
      return SYSTEMS
    case 'CRM_TO_ERP':
      return ['ERP']
    case 'ERP_TO_CRM':
      return ['CRM']
  }
}

/** Whether the graph or the other side ever gives the column of this system a value. */
export function writes(field: Pick<BoundField, 'definition' | 'systems' | 'columns'>, system: System): boolean {
  if (field.systems.length > 1) return targetsOf(field).includes(system)
  return field.systems.includes(system) && field.columns[system]?.column.computed !== true
}

/** Whether values of this system's column flow to the other side. */
export function isSource(field: Pick<BoundField, 'definition' | 'systems'>, system: System): boolean {
  return targetsOf(field).includes(OTHER[system])
}
