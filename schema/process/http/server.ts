/** The one HTTP server. The list of its plugins is its table of contents. */

import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { accessLog } from './access-log.ts'
import { answerUnroutable, failures } from './failures.ts'
import { graphql } from './graphql.ts'
import { health } from './health.ts'
import { inTime } from './in-time.ts'
import { internal } from './internal.ts'
import { open } from './open.ts'
import type { HttpParts, HttpPlugin } from './parts.ts'
import { requestId, requestIds } from './request-ids.ts'
import { unused } from './unused.ts'
import { isUpgrade, upgrades } from './upgrades.ts'

const PLUGINS: readonly HttpPlugin[] = [
  requestIds,
  accessLog,
  inTime,
  failures,
  health,
  internal,
  open,
  graphql,
  upgrades,
  unused,
]

/** Built and ready to listen. */
export async function createHttp(parts: HttpParts): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = parts.log
  const server = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestId,
    bodyLimit: parts.config.bodyBytesMax,
    // Bounded for each route, as uploads take as long as they take.
    requestTimeout: 0,
    return503OnClosing: false,
    http: { shouldUpgradeCallback: isUpgrade(parts) },
    frameworkErrors: answerUnroutable(parts),
  })
  server.removeContentTypeParser('text/plain')
  for (const plugin of PLUGINS) plugin(server, parts)
  parts.transports?.routes(server, parts)
  await server.ready()
  return server
}
