/** The one HTTP server. The list of its plugins is its table of contents. */

import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { accessLog } from './access-log.ts'
import { answerUnroutable, failures } from './failures.ts'
import { graphql } from './graphql.ts'
import { health } from './health.ts'
import { internal } from './internal.ts'
import { open } from './open.ts'
import type { HttpParts, HttpPlugin } from './parts.ts'
import { requestId, requestIds } from './request-ids.ts'

const PLUGINS: readonly HttpPlugin[] = [requestIds, accessLog, failures, health, internal, open, graphql]

/** Built and ready to listen. */
export async function createHttp(parts: HttpParts): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = parts.log
  const server = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestId,
    bodyLimit: parts.config.bodyBytesMax,
    // Uploads take as long as they take; whatever else has a body bounds the time itself.
    requestTimeout: 0,
    return503OnClosing: false,
    frameworkErrors: answerUnroutable(parts),
  })
  server.removeContentTypeParser('text/plain')
  for (const plugin of PLUGINS) plugin(server, parts)
  await server.ready()
  return server
}
