/** Where a system is reached: its native API, what other processes of Lockstep call, and whether it is there. */

import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { Config } from '../../schema/process/config.ts'
import type { Dependency, GraphRoute, HttpParts, InternalRoutes } from '../../schema/process/http/parts.ts'
import type { Log } from '../../schema/process/log.ts'
import { nativeServer } from './http.ts'
import type { RunningSystem } from './open-system.ts'
import { participantRoutes } from './participant-http.ts'
import { subgraphRoutes } from './subgraph-http.ts'
import type { OpenSystem } from './system.ts'

export async function systemRoutes(
  running: RunningSystem,
  { config, log }: { readonly config: Config; readonly log: Log },
): Promise<Pick<HttpParts, 'graphs' | 'internal' | 'dependencies'>> {
  const systemLog = log.child({ part: running.system.toLowerCase() })
  const onError = (error: unknown, message: string) => systemLog.error({ err: error }, message)
  return {
    graphs: [await nativeRoute(running, config, onError)],
    internal: internalRoutes(running, config, onError),
    dependencies: [storeOf(running)],
  }
}

type ErrorListener = (error: unknown, message: string) => void

async function nativeRoute(
  { system, native, context, examples }: RunningSystem,
  limits: Config,
  onError: ErrorListener,
): Promise<GraphRoute> {
  const server = await nativeServer({ schema: native, limits, onError })
  return {
    path: `/${system.toLowerCase()}/graphql`,
    handler: fastifyApolloHandler(server, { context: async () => context(null) }),
    page: { title: `Lockstep ${system}`, examples, subscriptions: false },
  }
}

function internalRoutes(
  { system, participant, subgraph, context }: OpenSystem,
  { serviceToken: token }: Config,
  onError: ErrorListener,
): readonly InternalRoutes[] {
  const prefix = `/${system.toLowerCase()}`
  return [
    { prefix, routes: participantRoutes({ participant, token }), admitted: false },
    {
      prefix,
      routes: subgraphRoutes({ schema: subgraph.schema, context: () => context(null), token, onError }),
      admitted: false,
    },
  ]
}

function storeOf({ system, participant }: OpenSystem): Dependency {
  return {
    name: `the ${system}`,
    check: async () => {
      await participant.look({ by: 'IN_DOUBT', deadlineBefore: 0 })
      return null
    },
  }
}
