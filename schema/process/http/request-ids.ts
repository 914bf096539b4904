/** Every request has an id: the caller's `x-request-id` where it is harmless, else a new one; the answer repeats it. */

import { randomUUID } from 'node:crypto'
import type { RawRequestDefaultExpression } from 'fastify'
import type { HttpPlugin } from './parts.ts'

const HARMLESS = /^[\w.:-]{1,100}$/

export function requestId(request: Pick<RawRequestDefaultExpression, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && HARMLESS.test(given) ? given : randomUUID()
}

export const requestIds: HttpPlugin = (server) => {
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
}
