/** Resolvers of a system's federated subgraph. */

import type { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLResolveInfo } from 'graphql'
import { encodeId, entityIdOfRow, foldKey, nativeKeys } from '../../../maps/identity.ts'
import type { EntityKey, MapSet, TableMap } from '../../../maps/model.ts'
import { unify } from '../../../maps/translate.ts'
import type { System, Value } from '../../../schema/participant.ts'
import { SCALARS } from '../../../schema/scalars.ts'
import type { StoredRecord } from '../stores/record-store.ts'
import { badArgument } from './bad-argument.ts'
import { type Connection, type ConnectionArguments, connect, type PageLimits } from './connections.ts'
import { rootFieldOf } from './definitions.ts'
import { type EntityView, entityKeyOfId, entityViews, type ReverseReference } from './entity-view.ts'
import { loadersOf, type SubgraphContext } from './loaders.ts'
import { selectsOnly } from './selection.ts'

type Module = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number]
export type ResolverMap = NonNullable<Extract<Module, { readonly resolvers?: unknown }>['resolvers']>
type FieldResolvers = Record<
  string,
  (source: never, given: never, context: SubgraphContext, info: GraphQLResolveInfo) => unknown
>

/** An entity as its fields are read: unified values by name, references as ids. */
type EntitySource = Readonly<Record<string, Value>> & { readonly id: string }

/** What every resolver of one subgraph shares. */
interface Subgraph {
  readonly mapSet: MapSet
  readonly system: System
  readonly limits: PageLimits
  readonly views: ReadonlyMap<string, EntityView>
}

export function subgraphResolvers(mapSet: MapSet, system: System, limits: PageLimits): ResolverMap {
  const views = entityViews(mapSet, system)
  const subgraph = { mapSet, system, limits, views: new Map(views.map((view) => [view.map.entity, view])) }
  const entities = views.map((view) => [view.map.entity, entityResolvers(subgraph, view)])
  const root = Object.assign({}, ...views.map((view) => rootResolvers(subgraph, view)))
  return { ...SCALARS, ...Object.fromEntries(entities), Query: root }
}

function rootResolvers(subgraph: Subgraph, view: EntityView): FieldResolvers {
  const { map, list } = view
  const byKey = (_root: unknown, given: Record<string, Value>, context: SubgraphContext) => {
    return loadEntity(subgraph, view, keyAsked(map, given), context)
  }
  if (list === null) return { [rootFieldOf(map)]: byKey }
  return {
    [rootFieldOf(map)]: byKey,
    [list.field]: (_root: unknown, given: ConnectionArguments, context: SubgraphContext) =>
      connect({
        coordinate: `Query.${list.field}`,
        listing: list.listing,
        arguments: given,
        limits: subgraph.limits,
        loaders: loadersOf(context, subgraph.system),
        node: (record) => entitySource(subgraph, map, record),
        group: null,
      }),
  }
}

function entityResolvers(subgraph: Subgraph, view: EntityView): FieldResolvers {
  const references = view.fields.flatMap(({ name, type }) => {
    const target = type.kind === 'reference' ? subgraph.views.get(type.entity) : undefined
    return target === undefined ? [] : [[name, referenceResolver(subgraph, target, name)]]
  })
  const reverses = view.reverses.map((reverse) => [reverse.name, reverseResolver(subgraph, view.map, reverse)])
  return {
    __resolveReference: ({ id }: { readonly id: string }, context: SubgraphContext) => {
      const key = entityKeyOfId(view.map, id)
      return key === null ? null : loadEntity(subgraph, view, key, context)
    },
    ...Object.fromEntries(references),
    ...Object.fromEntries(reverses),
  }
}

/** The target is not read where only its id and key are wanted, and being referred to proves that it is in its map. */
function referenceResolver(subgraph: Subgraph, target: EntityView, name: string) {
  const { map } = target
  const known = new Set(['__typename', 'id', ...map.key.map((field) => field.name)])
  const isWholeTable = map.sides[subgraph.system].filter === null
  return (source: EntitySource, _given: unknown, context: SubgraphContext, info: GraphQLResolveInfo) => {
    const id = source[name] ?? null
    const key = entityKeyOfId(map, id)
    if (key === null) return null
    if (isWholeTable && selectsOnly(info, known)) return keySource(map, key)
    return loadEntity(subgraph, target, key, context)
  }
}

function reverseResolver(subgraph: Subgraph, map: TableMap, { name, from, listing, reference }: ReverseReference) {
  return (source: EntitySource, given: ConnectionArguments, context: SubgraphContext): Connection<EntitySource> => {
    const operand = reference.operand(source.id)
    if (!operand.ok || operand.values === null) throw new TypeError(`${source.id} has no place in ${from.entity}`)
    return connect({
      coordinate: `${map.entity}.${name}`,
      listing,
      arguments: given,
      limits: subgraph.limits,
      loaders: loadersOf(context, subgraph.system),
      node: (record) => entitySource(subgraph, from, record),
      group: { columns: reference.columns, values: operand.values },
    })
  }
}

async function loadEntity(
  subgraph: Subgraph,
  { map, table }: EntityView,
  key: EntityKey,
  context: SubgraphContext,
): Promise<EntitySource | null> {
  const { system } = subgraph
  const record = await loadersOf(context, system).record(table.table, nativeKeys(map, key)[system])
  return record !== null && map.sides[system].holds(record.row) ? entitySource(subgraph, map, record) : null
}

function entitySource({ mapSet, system }: Subgraph, map: TableMap, record: StoredRecord): EntitySource {
  const id = entityIdOfRow(map, system, record.row)
  if (id === null) throw new TypeError(`a record of ${map.sides[system].table.table} lacks part of its key`)
  return {
    ...unify(mapSet, map, system, record.row),
    id,
    revision: record.version.revision,
    updatedAt: new Date(record.updatedAt).toISOString(),
  }
}

function keySource(map: TableMap, key: EntityKey): EntitySource {
  const values = map.key.map((field, position) => [field.name, key[position] ?? null])
  return { ...Object.fromEntries(values), id: encodeId(map.entity, key) }
}

/** The key that a root field was asked for, by id or by its parts. Throws BAD_USER_INPUT for neither, or both. */
function keyAsked(map: TableMap, given: Readonly<Record<string, Value>>): EntityKey {
  const id = given['id'] ?? null
  const parts = map.key.map((field) => given[field.name] ?? null)
  const names = map.key.map((field) => `\`${field.name}\``).join(' and ')
  if (id === null) {
    const missing = map.key.find((field) => (given[field.name] ?? null) === null)
    if (missing === undefined) return foldKey(map, parts.map(String))
    throw badArgument(missing.name, `A ${map.entity} is found by its \`id\`, or by ${names} together`)
  }
  if (parts.some((part) => part !== null)) throw badArgument('id', `Give either \`id\` or ${names}, not both`)
  const key = entityKeyOfId(map, id)
  if (key !== null) return key
  throw badArgument('id', `This is not the id of a ${map.entity}`)
}
