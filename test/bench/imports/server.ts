/** The product as `npm start` runs it, in a process of its own, over a folder that outlives it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Server {
  /** Without a path. */
  readonly url: string
  /** What the process holds in memory now, in bytes; 0 where the machine does not tell. */
  readonly residentBytes: () => number
  /** Drains it, and resolves once its files are closed. */
  stop(): Promise<void>
}

const PROGRAM = fileURLToPath(new URL('../../../gateway/main.js', import.meta.url))
const READY = /Both systems as one graph +(http:\/\/[^\s/]+)/

export async function startServer(directory: string): Promise<Server> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, LOCKSTEP_PORT: '0', LOCKSTEP_DATA_DIR: directory, LOCKSTEP_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const url = await readyAt(child)
  return {
    url,
    residentBytes: () => residentBytesOf(child.pid),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function readyAt(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new TypeError('the server has no output')
  for await (const line of createInterface(child.stdout)) {
    const url = READY.exec(line)?.[1]
    if (url === undefined) continue
    child.stdout.resume()
    return url
  }
  throw new Error('the server ended before it was ready')
}

/** As Linux tells it: https://docs.kernel.org/filesystems/proc.html */
function residentBytesOf(pid: number | undefined): number {
  if (process.platform !== 'linux') return 0
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes ?? 0) * 1_024
}
