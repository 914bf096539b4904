/** OPTIONS of a path where GraphQL is asked by GET and POST. To a page of another host it allows nothing. */

import type { FastifyInstance } from 'fastify'

export function tellMethods(server: FastifyInstance, url: string): void {
  server.route({
    method: 'OPTIONS',
    url,
    handler: (_request, reply) => reply.code(204).header('allow', 'GET, POST, OPTIONS').send(),
  })
}
