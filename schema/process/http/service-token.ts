/** Guards the routes that only other processes of Lockstep may call. */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const refusal = (code: string, message: string) => ({ errors: [{ message, extensions: { code } }] })

/**
 * An `onRequest` hook that lets a request pass only with `Authorization: Bearer <token>`: 401 otherwise, and 404, as if
 * the route were not there, where no token is configured. Digests are compared, so that the time taken tells nothing.
 */
export function requireServiceToken(token: string | null) {
  const expected = token === null ? null : digest(`Bearer ${token}`)
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (expected === null) {
      return reply.code(404).send(refusal('NOT_FOUND', 'Internal routes are closed: no service token is configured.'))
    }
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      const message = 'This route needs the service token: Authorization: Bearer <token>.'
      return reply.code(401).header('www-authenticate', 'Bearer').send(refusal('UNAUTHENTICATED', message))
    }
    return undefined
  }
}
