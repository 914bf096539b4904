/** The command line client follows an import through a restart of the server. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../gateway/cli/run.ts'
import { type LockstepProcess, startProcess } from '../process/process.ts'

const ROWS = 3_000
const BATCH_ROWS = 50

let folder: string
let server: LockstepProcess
let url: string

function start(port: string): LockstepProcess {
  return startProcess({ LOCKSTEP_DATA_DIR: join(folder, 'data'), LOCKSTEP_LOG_LEVEL: 'error', LOCKSTEP_PORT: port })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-watch-'))
  server = start('0')
  url = await server.url
}, 60_000)

afterAll(async () => {
  server.signal('SIGKILL')
  await server.exit
  await rm(folder, { recursive: true, force: true })
})

/** Text that grows, and who waits for a part of it. */
function growing() {
  let text = ''
  const waiting = new Set<() => void>()
  return {
    text: () => text,
    write(more: string) {
      text += more
      for (const look of waiting) look()
    },
    has(part: string): Promise<void> {
      return new Promise((resolve) => {
        const look = () => {
          if (!text.includes(part)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      })
    },
  }
}

describe('lockstep import --watch', () => {
  it('says that the server is away, goes on when it is back, and ends as the job does', async () => {
    const file = join(folder, 'customers.csv')
    const lines = Array.from({ length: ROWS }, (_, at) => `usmf,W-${at},Customer ${at},RETAIL`)
    await writeFile(file, `${['company,number,name,group.code', ...lines].join('\n')}\n`)
    const [stdout, stderr] = [growing(), growing()]
    const args = ['import', file, '--entity', 'Customer', '--batch-size', String(BATCH_ROWS), '--watch']
    const ending = run(args, {
      environment: { LOCKSTEP_URL: url },
      outputs: { stdout: { ...stdout, columns: () => null }, stderr: { ...stderr, columns: () => null } },
      catchInterruption: () => new AbortController().signal,
    })
    await stderr.has('Importing')
    server.signal('SIGKILL')
    await server.exit
    await stderr.has(`lockstep: Lockstep does not answer at ${url}: `)
    server = start(new URL(url).port)
    await stderr.has('lockstep: Lockstep answers again.\n')
    expect(await ending).toBe(0)
    expect(stdout.text()).toMatch(/^Completed: 3,000 rows in \d+:\d\d\n {2}3,000 created\n$/)
  }, 90_000)
})
