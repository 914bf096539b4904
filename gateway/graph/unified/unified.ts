/** The subgraph that runs inside the gateway: writes to both systems, the transactions that they become, their changes, imports. */

import { buildSubgraphSchema } from '@apollo/subgraph'
import { concatAST, type DocumentNode, type GraphQLSchema, parse, print } from 'graphql'
import type { MapSet } from '../../../maps/model.ts'
import { FEDERATION_LINK } from '../../../schema/federation.ts'
import { SCALARS, scalarDefinitions } from '../../../schema/scalars.ts'
import type { Feed } from '../../changes/feed/feed.ts'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import type { Imports } from '../../imports/api/imports.ts'
import type { Sync } from '../../sync/write.ts'
import { changeResolvers } from './change-resolvers.ts'
import { entityResolvers } from './entity-resolvers.ts'
import { entityDefinitions } from './entity-sdl.ts'
import { handWrittenDefinitions, handWrittenResolvers } from './hand-written-api.ts'
import { importProgressDefinition, importProgressResolver } from './import-progress.ts'
import { legResolvers } from './transaction-view.ts'

export interface UnifiedOptions {
  readonly mapSet: MapSet
  readonly sync: Sync
  readonly coordinator: Coordinator
  readonly feed: Feed
  readonly imports: Imports
  readonly limits: { readonly pageSizeMax: number }
}

export interface Unified {
  /** What the gateway composes. */
  readonly sdl: string
  /** Executable with a context that carries the actor and the record loaders, and in a subscription what it is about. */
  readonly schema: GraphQLSchema
}

export function buildUnified({ mapSet, sync, coordinator, feed, imports, limits }: UnifiedOptions): Unified {
  const typeDefs = unifiedDefinitions(mapSet)
  const { Query, Mutation, ...handWritten } = handWrittenResolvers({ coordinator, imports, ...limits })
  const changes = changeResolvers(mapSet, { feed, limits })
  const entities = entityResolvers(mapSet, { sync, coordinator })
  const resolvers = {
    ...handWritten,
    ...changes,
    ...entities,
    Query: { ...Query, ...changes['Query'] },
    Mutation: { ...Mutation, ...entities['Mutation'] },
    Subscription: { ...changes['Subscription'], importProgress: importProgressResolver(imports) },
    Leg: legResolvers,
    ...SCALARS,
  }
  return { sdl: sdlOf(typeDefs), schema: buildSubgraphSchema([{ typeDefs, resolvers }]) }
}

/** The SDL alone, of which maps are enough to know everything. */
export function unifiedSdl(mapSet: MapSet): string {
  return sdlOf(unifiedDefinitions(mapSet))
}

function unifiedDefinitions(mapSet: MapSet): DocumentNode {
  const generated = `${FEDERATION_LINK}${scalarDefinitions}\n${entityDefinitions(mapSet)}\n${importProgressDefinition}`
  return concatAST([parse(generated, { noLocation: true }), handWrittenDefinitions()])
}

function sdlOf(document: DocumentNode): string {
  return `${print(document)}\n`
}
