/** Resolvers of a system's federated subgraph. */

import type { GraphQLFieldResolver, GraphQLResolveInfo, GraphQLScalarType } from 'graphql'
import { encodeId, entityIdOfRow, foldKey, nativeKeys } from '../../../maps/identity.ts'
import type { EntityKey, Field, MapSet, TableMap } from '../../../maps/model.ts'
import { unify } from '../../../maps/translate.ts'
import type { System, Value } from '../../../schema/participant.ts'
import { SCALARS } from '../../../schema/scalars.ts'
import type { StoredRecord } from '../stores/record-store.ts'
import { badArgument } from './bad-argument.ts'
import { type Connection, type ConnectionArguments, connect, type PageLimits } from './connections.ts'
import { rootFieldOf } from './definitions.ts'
import { type EntityView, entityKeyOfId, entityViews, type ReverseReference } from './entity-view.ts'
import { type Loaders, loadersOf, type SubgraphContext } from './loaders.ts'
import { selectsOnly } from './selection.ts'

/** An entity as its fields are read from it: unified values by name, references as ids. */
type EntitySource = Readonly<Record<string, Value>> & { readonly id: string }

type Resolver<Source, Arguments> = GraphQLFieldResolver<Source, SubgraphContext, Arguments>
type FieldResolvers = Record<string, Resolver<never, never>>
export type ResolverMap = Record<string, FieldResolvers | GraphQLScalarType>

export function subgraphResolvers(mapSet: MapSet, system: System, limits: PageLimits): ResolverMap {
  return new SubgraphResolvers(mapSet, system, limits).resolvers()
}
