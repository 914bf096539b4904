#!/usr/bin/env node
/** The command line client: `lockstep --help` tells what it does. */

import type { WriteStream } from 'node:tty'
import { EXIT } from './exit-code.ts'
import type { Output } from './reporter.ts'
import { run } from './run.ts'

/** Of a terminal that does not tell how wide it is. */
const COLUMNS = 80

const output = (stream: WriteStream): Output => ({
  write: (text) => void stream.write(text),
  columns: () => (stream.isTTY ? stream.columns || COLUMNS : null),
})

/** A second Ctrl-C ends the process at once, as the first one does by default. */
function catchInterruption(): AbortSignal {
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort())
  return interrupted.signal
}

// Whoever reads the output, as `head` does, may have enough of it.
process.stdout.on('error', () => process.exit(EXIT.failed))

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  outputs: { stdout: output(process.stdout), stderr: output(process.stderr) },
  catchInterruption,
})
