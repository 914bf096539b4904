/** Resolvers of a system's federated subgraph. */

import type { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLResolveInfo } from 'graphql'
import type { MapSet, TableMap } from '../../../maps/model.ts'
import type { System, Value } from '../../../schema/record.ts'
import { SCALARS } from '../../../schema/scalars.ts'
import { type Connection, type ConnectionArguments, connect, type PageLimits } from './connections.ts'
import { entityKeyOfId, keyAsked } from './entity-key.ts'
import { singular } from './entity-list.ts'
import { type EntitySource, entitySource, keyFields, keySource, loadEntity } from './entity-records.ts'
import { type EntityView, entityViews, type ReverseReference } from './entity-view.ts'
import { loadersOf, type SubgraphContext } from './loaders.ts'
import { selectsOnly } from './selection.ts'

type Module = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number]
export type ResolverMap = NonNullable<Extract<Module, { readonly resolvers?: unknown }>['resolvers']>
type FieldResolvers = Record<
  string,
  (source: never, given: never, context: SubgraphContext, info: GraphQLResolveInfo) => unknown
>

/** What every resolver of one subgraph shares. */
interface Subgraph {
  readonly mapSet: MapSet
  readonly system: System
  readonly limits: PageLimits
}

export function subgraphResolvers(mapSet: MapSet, system: System, limits: PageLimits): ResolverMap {
  const views = entityViews(mapSet, system)
  const subgraph = { mapSet, system, limits }
  const entities = views.map((view) => [view.map.entity, entityResolvers(subgraph, view)])
  const root = Object.assign({}, ...views.map((view) => rootResolvers(subgraph, view)))
  return { ...SCALARS, ...Object.fromEntries(entities), Query: root }
}

function rootResolvers(subgraph: Subgraph, view: EntityView): FieldResolvers {
  const { map, list } = view
  const byKey = (_root: unknown, given: Record<string, Value>, context: SubgraphContext) => {
    return loadEntity(subgraph, map, keyAsked(map, given), context)
  }
  if (list === null) return { [singular(map)]: byKey }
  return {
    [singular(map)]: byKey,
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

function entityResolvers(subgraph: Subgraph, { map, fields, whole, reverses }: EntityView): FieldResolvers {
  const references = fields.flatMap(({ name, type }) => {
    const entities = type.kind === 'polymorphic' ? type.entities : type.kind === 'reference' ? [type.entity] : []
    const targets = entities.flatMap((entity) => subgraph.mapSet.byEntity.get(entity) ?? [])
    return targets.length === 0 ? [] : [[name, referenceResolver(subgraph, targets, name)]]
  })
  return {
    __resolveReference: ({ id }: { readonly id: string }, context: SubgraphContext) => {
      const key = entityKeyOfId(map, id)
      return key === null ? null : loadEntity(subgraph, map, key, context)
    },
    ...(whole === null ? {} : { [whole.field]: wholeResolver(subgraph, map, whole.map) }),
    ...Object.fromEntries(references),
    ...Object.fromEntries(reverses.map((reverse) => [reverse.name, reverseResolver(subgraph, map, reverse)])),
  }
}

/** The target is not read where only its id and key are wanted, and being referred to proves that it is in its map. */
function referenceResolver(subgraph: Subgraph, targets: readonly TableMap[], name: string) {
  return (source: EntitySource, _given: unknown, context: SubgraphContext, info: GraphQLResolveInfo) => {
    for (const map of targets) {
      const key = entityKeyOfId(map, source[name] ?? null)
      if (key === null) continue
      const isWholeTable = map.sides[subgraph.system].filter === null
      if (isWholeTable && selectsOnly(info, keyFields(map))) return keySource(map, key)
      return loadEntity(subgraph, map, key, context)
    }
    return null
  }
}

/** That a part is in its map proves that its whole is in its own. */
function wholeResolver(subgraph: Subgraph, part: TableMap, map: TableMap) {
  return ({ id }: EntitySource, _given: unknown, context: SubgraphContext, info: GraphQLResolveInfo) => {
    const key = entityKeyOfId(part, id)?.slice(0, -1)
    if (key === undefined) throw new TypeError(`${id} is not the id of a ${part.entity}`)
    return selectsOnly(info, keyFields(map)) ? keySource(map, key) : loadEntity(subgraph, map, key, context)
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
