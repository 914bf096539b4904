/** The GraphQL APIs: admission, then Apollo Server; a browser is shown GraphiQL instead. */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Admission } from './admission.ts'
import { REFUSALS, sendFailure } from './failures.ts'
import { graphiqlPage } from './graphiql.ts'
import { refuseDeepNesting } from './nesting.ts'
import type { HttpPlugin } from './parts.ts'

/** Apollo Server refuses all but GET and POST itself, with 405. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export const graphql: HttpPlugin = (server, { graphs, admission }) => {
  for (const graph of graphs) {
    server.route({
      method: METHODS,
      url: graph.path,
      onRequest: [graphiqlPage(graph), admit(admission)],
      preHandler: refuseDeepNesting,
      handler: graph.handler,
    })
  }
  server.addHook('onSend', async (_request, reply) => {
    if (admission.phase() === 'DRAINING') reply.header('connection', 'close')
  })
}

function admit(admission: Admission) {
  return async (_request: FastifyRequest, reply: FastifyReply) => {
    const refusal = admission.enter()
    if (refusal !== null) return sendFailure(reply.header('retry-after', '1'), REFUSALS[refusal])
    reply.raw.once('close', admission.leave)
    return undefined
  }
}
