/**
 * A gateway in a process of its own, over systems in other processes. There may be several: what it keeps are its change
 * stream and its import jobs, which those that share a data folder have in common.
 */

import { shippedMapSet } from '../maps/shipped.ts'
import type { Config } from '../schema/process/config.ts'
import { createLog, type Log } from '../schema/process/log.ts'
import { neededToken } from '../schema/process/needed-token.ts'
import { opening, type Server, serve } from '../schema/process/serve.ts'
import { StartError } from '../schema/process/start-error.ts'
import { SYSTEMS } from '../schema/record.ts'
import { type ChangePath, createChangePath } from './change-path.ts'
import { askedOutbox } from './changes/relay/participant-outbox.ts'
import { clockOf, type Environment } from './environment.ts'
import { createGraph } from './graph/server.ts'
import { createImportPath, type ImportPath } from './import-path.ts'
import { publicRoute } from './public-route.ts'
import { NoAnswer } from './systems/calls.ts'
import { remoteSystem } from './systems/remote-system.ts'
import { submitRoutes } from './systems/submit-http.ts'
import { transports } from './transports/transports.ts'
import { createWritePath, fillWithSampleData } from './write-path.ts'

export interface Gateway extends Server, ChangePath, ImportPath {}

/** The systems need not be there yet. Rejects with a StartError for whatever an operator can put right. */
export function createGateway(
  config: Config,
  environment: Environment,
  log: Log = createLog(config.logLevel),
): Promise<Gateway> {
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

    const clock = clockOf(environment)
    const outboxes = systems.map(({ participant }) => askedOutbox(participant, clock))
    const changePath = await createChangePath({ mapSet, outboxes, isAlone: false }, parts)
    const importPath = await createImportPath({ ...path, isAlone: false }, parts)

    const graph = await createGraph({
      ...path,
      ...changePath,
      ...importPath,
      subgraphs: systems.map(({ subgraph }) => subgraph),
      contextFor: () => ({}),
      limits: config,
      log,
    })
    opened.defer(graph.stop)
    const server = await serve(
      {
        graphs: [publicRoute(graph)],
        internal: [
          { prefix: '/internal', routes: submitRoutes({ submit: path.sync.writeNative, token }), admitted: true },
        ],
        open: importPath.importRoutes,
        transports: transports({ operations: graph.operations, config, clock, log: log.child({ part: 'transports' }) }),
        dependencies: [changePath.dependency, ...systems.map(({ dependency }) => dependency)],
      },
      parts,
    )
    return { ...changePath, ...importPath, ...server }
  })
}
