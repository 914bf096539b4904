/** A system in a process of its own: its store, its native API and what gateways call; its native writes go to those. */

import { shippedMapSet } from '../../maps/shipped.ts'
import type { Config } from '../../schema/process/config.ts'
import { connectTo } from '../../schema/process/http/peer.ts'
import { createLog, type Log } from '../../schema/process/log.ts'
import { neededToken } from '../../schema/process/needed-token.ts'
import { run } from '../../schema/process/run.ts'
import { opening, type Server, serve } from '../../schema/process/serve.ts'
import { submitToGateways } from './gateways.ts'
import { openSystem } from './open-system.ts'
import { systemRoutes } from './routes.ts'
import type { ShippedSystem } from './shipped-system.ts'

/** Runs the process until a signal ends it. */
export function runAlone(shipped: ShippedSystem, defaults: { readonly port: number }): Promise<void> {
  return run({
    defaults,
    create: (config) => createSystemAlone(shipped, config),
    banner: (url) => `Lockstep's ${shipped.system} is ready at ${url}\n`,
  })
}

/** Rejects with a StartError for whatever an operator can put right. */
export function createSystemAlone(
  shipped: ShippedSystem,
  config: Config,
  log: Log = createLog(config.logLevel),
): Promise<Server> {
  return opening(config, async (opened) => {
    const token = neededToken(config)
    const gateways = config.gatewayUrls.map((url) => opened.adopt(connectTo(url, token), (peer) => peer.close()))
    const submit = submitToGateways({
      gateways,
      timeoutDefaultMs: config.timeoutDefaultMs,
      onError: (error, message) => log.warn({ err: error, part: shipped.system.toLowerCase() }, message),
    })
    const system = await openSystem(shipped, {
      ...{ config, log, submit, opened },
      mapSet: shippedMapSet(),
      clock: Date.now,
    })
    return serve(await systemRoutes(system, { config, log }), { config, opened, log })
  })
}
