/**
 * What one system's subgraph shows of an entity. Mapped fields, lists and the revision are on the map's `reads` side
 * alone; the other side adds its own fields to the key, and a list by those.
 */

import { filterCondition } from '../../../maps/filter.ts'
import { fieldDescription, graphqlTypeOf } from '../../../maps/graphql.ts'
import { decodeId, foldKey, nativeKeys } from '../../../maps/identity.ts'
import type { EntityKey, Field, MappedField, MapSet, TableMap } from '../../../maps/model.ts'
import { toNativeValue } from '../../../maps/translate.ts'
import type { System, Value } from '../../../schema/participant.ts'
import { keyValues } from '../../../schema/record-key.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import { canonical } from '../../../schema/value.ts'
import { type ListField, type Listing, listing, type Operand } from './listing.ts'

export interface EntityView {
  readonly map: TableMap
  readonly table: TableDefinition
  /** Whether this system is the map's `reads` side. */
  readonly isReads: boolean
  /** The fields that this subgraph has, key fields first. */
  readonly fields: readonly Field[]
  /** The list of the entity's records and the root field it is asked for with; null where this side has none. */
  readonly list: { readonly field: string; readonly listing: Listing } | null
  readonly reverses: readonly ReverseReference[]
}

/** A list, on the entity referred to, of the records that refer to it. */
export interface ReverseReference {
  readonly name: string
  readonly from: TableMap
  readonly listing: Listing
  /** The field of `from` that refers. */
  readonly reference: ListField
}

/** The entities of one system's subgraph, in the order of the maps. */
export function entityViews(mapSet: MapSet, system: System): readonly EntityView[] {
  const views = mapSet.maps.map((map) => entityView(mapSet, map, system))
  return views.map((view) => ({ ...view, reverses: reversesTo(view.map.entity, views) }))
}

function entityView(mapSet: MapSet, map: TableMap, system: System): EntityView {
  const isReads = map.reads === system
  const fields = map.fields.filter((field) => isHeldBy(field, system, isReads))
  const hasList = isReads || fields.some((field) => field.kind === 'own')
  const { table } = map.sides[system]
  return {
    map,
    table,
    isReads,
    fields,
    list: hasList ? listOf(mapSet, map, system, fields) : null,
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

function reversesTo(entity: string, views: readonly EntityView[]): readonly ReverseReference[] {
  return views.flatMap(({ map, list, isReads }) => {
    if (!isReads || list === null) return []
    const referring = map.fields.filter((field) => refersTo(field, entity))
    return referring.flatMap((field) => {
      const reference = list.listing.fields.get(field.name)
      if (field.reverse === null || reference === undefined) return []
      return [{ name: field.reverse, from: map, listing: list.listing, reference }]
    })
  })
}

function refersTo(field: Field, entity: string): field is MappedField {
  return field.kind === 'mapped' && field.type.kind === 'reference' && field.type.entity === entity
}

function listOf(mapSet: MapSet, map: TableMap, system: System, fields: readonly Field[]): EntityView['list'] {
  const isReads = map.reads === system
  const suffix = isReads ? '' : capitalised(system.toLowerCase())
  return {
    field: isReads ? map.plural : `${map.plural}By${suffix}`,
    listing: listing({
      prefix: `${map.entity}${suffix}`,
      node: map.entity,
      table: map.sides[system].table,
      scope: filterCondition(map.sides[system]),
      fields: [idField(map, system), ...fields.flatMap((field) => listField(mapSet, map, system, field))],
    }),
  }
}

function idField(map: TableMap, system: System): ListField {
  const { table } = map.sides[system]
  const [first = '', ...others] = table.key
  return {
    name: 'id',
    description: 'The id.',
    type: 'ID',
    isEnum: false,
    columns: [first, ...others],
    orderName: null,
    operand: (id) => {
      const key = entityKeyOfId(map, id)
      if (key === null) return { ok: false, message: `this is not the id of a ${map.entity}` }
      return { ok: true, values: keyValues(nativeKeys(map, key)[system]) }
    },
  }
}

/** Every field but JSON, which has no order and nothing to compare with. */
function listField(mapSet: MapSet, map: TableMap, system: System, field: Field): readonly ListField[] {
  if (field.type.kind === 'json') return []
  const column = columnOf(field, system)
  const isReference = field.type.kind === 'reference'
  const company = isReference ? companyOfReference(mapSet, map, field) : null
  return [
    {
      name: field.name,
      description: fieldDescription(map, field),
      type: isReference ? 'ID' : graphqlTypeOf(field),
      isEnum: field.type.kind === 'enum',
      columns: company === null ? [column] : [column, columnOf(company, system)],
      orderName: constantCase(field.name),
      operand: (value) => operand(mapSet, map, system, field, company, value),
    },
  ]
}

/** The key field that says in which company a reference is looked up; null for a reference to a global entity. */
function companyOfReference(mapSet: MapSet, map: TableMap, { type }: Field): Field | null {
  const target = type.kind === 'reference' ? mapSet.byEntity.get(type.entity) : undefined
  return target?.scope === 'company' && map.scope === 'company' ? (map.key[0] ?? null) : null
}

function operand(
  mapSet: MapSet,
  map: TableMap,
  system: System,
  field: Field,
  company: Field | null,
  value: Value,
): Operand {
  const native = searched(mapSet, map, system, field, value)
  if (!native.ok || native.values === null || company === null) return native
  const companyOfTarget = typeof value === 'string' ? (decodeId(value)?.key[0] ?? null) : null
  const nativeCompany = searched(mapSet, map, system, company, companyOfTarget)
  if (!nativeCompany.ok || nativeCompany.values === null) return nativeCompany
  return { ok: true, values: [...native.values, ...nativeCompany.values] }
}

/** A text to search for may be longer than what the column takes: then nothing is found. */
function searched(mapSet: MapSet, map: TableMap, system: System, field: Field, value: Value): Operand {
  const native = toNativeValue(mapSet, map, field, system, value)
  if (!native.ok) return { ok: false, message: native.refusal.message }
  const column = map.sides[system].table.columns[columnOf(field, system)]
  if (native.value === null || column === undefined) return { ok: true, values: null }
  const form = canonical({ ...column, maxLength: null }, native.value)
  return form.ok ? { ok: true, values: [form.value] } : form
}

/** The folded key in an id of this map's entity; null for any other text. */
export function entityKeyOfId(map: TableMap, id: Value): EntityKey | null {
  const decoded = typeof id === 'string' ? decodeId(id) : null
  if (decoded === null || decoded.entity !== map.entity || decoded.key.length !== map.key.length) return null
  return foldKey(map, decoded.key)
}

/** The column that holds a field which this system holds. */
function columnOf(field: Field, system: System): string {
  return field.kind === 'own' ? field.column : field.columns[system]
}

function constantCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
