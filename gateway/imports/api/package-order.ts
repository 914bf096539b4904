/** In which order the files of a package are imported: what a record refers to comes before it. Pure. */

import type { FieldType, MapSet, TableMap } from '../../../maps/model.ts'
import type { ImportTarget } from '../job/definition.ts'

/** The places of the targets, in their order where none refers to another; those that refer to each other as they stand. */
export function packageOrder(mapSet: MapSet, targets: readonly ImportTarget[]): readonly number[] {
  const files = targets.map((target, place) => {
    const maps = mapsOf(mapSet, target)
    const entities = new Set(maps.map(({ entity }) => entity))
    return { place, entities, refersTo: new Set(maps.flatMap((map) => referencesOf(mapSet, map))) }
  })
  const order: number[] = []
  let left = files
  while (left.length > 0) {
    const isBehind = (one: (typeof files)[number]) =>
      left.some((other) => other !== one && [...other.entities].some((entity) => isReferred(one, entity)))
    const next = left.find((one) => !isBehind(one)) ?? left[0]
    order.push(...(next === undefined ? [] : [next.place]))
    left = left.filter((one) => one !== next)
  }
  return order
}

/** Two files of one entity follow each other as they stand. */
function isReferred({ entities, refersTo }: { entities: Set<string>; refersTo: Set<string> }, entity: string): boolean {
  return refersTo.has(entity) && !entities.has(entity)
}

/** Of a native table those of every map over it. */
function mapsOf(mapSet: MapSet, target: ImportTarget): readonly TableMap[] {
  if (target.kind === 'NATIVE') return mapSet.byTable(target.system, target.table)
  const map = mapSet.byEntity.get(target.entity)
  return map === undefined ? [] : [map]
}

function referencesOf(mapSet: MapSet, map: TableMap): readonly string[] {
  return [map, ...mapSet.partsOf(map.entity)].flatMap(({ fields }) => fields.flatMap(({ type }) => entitiesOf(type)))
}

function entitiesOf(type: FieldType): readonly string[] {
  if (type.kind === 'reference') return [type.entity]
  return type.kind === 'polymorphic' ? type.entities : []
}
