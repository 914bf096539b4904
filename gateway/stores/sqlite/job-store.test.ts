import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StoreFailed, StoreUnfit } from '../../../schema/process/store-faults.ts'
import { clockOf } from '../../environment.ts'
import { created, ending, NOW, taking } from '../../imports/job/job.fixture.ts'
import type { JobId } from '../../imports/job/job.ts'
import { asked, everyOutcome, found, made, recorded, running } from '../../imports/store/contract/opened.contract.ts'
import { jobStoreContract } from '../../imports/store/job-store.contract.ts'
import type { JobStore } from '../../imports/store/job-store.ts'
import { openSqliteChangeStream } from './change-stream.ts'
import { openSqliteJobStore } from './job-store.ts'

const clock = clockOf({ clock: Date.now, random: Math.random })
const fileIn = (folder: string) => join(folder, 'made', 'gateway.sqlite')

jobStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-jobs-'))
  const open: JobStore[] = []
  const again = async () => {
    const store = await openSqliteJobStore({ file: fileIn(folder), clock, lookEveryMs: 5 })
    open.push(store)
    return store
  }
  return {
    store: await again(),
    again,
    dispose: async () => {
      await Promise.all(open.map((store) => store.close()))
      await rm(folder, { recursive: true })
    },
  }
})

describe('A job store on SQLite', () => {
  let folder: string
  let open: JobStore[]
  let processes: ChildProcess[]
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-jobs-'))
    open = []
    processes = []
  })
  afterEach(async () => {
    await Promise.all(processes.map(ended))
    await Promise.all(open.map((store) => store.close()))
    await rm(folder, { recursive: true })
  })

  const opened = async (file = fileIn(folder)) => {
    const store = await openSqliteJobStore({ file, clock, lookEveryMs: 5 })
    open.push(store)
    return store
  }

  const ended = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** Another process with the store open as `store`; gives the lines that it prints. */
  const elsewhere = (script: string) => {
    const code = `import { openSqliteJobStore } from ${JSON.stringify(new URL('./job-store.ts', import.meta.url))}
      const clock = { after: (ms, run) => clearTimeout.bind(null, setTimeout(run, ms)) }
      const store = await openSqliteJobStore({ file: ${JSON.stringify(fileIn(folder))}, clock })
      ${script}`
    const stdio = ['ignore', 'pipe', 'inherit'] as const
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: [...stdio] })
    processes.push(child)
    if (child.stdout === null) throw new Error('The process has no output')
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
  }

  it('is opened first by many at once', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => opened()))
    await Promise.all(stores.map((store) => made(store)))
    expect(await Promise.all(stores.map((store) => store.newest()))).toEqual(stores.map(() => 8))
  })

  it('wakes whoever waits for what another process does', async () => {
    const store = await opened()
    const waiting = store.waitBeyond(0, new AbortController().signal)
    elsewhere(`await store.create(${JSON.stringify(asked({}, { id: 'elsewhere' as JobId }))}); await store.close()`)
    await waiting
    expect(await found(store, 'elsewhere' as JobId)).toMatchObject({ phase: { state: 'AWAITING_UPLOAD' } })
  })

  it('has what a process was answered before it was killed, and nothing by half', async () => {
    const ROWS = 100_000
    const store = await opened()
    const { job, lease } = await running(store, ROWS)
    const { child, lines } = elsewhere(`
      const id = ${JSON.stringify(job.id)}
      for (let batch = 1; ; batch += 1) {
        const rows = [batch * 3 - 2, batch * 3 - 1, batch * 3]
        const to = { byte: 0, line: 1, rows: batch * 3 }
        const done = { at: ${NOW}, batch }
        await store.record(id, ${JSON.stringify(lease)}, { event: 'BATCH_TAKEN', to, bytes: batch * 30, sent: rows, settled: [], ...done })
        process.stdout.write(batch + ' taken\\n')
        const results = rows.map((row) => ({ row, outcome: 'CREATED', id: null, transaction: null, changedFields: [] }))
        await store.record(id, ${JSON.stringify(lease)}, { event: 'BATCH_ENDED', results, durationMs: 1, ...done })
        process.stdout.write(batch + ' ended\\n')
      }`)
    let last = ''
    while (!last.startsWith('20 ')) last = String((await lines.next()).value)
    await ended(child)
    for await (const line of { [Symbol.asyncIterator]: () => lines }) last = line

    const left = await found(store, job.id)
    const [batch, step] = [Number.parseInt(last, 10), last.split(' ')[1]]
    const [taken, done] = [left.taken.place.rows / 3, left.outcomes.CREATED / 3]
    expect(step === 'taken' ? [batch] : [batch, batch + 1]).toContain(taken)
    expect(step === 'taken' ? [batch - 1, batch] : [batch]).toContain(done)
    expect(left.open).toHaveLength(taken - done)
    const rows = (await store.outcomes(job.id, { after: 0, limit: ROWS, only: null })).outcomes
    expect(rows.map(({ outcome }) => outcome.row)).toEqual(Array.from({ length: done * 3 }, (_, index) => index + 1))
  })

  it('lives in one file with the change stream', async () => {
    const stream = await openSqliteChangeStream({ file: fileIn(folder), clock })
    const store = await opened()
    await Promise.all([made(store), stream.acquire({ holder: 'relay', instead: null }), made(store)])
    expect([await store.newest(), (await stream.relay()).epoch]).toEqual([2, 1])
    await stream.close()
  })

  it('refuses a file with jobs of another layout', async () => {
    await (await opened()).close()
    const database = new DatabaseSync(fileIn(folder))
    database.exec('UPDATE import_store SET layout = 99')
    database.close()
    await expect(opened()).rejects.toThrow(StoreUnfit)
  })

  it('cannot be opened where no file can be', async () => {
    await writeFile(join(folder, 'file'), 'no database, whatever its name may say')
    await expect(opened(join(folder, 'file'))).rejects.toThrow(StoreFailed)
    await expect(opened(join(folder, 'file', 'gateway.sqlite'))).rejects.toThrow(StoreFailed)
  })

  it('keeps neither the job nor its rows where SQLite refuses one of them, and goes on afterwards', async () => {
    const store = await opened()
    const { job, lease } = await running(store, 3)
    const taken = await recorded(store, job.id, lease, taking(job, 3))
    const database = new DatabaseSync(fileIn(folder))
    database.exec(`CREATE TRIGGER broken BEFORE INSERT ON import_rows WHEN NEW.row = 3
      BEGIN SELECT RAISE(ABORT, 'disk broken'); END`)
    const end = ending(1, [1, 2, 3].map(created))
    const failure = await store.record(job.id, lease, end).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StoreFailed)
    expect(failure).toMatchObject({ message: 'The job store gave no answer' })
    expect([await found(store, job.id), await everyOutcome(store, job.id)]).toEqual([taken, []])
    database.exec('DROP TRIGGER broken')
    database.close()
    expect(await recorded(store, job.id, lease, end)).toMatchObject({ phase: { state: 'COMPLETED' } })
  })

  it('has no place for a second outcome of a row', async () => {
    const store = await opened()
    const { job, lease } = await running(store, 1)
    const database = new DatabaseSync(fileIn(folder))
    database.exec(`INSERT INTO import_rows VALUES (1, 1, 'FAILED', '{}')`)
    database.close()
    await recorded(store, job.id, lease, taking(job, 1))
    await expect(store.record(job.id, lease, ending(1, [created(1)]))).rejects.toThrow(StoreFailed)
  })
})
