/** Starts a gateway over systems in processes of their own. */

import { run } from '../schema/process/run.ts'
import { createGateway } from './app-alone.ts'

await run({
  defaults: { sampleData: false },
  create: (config) => createGateway(config, { clock: Date.now, random: Math.random }),
  banner: (url) => `Lockstep's gateway is ready at ${url}\n`,
})
