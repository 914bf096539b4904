/** Starts everything in one process. */

import { run } from '../schema/process/run.ts'
import { createApp } from './app.ts'
import { banner } from './banner.ts'

await run({
  create: (config) => createApp(config, { clock: Date.now, random: Math.random }),
  banner,
})
