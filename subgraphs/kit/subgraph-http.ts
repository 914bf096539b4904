/**
 * A system's federated subgraph over HTTP: `POST /subgraph` with a GraphQL request, for a gateway in another process.
 * It stands behind the service token, so it bounds nothing: the gateway did.
 */

import type { FastifyPluginAsync } from 'fastify'
import { type ExecutionResult, execute, GraphQLError, type GraphQLSchema } from 'graphql'
import { z } from 'zod'
import { CompiledDocuments } from '../../schema/compiled-documents.ts'
import { requireServiceToken } from '../../schema/process/http/service-token.ts'

/** A gateway asks for many records at once. */
const BODY_BYTES_MAX = 64 * 1024 * 1024

export interface SubgraphRoutesOptions {
  readonly schema: GraphQLSchema
  /** Made for each request. */
  readonly context: () => unknown
  readonly token: string | null
  /** Hears in full what the gateway is told of as an internal error. */
  readonly onError: (error: unknown, message: string) => void
}

const subgraphRequest = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})
type SubgraphRequest = z.infer<typeof subgraphRequest>

/** Routes of one subgraph. Without a token they answer 404 to everyone. */
export const subgraphRoutes =
  (options: SubgraphRoutesOptions): FastifyPluginAsync =>
  async (server) => {
    const documents = new CompiledDocuments(options.schema)
    const routeOptions = { bodyLimit: BODY_BYTES_MAX, onRequest: requireServiceToken(options.token) }
    server.post('/subgraph', routeOptions, async (request, reply) => {
      const asked = subgraphRequest.safeParse(request.body)
      if (!asked.success) {
        const message = `Not a GraphQL request: ${z.prettifyError(asked.error)}`
        return reply.code(400).send({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] })
      }
      const { errors, ...result } = await answer(asked.data, documents, options)
      const told = errors?.map((error) => forGateway(error, options.onError))
      return { ...result, ...(told === undefined ? {} : { errors: told }) }
    })
  }

async function answer(
  { query, variables, operationName }: SubgraphRequest,
  documents: CompiledDocuments,
  { schema, context }: SubgraphRoutesOptions,
): Promise<ExecutionResult> {
  const compiled = documents.compile(query)
  if ('errors' in compiled) return compiled
  const { document } = compiled
  return execute({ schema, document, variableValues: variables, operationName, contextValue: context() })
}

/** What no resolver meant for callers stays here, in the log: it may be a store's own message. */
function forGateway(error: GraphQLError, onError: SubgraphRoutesOptions['onError']): GraphQLError {
  const { originalError, path } = error
  if (originalError === undefined || originalError instanceof GraphQLError) return error
  onError(originalError, 'a subgraph request failed')
  const extensions = { code: 'INTERNAL_SERVER_ERROR' }
  return new GraphQLError('Something went wrong inside. It has been logged.', { path, extensions })
}
