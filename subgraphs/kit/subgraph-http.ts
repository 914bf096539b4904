/**
 * A system's federated subgraph over HTTP: `POST /subgraph` with a GraphQL request, for a gateway in another process.
 * It stands behind the service token, so it bounds nothing: the gateway did.
 */

import type { FastifyPluginAsync } from 'fastify'
import { type GraphQLSchema, graphql } from 'graphql'
import { z } from 'zod'
import { requireServiceToken } from './service-token.ts'

export interface SubgraphRoutesOptions {
  readonly schema: GraphQLSchema
  /** Made for each request. */
  readonly context: () => unknown
  readonly token: string | null
}

const subgraphRequest = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})

/** Routes of one subgraph. Without a token they answer 404 to everyone. */
export const subgraphRoutes =
  ({ schema, context, token }: SubgraphRoutesOptions): FastifyPluginAsync =>
  async (server) => {
    server.post('/subgraph', { onRequest: requireServiceToken(token) }, async (request, reply) => {
      const asked = subgraphRequest.safeParse(request.body)
      if (!asked.success) {
        const message = `Not a GraphQL request: ${z.prettifyError(asked.error)}`
        return reply.code(400).send({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] })
      }
      const { query: source, variables: variableValues, operationName } = asked.data
      return graphql({ schema, source, variableValues, operationName, contextValue: context() })
    })
  }
