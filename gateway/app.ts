/**
 * All in one process: both systems and the gateway over them, calling each other in memory. The one file of the gateway
 * that imports from `subgraphs`.
 */

import { shippedMapSet } from '../maps/shipped.ts'
import type { Submit } from '../schema/native-write.ts'
import type { Config } from '../schema/process/config.ts'
import { createLog, type Log } from '../schema/process/log.ts'
import { opening, type Server, serve } from '../schema/process/serve.ts'
import { CRM } from '../subgraphs/crm/system.ts'
import { ERP } from '../subgraphs/erp/system.ts'
import { openSystem } from '../subgraphs/kit/open-system.ts'
import { systemRoutes } from '../subgraphs/kit/routes.ts'
import type { ShippedSystem } from '../subgraphs/kit/shipped-system.ts'
import type { OpenSystem } from '../subgraphs/kit/system.ts'
import { type ChangePath, createChangePath } from './change-path.ts'
import { heardOutbox } from './changes/relay/participant-outbox.ts'
import { clockOf, type Environment } from './environment.ts'
import { createGraph, type Graph } from './graph/server.ts'
import { createImportPath, type ImportPath } from './import-path.ts'
import { publicRoute } from './public-route.ts'
import { transports } from './transports/transports.ts'
import { createWritePath, fillWithSampleData, type WritePath } from './write-path.ts'

export interface App extends Server, WritePath, ChangePath, ImportPath {
  readonly systems: readonly OpenSystem[]
  readonly graph: Graph
}

const SHIPPED: readonly ShippedSystem[] = [CRM, ERP]

/**
 * Recovered and filled, but not listening. Rejects with a StartError for whatever an operator can put right. `log`
 * defaults to standard output.
 */
export function createApp(
  config: Config,
  environment: Environment,
  log: Log = createLog(config.logLevel),
): Promise<App> {
  return opening(config, async (opened) => {
    const parts = { config, environment, log, opened }
    const mapSet = shippedMapSet()
    const writes = lateBound()
    const systemParts = { ...parts, mapSet, clock: environment.clock, submit: writes.submit }
    const systems = await allOf(SHIPPED.map((shipped) => openSystem(shipped, systemParts)))
    const participants = new Map(systems.map(({ system, participant }) => [system, participant]))

    const path = createWritePath({ mapSet, participants }, parts)
    // The stores are locked, so nobody else can be at work on what is found in doubt. Later passes follow by themselves.
    await path.coordinator.recover({ alone: true })
    writes.bind(path.sync.writeNative)
    await fillWithSampleData(path, parts)
    const outboxes = systems.map(({ participant }) => heardOutbox(participant))
    const changePath = await createChangePath({ mapSet, outboxes, isAlone: true }, parts)
    const importPath = await createImportPath({ ...path, isAlone: true }, parts)

    const graph = await createGraph({
      ...path,
      ...changePath,
      ...importPath,
      subgraphs: systems.map(({ system, subgraph }) => ({ name: system.toLowerCase(), ...subgraph })),
      contextFor: (actor) => Object.assign({}, ...systems.map((system) => system.context(actor))),
      limits: config,
      log,
    })
    opened.defer(graph.stop)
    const routes = await Promise.all(systems.map((system) => systemRoutes(system, parts)))
    const server = await serve(
      {
        graphs: [publicRoute(graph), ...routes.flatMap(({ graphs }) => graphs)],
        internal: routes.flatMap(({ internal }) => internal),
        open: importPath.importRoutes,
        transports: transports({
          operations: graph.operations,
          ...{ config, clock: clockOf(environment), log: log.child({ part: 'transports' }) },
        }),
        dependencies: [changePath.dependency, ...routes.flatMap(({ dependencies }) => dependencies)],
      },
      parts,
    )
    return { ...path, ...changePath, ...importPath, ...server, systems, graph }
  })
}

/** Rejects only when none of them is still under way, so that what has been opened can be closed. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

/** Systems are opened before what their native writes are submitted to. */
function lateBound(): { readonly submit: Submit; readonly bind: (submit: Submit) => void } {
  let bound: Submit = () => Promise.reject(new Error('the gateway is starting'))
  return {
    submit: (write) => bound(write),
    bind: (submit) => {
      bound = submit
    },
  }
}
