/**
 * What one system's subgraph shows of an entity. Mapped fields, lists and the revision are on the map's `reads` side
 * alone; the other side adds its own fields to the key, and a list by those.
 */

import { filterCondition } from '../../../maps/filter.ts'
import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import type { System } from '../../../schema/record.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import { entityList } from './entity-list.ts'
import type { ListField, Listing } from './listing.ts'

export interface EntityView {
  readonly map: TableMap
  readonly table: TableDefinition
  /** Whether this system is the map's `reads` side. */
  readonly isReads: boolean
  /** The fields that this subgraph has, key fields first. */
  readonly fields: readonly Field[]
  /** The entity that its records are parts of, and the field that leads there; null where this subgraph has none. */
  readonly whole: { readonly field: string; readonly map: TableMap } | null
  /** The list of the entity's records and the root field it is asked for with; null where this side has none. */
  readonly list: { readonly field: string; readonly listing: Listing } | null
  readonly reverses: readonly ReverseReference[]
}

/** A list, on the entity referred to, of the records that refer to it. */
export interface ReverseReference {
  readonly name: string
  readonly description: string
  readonly from: TableMap
  readonly listing: Listing
  /** The field of `from` that refers. */
  readonly reference: ListField
}

/** The entities of one system's subgraph, in the order of the maps. */
export function entityViews(mapSet: MapSet, system: System): readonly EntityView[] {
  const views: readonly EntityView[] = mapSet.maps.map((map) =>
    entityView(mapSet, map, system, (entity) => listingOf(views, entity)),
  )
  return views.map((view) => ({ ...view, reverses: reversesTo(view.map.entity, views) }))
}

function listingOf(views: readonly EntityView[], entity: string): Listing {
  const list = views.find(({ map }) => map.entity === entity)?.list ?? null
  if (list === null) throw new TypeError(`${entity} has no list`)
  return list.listing
}

function entityView(mapSet: MapSet, map: TableMap, system: System, listed: (entity: string) => Listing): EntityView {
  const isReads = map.reads === system
  const fields = map.fields.filter((field) => isHeldBy(field, system, isReads))
  const hasList = isReads || fields.some((field) => field.kind === 'own')
  const side = isReads ? '' : `${system.charAt(0)}${system.slice(1).toLowerCase()}`
  return {
    map,
    table: map.sides[system].table,
    isReads,
    fields,
    whole: isReads ? wholeOf(mapSet, map) : null,
    list: hasList
      ? {
          field: isReads ? map.plural : `${map.plural}By${side}`,
          listing: entityList({ mapSet, map, system, listed }, fields, side),
        }
      : null,
    reverses: [],
  }
}

function isHeldBy(field: Field, system: System, isReads: boolean): boolean {
  switch (field.kind) {
    case 'key':
      return true
    case 'mapped':
      return isReads
    case 'own':
      return field.system === system
  }
}

function wholeOf(mapSet: MapSet, { parent }: TableMap): EntityView['whole'] {
  const map = parent === null ? undefined : mapSet.byEntity.get(parent.entity)
  return parent === null || map === undefined ? null : { field: parent.field, map }
}

function reversesTo(entity: string, views: readonly EntityView[]): readonly ReverseReference[] {
  return views.flatMap((view) => (view.isReads ? [...partsIn(view, entity), ...referrersIn(view, entity)] : []))
}

function partsIn({ map, table, list }: EntityView, entity: string): readonly ReverseReference[] {
  const { parent } = map
  const reference = parent?.entity === entity ? list?.listing.fields.get(parent.field) : undefined
  if (parent === null || list === null || reference === undefined) return []
  const description = `The ${map.entity} records that are parts of this one.`
  // That their whole is in its map goes without saying: it is at hand.
  const listing = { ...list.listing, scope: filterCondition(map.sides[table.system]) }
  return [{ name: parent.list, description, from: map, listing, reference }]
}

function referrersIn({ map, list }: EntityView, entity: string): readonly ReverseReference[] {
  return map.fields.flatMap((field) => {
    const reference = list?.listing.fields.get(field.name)
    if (field.kind !== 'mapped' || field.reverse === null || list === null || reference === undefined) return []
    if (!refersTo(field, entity)) return []
    const description = `The ${map.entity} records that refer to this one.`
    return [{ name: field.reverse, description, from: map, listing: list.listing, reference }]
  })
}

function refersTo({ type }: Field, entity: string): boolean {
  if (type.kind === 'polymorphic') return type.entities.includes(entity)
  return type.kind === 'reference' && type.entity === entity
}
