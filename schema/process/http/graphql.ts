/** The GraphQL APIs: admission, then Apollo Server; a browser is shown GraphiQL instead. */

import { admit } from './admit.ts'
import { graphiqlPage } from './graphiql.ts'
import { tellMethods } from './methods.ts'
import { refuseDeepNesting } from './nesting.ts'
import type { HttpPlugin } from './parts.ts'

/** Apollo Server refuses all but GET and POST itself, with 405. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export const graphql: HttpPlugin = (server, { graphs, admission }) => {
  for (const graph of graphs) {
    server.route({
      method: METHODS,
      url: graph.path,
      onRequest: [graphiqlPage(graph), admit(admission)],
      preHandler: refuseDeepNesting,
      handler: graph.handler,
    })
    tellMethods(server, graph.path)
  }
  server.addHook('onSend', async (_request, reply) => {
    if (admission.phase() === 'DRAINING') reply.header('connection', 'close')
  })
}
