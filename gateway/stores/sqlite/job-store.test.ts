import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { StoreFailed, StoreUnfit } from '../../../schema/process/store-faults.ts'
import { clockOf } from '../../environment.ts'
import { created, ending, NOW, taking } from '../../imports/job/job.fixture.ts'
import type { JobId } from '../../imports/job/job.ts'
import { asked, everyOutcome, found, made, recorded, running } from '../../imports/store/contract/opened.contract.ts'
import { jobStoreContract } from '../../imports/store/job-store.contract.ts'
import { openSqliteChangeStream } from './change-stream.ts'
import { ended, freshFile, openedFile } from './gateway-file.fixture.ts'
import { openSqliteJobStore } from './job-store.ts'

const clock = clockOf({ clock: Date.now, random: Math.random })
const open = (file: string) => openSqliteJobStore({ file, clock, lookEveryMs: 5 })

jobStoreContract('SQLite', async () => {
  const { first, again, dispose } = await openedFile(open)
  return { store: first, again: () => again(), dispose }
})

describe('A job store on SQLite', () => {
  const module = new URL('./job-store.ts', import.meta.url)
  const on = freshFile({ open, elsewhere: { module, opener: 'openSqliteJobStore', as: 'store' } })

  it('is opened first by many at once', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => on.opened()))
    await Promise.all(stores.map((store) => made(store)))
    expect(await Promise.all(stores.map((store) => store.newest()))).toEqual(stores.map(() => 8))
  })

  it('wakes whoever waits for what another process does', async () => {
    const store = await on.opened()
    const waiting = store.waitBeyond(0, new AbortController().signal)
    on.elsewhere(`await store.create(${JSON.stringify(asked({}, { id: 'elsewhere' as JobId }))}); await store.close()`)
    await waiting
    expect(await found(store, 'elsewhere' as JobId)).toMatchObject({ phase: { state: 'AWAITING_UPLOAD' } })
  })

  it('has what a process was answered before it was killed, and nothing by half', async () => {
    const ROWS = 100_000
    const store = await on.opened()
    const { job, lease } = await running(store, ROWS)
    const { child, lines } = on.elsewhere(`
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
    const stream = await openSqliteChangeStream({ file: on.file, clock, lookEveryMs: 50 })
    const store = await on.opened()
    await Promise.all([made(store), stream.acquire({ holder: 'relay', instead: null }), made(store)])
    expect([await store.newest(), (await stream.relay()).epoch]).toEqual([2, 1])
    await stream.close()
  })

  it('refuses a file with jobs of another layout', async () => {
    await (await on.opened()).close()
    const database = new DatabaseSync(on.file)
    database.exec('UPDATE import_store SET layout = 99')
    database.close()
    await expect(on.opened()).rejects.toThrow(StoreUnfit)
  })

  it('cannot be opened where no file can be', async () => {
    await writeFile(join(on.folder, 'file'), 'no database, whatever its name may say')
    await expect(on.opened(join(on.folder, 'file'))).rejects.toThrow(StoreFailed)
    await expect(on.opened(join(on.folder, 'file', 'gateway.sqlite'))).rejects.toThrow(StoreFailed)
  })

  it('keeps neither the job nor its rows where SQLite refuses one of them, and goes on afterwards', async () => {
    const store = await on.opened()
    const { job, lease } = await running(store, 3)
    const taken = await recorded(store, job.id, lease, taking(job, 3))
    const database = new DatabaseSync(on.file)
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
    const store = await on.opened()
    const { job, lease } = await running(store, 1)
    const database = new DatabaseSync(on.file)
    database.exec(`INSERT INTO import_rows VALUES (1, 1, 'FAILED', '{}')`)
    database.close()
    await recorded(store, job.id, lease, taking(job, 1))
    await expect(store.record(job.id, lease, ending(1, [created(1)]))).rejects.toThrow(StoreFailed)
  })
})
