/** The subgraph that runs inside the gateway: writes to both systems, the transactions that they become, their changes. */

import { buildSubgraphSchema } from '@apollo/subgraph'
import { concatAST, type DocumentNode, type GraphQLSchema, parse, print } from 'graphql'
import type { MapSet } from '../../../maps/model.ts'
import { FEDERATION_LINK } from '../../../schema/federation.ts'
import { SCALARS, scalarDefinitions } from '../../../schema/scalars.ts'
import type { Feed } from '../../changes/feed/feed.ts'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import type { Sync } from '../../sync/write.ts'
import { changeResolvers } from './change-resolvers.ts'
import { entityResolvers } from './entity-resolvers.ts'
import { entityDefinitions } from './entity-sdl.ts'
import { transactionDefinitions, transactionResolvers } from './transaction-api.ts'
import { legResolvers } from './transaction-view.ts'

export interface UnifiedOptions {
  readonly mapSet: MapSet
  readonly sync: Sync
  readonly coordinator: Coordinator
  readonly feed: Feed
  readonly limits: { readonly pageSizeMax: number }
}

export interface Unified {
  /** What the gateway composes. */
  readonly sdl: string
  /** Executable with a context that carries the actor and the record loaders, and in a subscription the message. */
  readonly schema: GraphQLSchema
}

export function buildUnified({ mapSet, sync, coordinator, feed, limits }: UnifiedOptions): Unified {
  const typeDefs = unifiedDefinitions(mapSet)
  const transactions = transactionResolvers(coordinator, limits.pageSizeMax)
  const changes = changeResolvers(mapSet, { feed, limits })
  const resolvers = {
    ...transactions,
    ...changes,
    Query: { ...transactions['Query'], ...changes['Query'] },
    ...entityResolvers(mapSet, { sync, coordinator }),
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
  const generated = `${FEDERATION_LINK}${scalarDefinitions}\n${entityDefinitions(mapSet)}`
  return concatAST([parse(generated, { noLocation: true }), transactionDefinitions()])
}

function sdlOf(document: DocumentNode): string {
  return `${print(document)}\n`
}
