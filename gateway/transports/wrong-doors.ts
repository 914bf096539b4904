/** Where a client has come with the right wish to the wrong path: it is told the right one. */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badRequest, type Failure, sendFailure } from '../../schema/process/http/failure.ts'
import { jsonTypeFor, takesAnything, takesEvents } from './sse/accept.ts'

const STREAMS_ARE_ELSEWHERE: Failure = {
  status: 406,
  code: 'NOT_ACCEPTABLE',
  message:
    'Server-sent events are at /graphql/stream. Here the answer is JSON, and subscriptions are over a WebSocket.',
}

const WEB_SOCKETS_ARE_ELSEWHERE = badRequest(
  'A WebSocket is opened at /graphql. Here the answer is a stream of server-sent events.',
)

/** At `/graphql` for who takes nothing but an event stream, at `/graphql/stream` for who would open a WebSocket. */
export function pointElsewhere(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const failure = elsewhere(request)
    return failure === null ? undefined : sendFailure(reply, failure)
  })
}

function elsewhere({ url, headers }: FastifyRequest): Failure | null {
  const { accept, upgrade } = headers
  switch (url.split('?', 1)[0]) {
    case '/graphql':
      return takesEvents(accept) && jsonTypeFor(accept) === null && !takesAnything(accept)
        ? STREAMS_ARE_ELSEWHERE
        : null
    case '/graphql/stream':
      return upgrade?.toLowerCase() === 'websocket' ? WEB_SOCKETS_ARE_ELSEWHERE : null
    default:
      return null
  }
}
