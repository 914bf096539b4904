/**
 * GraphQL over server-sent events at `/graphql/stream`, a connection for each operation:
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { badRequest, type Failure, sendFailure } from '../../../schema/process/http/failure.ts'
import { tellMethods } from '../../../schema/process/http/methods.ts'
import { refuseDeepNesting } from '../../../schema/process/http/nesting.ts'
import type { HttpPlugin } from '../../../schema/process/http/parts.ts'
import type { Clock } from '../../coordinator/environment.ts'
import type { OperationRequest } from '../../graph/operations.ts'
import { type Connections, NO_MORE_CONNECTIONS } from '../connections.ts'
import { FOREIGN_READER, isForeignPage } from '../origin.ts'
import type { Answer, RunOperation } from '../run-operation.ts'
import { jsonTypeFor, takesEvents } from './accept.ts'
import { COMPLETE, type EventStream, nextEvent, openEventStream } from './event-stream.ts'
import { fromAddress, fromBody } from './parameters.ts'

export interface EventStreamParts {
  readonly connections: Connections
  readonly run: RunOperation
  readonly clock: Clock
}

const PATH = '/graphql/stream'

const SINGLE_CONNECTION =
  'Each operation has a connection of its own here; the single connection mode of GraphQL over SSE is not offered.'

export const eventStreams =
  (parts: EventStreamParts): HttpPlugin =>
  (server) => {
    server.route({
      method: ['GET', 'POST'],
      url: PATH,
      exposeHeadRoute: false,
      preHandler: refuseDeepNesting,
      handler: (request, reply) => {
        const asked = readRequest(request)
        return 'status' in asked ? sendFailure(reply, asked) : serve(asked, request, reply, parts)
      },
    })
    server.route({
      method: ['HEAD', 'PUT', 'PATCH', 'DELETE'],
      url: PATH,
      handler: (_request, reply) =>
        sendFailure(reply.header('allow', 'GET, POST, OPTIONS'), { ...badRequest(SINGLE_CONNECTION), status: 405 }),
    })
    tellMethods(server, PATH)
  }

/** What is asked for, or why it cannot be answered with a stream. */
function readRequest(request: FastifyRequest): OperationRequest | Failure {
  const { headers, method, body, query } = request
  if (headers['x-graphql-event-stream-token'] !== undefined) return badRequest(SINGLE_CONNECTION)
  if (!takesEvents(headers.accept)) {
    return { status: 406, code: 'NOT_ACCEPTABLE', message: 'Ask for the answer with Accept: text/event-stream.' }
  }
  // Of a POST its content type says enough: a browser lets no page of another host send JSON.
  if (method === 'GET' && isForeignPage(headers, [])) return FOREIGN_READER
  const read = method === 'GET' ? fromAddress(query) : fromBody(body)
  return read.valid ? read.request : badRequest(`${read.message}.`)
}

async function serve(asked: OperationRequest, request: FastifyRequest, reply: FastifyReply, parts: EventStreamParts) {
  const { connections, run, clock } = parts
  if (connections.isFull()) return sendFailure(reply.header('retry-after', '1'), NO_MORE_CONNECTIONS)
  const { raw } = reply
  if (request.socket.destroyed) return reply.hijack()
  const closing = new AbortController()
  const connection = connections.open({
    sendAway: () => closing.abort(),
    cutOff: () => raw.destroy(),
  })
  raw.once('close', () => {
    closing.abort()
    connection.ended()
    // What was answered to its end has its line in the access log already.
    if (!raw.writableFinished) logLeaving(request, reply)
  })
  const asker = {
    connection,
    resumeAfter: request.headers['last-event-id']?.toString() || null,
    readOnly: request.method === 'GET',
    signal: closing.signal,
  }
  try {
    await run(asked, asker, answerBy(request, reply, closing, clock))
    // Without `complete` where it was not the operation that ended: clients come back then.
    if (reply.sent) raw.end()
  } catch (error) {
    raw.destroy()
    throw error
  }
  return reply
}

function logLeaving({ log, method }: FastifyRequest, { statusCode, elapsedTime }: FastifyReply): void {
  log.debug({ method, route: PATH, status: statusCode, durationMs: Math.round(elapsedTime) }, 'client left')
}

function answerBy(request: FastifyRequest, reply: FastifyReply, closing: AbortController, clock: Clock): Answer {
  let opened: EventStream | null = null
  const stream = (): EventStream => {
    if (opened === null) {
      reply.hijack()
      for (const [name, value = ''] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value)
      opened = openEventStream(reply.raw, closing, clock)
    }
    return opened
  }
  const answer: Answer = {
    async failed(failure) {
      if (failure.status === 405) reply.header('allow', 'POST')
      if (failure.status === 503) reply.header('retry-after', '1')
      await sendFailure(reply, failure)
    },
    /** As GraphQL over HTTP does for who takes JSON as well; else, as the protocol has it, as a result like any other. */
    async refused(errors) {
      const type = jsonTypeFor(request.headers.accept)
      if (type !== null) await reply.code(400).type(`${type}; charset=utf-8`).send({ errors })
      else {
        await answer.next({ result: { errors }, cursor: null })
        await answer.complete()
      }
    },
    accepted: () => void stream(),
    next: (result) => stream().write(nextEvent(result)),
    complete: () => stream().write(COMPLETE),
  }
  return answer
}
