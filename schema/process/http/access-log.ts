/** One log line for each request, at debug level: the transactions that requests make are logged at info. */

import type { HttpPlugin } from './parts.ts'

export const accessLog: HttpPlugin = (server) => {
  server.addHook('onResponse', async (request, reply) => {
    const line = {
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    }
    request.log.debug(line, 'request answered')
  })
}
