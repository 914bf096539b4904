/** A Lockstep process of its own, as npm's scripts run it, over a folder and on a port of its own. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** What each npm script starts: everything in one process, or one part alone. */
const PROGRAMS = {
  start: 'gateway/main.js',
  'start:gateway': 'gateway/main-alone.js',
  'start:crm': 'subgraphs/crm/main.js',
  'start:erp': 'subgraphs/erp/main.js',
} as const

export type Script = keyof typeof PROGRAMS

const DIST = join(import.meta.dirname, '../../dist')

export interface LockstepProcess {
  /** Without a path. Rejects if the process ends before it is ready. */
  readonly url: Promise<string>
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  readonly stdout: () => string
  readonly stderr: () => string
  readonly signal: (signal: NodeJS.Signals) => void
}

/** `env` adds to the settings: a free port, and whatever folder is given as `LOCKSTEP_DATA_DIR`. */
export function startProcess(env: Readonly<Record<string, string>>, script: Script = 'start'): LockstepProcess {
  const child = spawn(process.execPath, [join(DIST, PROGRAMS[script])], {
    env: { PATH: process.env['PATH'], LOCKSTEP_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const exit = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  return {
    url: urlOf(child, stdout, stderr),
    exit,
    stdout,
    stderr,
    signal: (signal) => child.kill(signal),
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}

const READY = /^(?:Lockstep's \w+ is ready at| {2}Both systems as one graph) +(http:\/\/[^\s/]+)/m

function urlOf(child: ChildProcess, stdout: () => string, stderr: () => string): Promise<string> {
  const found = Promise.withResolvers<string>()
  // Whoever only waits for the exit never looks at the address.
  found.promise.catch(() => undefined)
  child.stdout?.on('data', () => {
    const url = READY.exec(stdout())?.[1]
    if (url !== undefined) found.resolve(url)
  })
  child.once('close', () => found.reject(new Error(`the process ended before it was ready: ${stderr()}`)))
  return found.promise
}
