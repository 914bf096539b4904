/** Runs one process: config → server → listen; the first SIGTERM or SIGINT drains it. */

import { type Config, ConfigError, readConfig } from './config.ts'
import type { Server } from './serve.ts'
import { StartError } from './start-error.ts'

const EXIT = { drained: 0, cutShort: 1, cannotStart: 2 } as const

export interface Kind {
  /** What this kind of process takes for granted where the environment says nothing. */
  readonly defaults?: Parameters<typeof readConfig>[1]
  readonly create: (config: Config) => Promise<Server>
  /** What standard output says once the process listens at `url`, which has no path. */
  readonly banner: (url: string, config: Config) => string
}

/** Resolves once the process listens; what keeps it from that is written to standard error and ends it. */
export async function run(kind: Kind): Promise<void> {
  try {
    const config = readConfig(process.env, kind.defaults)
    const starting = start(kind, config)
    drainOnSignal(config, starting)
    await starting
  } catch (error) {
    fail(error)
  }
}

async function start({ create, banner }: Kind, config: Config): Promise<Server> {
  const server = await create(config)
  const { url } = await server.listen()
  process.stdout.write(banner(url, config))
  return server
}

/** Ctrl-C reaches the process twice under npm, from the terminal and from npm: signals this close together are one. */
const ONE_SIGNAL_MS = 500

/** A start that is under way is finished first. What is not finished within the limit is cut short, as by a second signal. */
function drainOnSignal(config: Config, starting: Promise<Server>): void {
  let drainingSince: number | null = null
  const drain = async () => {
    if (drainingSince !== null) {
      if (performance.now() - drainingSince > ONE_SIGNAL_MS) process.exit(EXIT.cutShort)
      return
    }
    drainingSince = performance.now()
    setTimeout(() => process.exit(EXIT.cutShort), config.drainMs).unref()
    const server = await starting
    await server.close()
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
