/** The order of dependent maps: each after those that it refers to. */

import { SYSTEMS } from '../schema/participant.ts'
import type { MapSet, TableMap } from './model.ts'

/**
 * Maps after those they refer to, otherwise in the order of the catalog. References to the map itself do not count; in
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

function targets(mapSet: MapSet, map: TableMap, onlyRequired: boolean): readonly (TableMap | undefined)[] {
  return map.fields.flatMap((field) => {
    if (field.type.kind !== 'reference' || field.type.entity === map.entity) return []
    if (onlyRequired && !isRequired(map, field)) return []
    return [mapSet.byEntity.get(field.type.entity)]
  })
}

function isRequired(map: TableMap, field: TableMap['fields'][number]): boolean {
  if (field.required) return true
  if (field.kind === 'own') return map.sides[field.system].table.columns[field.column]?.required === true
  return SYSTEMS.some((system) => map.sides[system].table.columns[field.columns[system]]?.required)
}
