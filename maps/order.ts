/** The order of dependent maps: each after those that it refers to. */

import { SYSTEMS } from '../schema/record.ts'
import type { MapSet, TableMap } from './model.ts'

/**
 * Maps after those they refer to and parts after their wholes, otherwise in the order of the catalog. A whole comes after
 * what its parts refer to as well, since it is written together with them. References to the map itself do not count; in
 * a circle of references those that need not be given are left out first.
 */
export function mapOrder(mapSet: MapSet): readonly TableMap[] {
  const placed = new Set<TableMap>()
  while (placed.size < mapSet.maps.length) {
    const open = mapSet.maps.filter((map) => !placed.has(map))
    const isPlaced = (target: TableMap | undefined) => target === undefined || placed.has(target)
    const next =
      open.find((map) => targets(mapSet, map, false).every(isPlaced)) ??
      open.find((map) => targets(mapSet, map, true).every(isPlaced)) ??
      open[0]
    if (next !== undefined) placed.add(next)
  }
  return [...placed]
}

/** What must exist before records of the map: those it refers to, and what its parts refer to; of a part its whole. */
function targets(mapSet: MapSet, map: TableMap, onlyRequired: boolean): readonly (TableMap | undefined)[] {
  const parts = mapSet.partsOf(map.entity)
  const family = new Set([map, ...parts].map(({ entity }) => entity))
  const referred = [map, ...parts].flatMap((one) =>
    one.fields.flatMap((field) => (onlyRequired && !isRequired(one, field) ? [] : entitiesOf(field))),
  )
  const entities = [
    ...referred.filter((entity) => !family.has(entity)),
    ...(map.parent === null ? [] : [map.parent.entity]),
  ]
  return entities.map((entity) => mapSet.byEntity.get(entity))
}

function entitiesOf({ type }: TableMap['fields'][number]): readonly string[] {
  if (type.kind === 'reference') return [type.entity]
  return type.kind === 'polymorphic' ? type.entities : []
}

function isRequired(map: TableMap, field: TableMap['fields'][number]): boolean {
  if (field.required) return true
  if (field.kind === 'own') return map.sides[field.system].table.columns[field.column]?.required === true
  return SYSTEMS.some((system) => map.sides[system].table.columns[field.columns[system]]?.required)
}
