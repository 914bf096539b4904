/** The subgraph that runs inside the gateway: writes to both systems, and the transactions that they become. */

import { buildSubgraphSchema } from '@apollo/subgraph'
import { concatAST, type GraphQLSchema, parse, print } from 'graphql'
import type { MapSet } from '../../../maps/model.ts'
import { FEDERATION_LINK } from '../../../schema/federation.ts'
import { SCALARS, scalarDefinitions } from '../../../schema/scalars.ts'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import type { Sync } from '../../sync/write.ts'
import { entityResolvers } from './entity-resolvers.ts'
import { entityDefinitions } from './entity-sdl.ts'
import { createTransactionApi } from './transaction-api.ts'

export interface UnifiedOptions {
  readonly mapSet: MapSet
  readonly sync: Sync
  readonly coordinator: Coordinator
  readonly limits: { readonly pageSizeMax: number }
}

export interface Unified {
  readonly sdl: string
  readonly schema: GraphQLSchema
}

export function buildUnified({ mapSet, sync, coordinator, limits }: UnifiedOptions): Unified {
  const transactions = createTransactionApi(coordinator, limits.pageSizeMax)
  const generated = parse(`${FEDERATION_LINK}${scalarDefinitions}\n${entityDefinitions(mapSet)}`)
  const typeDefs = concatAST([generated, transactions.typeDefs])
  const resolvers = { ...transactions.resolvers, ...entityResolvers(mapSet, { sync, coordinator }), ...SCALARS }
  return { sdl: print(typeDefs), schema: buildSubgraphSchema([{ typeDefs, resolvers }]) }
}
