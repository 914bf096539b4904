/** What the list of an entity in one system's subgraph is filtered and ordered by. */

import { constantCase } from '../../../maps/constant-case.ts'
import { filterCondition } from '../../../maps/filter.ts'
import { fieldDescription, graphqlTypeOf } from '../../../maps/graphql.ts'
import type { Field, TableMap } from '../../../maps/model.ts'
import type { System } from '../../../schema/record.ts'
import type { Condition } from '../stores/record-store.ts'
import { type HeldMap, keyOperand, valueOperand } from './entity-operand.ts'
import { columnOf, type Way, waysOf, wayToWhole } from './entity-way.ts'
import { type ListField, type Listing, listing } from './listing.ts'

/** The map whose list it is, and where it finds the lists that this one leads to. */
export interface ListedMap extends HeldMap {
  /** The list of an entity that this system serves. */
  readonly listed: (entity: string) => Listing
}

/** `suffix` tells the list of the side that does not serve the entity from the other, as `Erp`. */
export function entityList(listed: ListedMap, fields: readonly Field[], suffix: string): Listing {
  const { map, system } = listed
  return listing({
    prefix: `${map.entity}${suffix}`,
    node: map.entity,
    table: map.sides[system].table,
    scope: scopeOf(listed),
    fields: [
      idField(map, system),
      ...fields.flatMap((field) => (field.type.kind === 'json' ? [] : [listField(listed, field)])),
      ...wholeField(listed),
    ],
    targets: [],
  })
}

/** A part is in its map only while its whole is in its own. */
function scopeOf({ mapSet, map, system }: ListedMap): Condition | null {
  const own = filterCondition(map.sides[system])
  const way = wayToWhole(mapSet, map, system)
  const wholes = way === null ? null : filterCondition(way.to.sides[system])
  if (way === null || wholes === null) return own
  const refersTo = way.to.sides[system].table.table
  const part = { columns: way.columns, refersTo, keys: way.keys, where: wholes }
  return own === null ? part : { all: [own, part] }
}

function idField(map: TableMap, system: System): ListField {
  return {
    name: 'id',
    description: 'The id.',
    type: 'ID',
    isEnum: false,
    filter: 'IDFilter',
    columns: firstly(map.sides[system].table.key),
    orderName: null,
    operand: keyOperand(map, map.sides[system].table.key, system),
    targets: [],
  }
}

/** The field of a part that leads to its whole. */
function wholeField(listed: ListedMap): readonly ListField[] {
  const { mapSet, map, system } = listed
  const way = wayToWhole(mapSet, map, system)
  if (way === null || map.parent === null || map.reads !== system) return []
  return [
    {
      name: map.parent.field,
      description: `The ${way.to.entity} that it is part of.`,
      type: 'ID',
      isEnum: false,
      columns: firstly(way.columns),
      orderName: null,
      operand: keyOperand(way.to, way.keys, system),
      ...conditions(listed, [way], null),
    },
  ]
}

function listField(listed: ListedMap, field: Field): ListField {
  const { mapSet, map, system } = listed
  const column = columnOf(field, system)
  const ways = waysOf(mapSet, map, system, field)
  const beside = ways.flatMap(({ when, columns }) => [...(when === null ? [] : [when.column]), ...columns])
  const columns = firstly([...new Set([column, ...beside])])
  const type = ways.length === 0 ? graphqlTypeOf(field) : 'ID'
  const union = field.type.kind === 'polymorphic' ? field.type.name : null
  return {
    name: field.name,
    description: fieldDescription(map, field),
    type,
    isEnum: field.type.kind === 'enum',
    columns,
    orderName: constantCase(field.name),
    operand: valueOperand(listed, field, columns),
    ...(ways.length === 0 ? { filter: `${type}Filter`, targets: [] } : conditions(listed, ways, union)),
  }
}

/** Conditions on a reference: by id, and by what the lists that it leads to are filtered by, where they are served here. */
function conditions(
  { system, listed }: ListedMap,
  ways: readonly Way[],
  union: string | null,
): Pick<ListField, 'filter' | 'targets'> {
  const served = ways.filter(({ to }) => to.reads === system)
  const [first] = served
  if (first === undefined) return { filter: 'IDFilter', targets: [] }
  return {
    filter: `${union ?? `${first.to.entity}Reference`}Filter`,
    targets: served.map(({ to, columns, keys, when }) => ({
      name: union === null ? 'where' : singular(to),
      description: `The ${to.entity} referred to meets these conditions.`,
      columns,
      keys,
      when,
      listing: () => listed(to.entity),
    })),
  }
}

/** `customerGroup`. */
export function singular({ entity }: TableMap): string {
  return entity.charAt(0).toLowerCase() + entity.slice(1)
}

function firstly(columns: readonly string[]): readonly [string, ...string[]] {
  const [first, ...others] = columns
  if (first === undefined) throw new TypeError('a field of a list has no column')
  return [first, ...others]
}
