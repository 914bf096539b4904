/** A gateway in a process of its own, over systems in other processes. It keeps nothing, so there may be several. */

import { shippedMapSet } from '../maps/shipped.ts'
import { SYSTEMS } from '../schema/participant.ts'
import type { Config } from '../schema/process/config.ts'
import { createLog, type Log } from '../schema/process/log.ts'
import { neededToken } from '../schema/process/needed-token.ts'
import { opening, type Server, serve } from '../schema/process/serve.ts'
import { StartError } from '../schema/process/start-error.ts'
import { NO_FEED } from './changes/feed/no-feed.ts'
import type { Environment } from './environment.ts'
import { createGraph } from './graph/server.ts'
import { publicRoute } from './public-route.ts'
import { NoAnswer } from './systems/calls.ts'
import { remoteSystem } from './systems/remote-system.ts'
import { submitRoutes } from './systems/submit-http.ts'
import { createWritePath, fillWithSampleData } from './write-path.ts'

/** The systems need not be there yet. Rejects with a StartError for whatever an operator can put right. */
export function createGateway(
  config: Config,
  environment: Environment,
  log: Log = createLog(config.logLevel),
): Promise<Server> {
  return opening(config, async (opened) => {
    const parts = { config, environment, log, opened }
    const token = neededToken(config)
    const mapSet = shippedMapSet()
    const systemParts = { ...parts, token, mapSet, clock: environment.clock }
    const systems = SYSTEMS.map((system) => remoteSystem(system, systemParts))
    const participants = new Map(systems.map(({ system, participant }) => [system, participant]))

    const path = createWritePath({ mapSet, participants }, parts)
    // Others may be at work, so what is before its deadline is left alone; later passes follow by themselves.
    path.coordinator.recover({ alone: false }).catch((error: unknown) => log.error({ err: error }, 'a recovery failed'))
    await fillWithSampleData(path, parts).catch((error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error
      throw new StartError('Sample data can be written only where both systems answer. Start them first.', error)
    })

    const graph = await createGraph({
      ...path,
      subgraphs: systems.map(({ subgraph }) => subgraph),
      feed: () => NO_FEED,
      contextFor: () => ({}),
      limits: config,
      log,
    })
    opened.defer(graph.stop)
    return serve(
      {
        graphs: [publicRoute(graph)],
        internal: [
          { prefix: '/internal', routes: submitRoutes({ submit: path.sync.writeNative, token }), admitted: true },
        ],
        dependencies: systems.map(({ dependency }) => dependency),
      },
      parts,
    )
  })
}
