/** The unified graph at its public address, with its page. */

import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { GraphRoute } from '../schema/process/http/parts.ts'
import { EXAMPLES } from './examples.ts'
import type { Graph } from './graph/server.ts'

export const publicRoute = (graph: Graph): GraphRoute => ({
  path: '/graphql',
  handler: fastifyApolloHandler(graph.server, { context: async () => graph.context(null) }),
  page: { title: 'Lockstep', examples: EXAMPLES, subscriptions: true },
})
