/** Starts one process: config → app → listen; the first SIGTERM or SIGINT drains it. */

import { type App, createApp } from './app.ts'
import { banner } from './banner.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { StartError } from './start-error.ts'

const EXIT = { drained: 0, cutShort: 1, cannotStart: 2 } as const

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const starting = start(config)
  drainOnSignal(config, starting)
  await starting
}

async function start(config: Config): Promise<App> {
  const app = await createApp(config, { clock: Date.now, random: Math.random })
  const { url } = await app.listen()
  process.stdout.write(banner(url, config))
  return app
}

/** Ctrl-C reaches the process twice under npm, from the terminal and from npm: signals this close together are one. */
const ONE_SIGNAL_MS = 500

/** A start that is under way is finished first. What is not finished within the limit is cut short, as by a second signal. */
function drainOnSignal(config: Config, starting: Promise<App>): void {
  let drainingSince: number | null = null
  const drain = async () => {
    if (drainingSince !== null) {
      if (performance.now() - drainingSince > ONE_SIGNAL_MS) process.exit(EXIT.cutShort)
      return
    }
    drainingSince = performance.now()
    setTimeout(() => process.exit(EXIT.cutShort), config.drainMs).unref()
    const app = await starting
    await app.close()
    process.exit(EXIT.drained)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void drain().catch(fail))
}

/** What an operator can put right is said in a sentence; anything else shows where it happened. */
function fail(error: unknown): never {
  const expected = error instanceof ConfigError || error instanceof StartError
  const text = expected ? error.message : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`${text}\n`)
  process.exit(expected ? EXIT.cannotStart : EXIT.cutShort)
}

await main().catch(fail)
