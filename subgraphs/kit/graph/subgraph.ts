/** The federated subgraph of a system, derived from the maps. */

import { buildSubgraphSchema } from '@apollo/subgraph'
import { type GraphQLSchema, parse, print } from 'graphql'
import type { MapSet } from '../../../maps/model.ts'
import type { System } from '../../../schema/record.ts'
import type { PageLimits } from './connections.ts'
import { subgraphDefinitions } from './definitions.ts'
import { subgraphResolvers } from './resolvers.ts'

export interface Subgraph {
  /** What the gateway composes. */
  readonly sdl: string
  /** Executable with a context that carries this system's loaders. */
  readonly schema: GraphQLSchema
}

export function systemSubgraph(mapSet: MapSet, system: System, limits: PageLimits): Subgraph {
  const typeDefs = parse(subgraphDefinitions(mapSet, system), { noLocation: true })
  const resolvers = subgraphResolvers(mapSet, system, limits)
  return { sdl: `${print(typeDefs)}\n`, schema: buildSubgraphSchema([{ typeDefs, resolvers }]) }
}
