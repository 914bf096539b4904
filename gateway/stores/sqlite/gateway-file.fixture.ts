/** A gateway's file of a test's own, opened here any number of times, and by other processes, too. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach } from 'vitest'

interface Closeable {
  close(): Promise<void>
}

type OpenFile<S> = (file: string) => Promise<S>

export interface OpenedFile<S> {
  readonly folder: string
  readonly file: string
  readonly first: S
  readonly again: (file?: string) => Promise<S>
  /** Closes whatever is open and removes the folder. */
  readonly dispose: () => Promise<void>
}

export async function openedFile<S extends Closeable>(open: OpenFile<S>): Promise<OpenedFile<S>> {
  const { first, ...rest } = await fileOf(open)
  return { ...rest, first: await first() }
}

async function fileOf<S extends Closeable>(open: OpenFile<S>) {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-gateway-'))
  const file = join(folder, 'made', 'gateway.sqlite')
  const opened: S[] = []
  const again = async (path = file) => {
    const store = await open(path)
    opened.push(store)
    return store
  }
  const dispose = async () => {
    await Promise.all(opened.map((store) => store.close()))
    await rm(folder, { recursive: true })
  }
  return { folder, file, first: again, again, dispose }
}

export interface FileOptions<S> {
  readonly open: OpenFile<S>
  /** The module and the name of the function by which another process opens the file, and what its script calls it. */
  readonly elsewhere: { readonly module: URL; readonly opener: string; readonly as: string }
}

/** A fresh folder for each test, in which nothing is open yet. */
export function freshFile<S extends Closeable>({ open, elsewhere: { module, opener, as } }: FileOptions<S>) {
  let current: Awaited<ReturnType<typeof fileOf<S>>>
  let processes: ChildProcess[]
  beforeEach(async () => {
    current = await fileOf(open)
    processes = []
  })
  afterEach(async () => {
    await Promise.all(processes.map(ended))
    await current.dispose()
  })
  return {
    get folder() {
      return current.folder
    },
    get file() {
      return current.file
    },
    opened: (file?: string) => current.again(file),
    /** Another process with the file open; gives the lines that it prints. */
    elsewhere(script: string) {
      const code = `import { ${opener} } from ${JSON.stringify(module)}
        const clock = { after: (ms, run) => clearTimeout.bind(null, setTimeout(run, ms)) }
        const ${as} = await ${opener}({ file: ${JSON.stringify(current.file)}, clock })
        ${script}`
      const stdio = ['ignore', 'pipe', 'inherit'] as const
      const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: [...stdio] })
      processes.push(child)
      if (child.stdout === null) throw new Error('The process has no output')
      return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
    },
  }
}

/** Kills the process unless it has ended. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
