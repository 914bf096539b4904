/** How the records of one map lead to those of another: by a field that refers, or as parts of a whole. */

import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import type { System } from '../../../schema/record.ts'
import type { ListTarget } from './listing.ts'

/** The columns of a map's table that hold a key of the target's, on one system. */
export interface Way extends Pick<ListTarget, 'columns' | 'keys' | 'when'> {
  readonly to: TableMap
}

/** One for each entity that the field may lead to; none for a field that is no reference. */
export function waysOf(mapSet: MapSet, map: TableMap, system: System, field: Field): readonly Way[] {
  const { type } = field
  const entities = type.kind === 'polymorphic' ? type.entities : type.kind === 'reference' ? [type.entity] : []
  return entities.flatMap((entity) => {
    const to = mapSet.byEntity.get(entity)
    return to === undefined ? [] : [wayTo(to, map, system, field)]
  })
}

function wayTo(to: TableMap, map: TableMap, system: System, field: Field): Way {
  const column = columnOf(field, system)
  const { table } = to.sides[system].table
  const target = map.sides[system].table.columns[column]?.references.find((one) => one.table === table)
  const isInCompany = to.scope === 'company' && map.scope === 'company'
  const companiesOf = ({ key }: TableMap) => (isInCompany ? key.slice(0, 1) : [])
  return {
    to,
    columns: [...companiesOf(map).map((company) => columnOf(company, system)), column],
    keys: [...companiesOf(to), ...to.key.slice(-1)].map((key) => columnOf(key, system)),
    when: target?.when ?? null,
  }
}

/** From a part to its whole; null for records by themselves. */
export function wayToWhole(mapSet: MapSet, { key, parent }: TableMap, system: System): Way | null {
  const to = parent === null ? undefined : mapSet.byEntity.get(parent.entity)
  if (to === undefined) return null
  return {
    to,
    columns: key.slice(0, -1).map((field) => columnOf(field, system)),
    keys: to.key.map((field) => columnOf(field, system)),
    when: null,
  }
}

/** The column that holds a field which this system holds. */
export function columnOf(field: Field, system: System): string {
  return field.kind === 'own' ? field.column : field.columns[system]
}
