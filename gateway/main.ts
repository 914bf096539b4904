/** Starts one process: config → app → listen; the first SIGTERM or SIGINT drains it. */

import { type App, createApp } from './app.ts'
import { banner } from './banner.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { StartError } from './start-error.ts'

const EXIT = { drained: 0, cutShort: 1, cannotStart: 2 } as const

/** Stops the app once, however often it is asked to; what is not finished within the limit is cut short. */
function drainOnSignal(config: Config, starting: Promise<App>): void {
  let signals = 0
  const drain = async () => {
    signals += 1
    if (signals > 1) process.exit(EXIT.cutShort)
    setTimeout(() => process.exit(EXIT.cutShort), config.drainMs).unref()
    const app = await starting
    await app.close()
    process.exit(EXIT.drained)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void drain().catch(fail))
  }
}

/** What an operator can put right is said in a sentence; anything else shows where it happened. */
function fail(error: unknown): never {
  const expected = error instanceof ConfigError || error instanceof StartError
  const text = expected ? error.message : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`${text}\n`)
  process.exit(expected ? EXIT.cannotStart : EXIT.cutShort)
}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const starting = createApp(config, { clock: Date.now, random: Math.random })
  drainOnSignal(config, starting)
  const app = await starting
  const { url } = await app.listen()
  process.stdout.write(banner(url, config))
}

await main().catch(fail)
