import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { StoreClosed, StoreFailed, StoreUnfit } from '../../../schema/process/store-faults.ts'
import { appended, change, kept, leased, next, published } from '../../changes/stream/contract/opened.contract.ts'
import { changeStreamContract } from '../../changes/stream/stream.contract.ts'
import { clockOf } from '../../environment.ts'
import { openSqliteChangeStream } from './change-stream.ts'
import { ended, freshFile, openedFile } from './gateway-file.fixture.ts'

const clock = clockOf({ clock: Date.now, random: Math.random })
const open = (file: string) => openSqliteChangeStream({ file, clock, lookEveryMs: 5 })

changeStreamContract('SQLite', async () => {
  const { first, again, dispose } = await openedFile(open)
  return { stream: first, again: () => again(), dispose }
})

/** Every thread that this process starts from now on. */
function threads(): readonly Worker[] {
  const started: Worker[] = []
  const start = (worker: Worker) => void started.push(worker)
  process.on('worker', start)
  onTestFinished(() => void process.off('worker', start))
  return started
}

describe('A change stream on SQLite', () => {
  const module = new URL('./change-stream.ts', import.meta.url)
  const on = freshFile({ open, elsewhere: { module, opener: 'openSqliteChangeStream', as: 'stream' } })

  it('is opened first by many at once, and is the same for all', async () => {
    const streams = await Promise.all(Array.from({ length: 8 }, () => on.opened()))
    const ends = await Promise.all(streams.map((stream) => stream.read({ from: 'NEWEST', entriesMax: 1, bytesMax: 1 })))
    expect(new Set(ends.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  it('wakes a reader for what another process appends', async () => {
    const stream = await on.opened()
    const start = await stream.read({ from: 'NEWEST', entriesMax: 1, bytesMax: 1 })
    if (start.read !== 'PAGE') throw new Error('An empty stream can be read')
    const waiting = stream.waitBeyond(start.next, new AbortController().signal)
    on.elsewhere(`const { state } = await stream.acquire({ holder: 'elsewhere', instead: null })
      const { version, progress } = state
      await stream.append({ lease: state, version, progress, changes: [{ id: 'from elsewhere' }], now: 0 })
      await stream.close()`)
    await waiting
    expect(await kept(stream)).toEqual(['from elsewhere'])
  })

  it('has what a process was answered before it was killed, and nothing by half', async () => {
    const { child, lines } = on.elsewhere(`
      const { state } = await stream.acquire({ holder: 'killed', instead: null })
      for (let through = 1; ; through += 1) {
        const progress = { ...state.progress, CRM: { through, ahead: [] } }
        const changes = ['a', 'b', 'c'].map((part) => ({ id: 'CRM ' + through + part }))
        await stream.append({ lease: state, version: through - 1, progress, changes, now: 0 })
        process.stdout.write(through + '\\n')
      }`)
    let answered = 0
    while (answered < 20) answered = Number((await lines.next()).value)
    await ended(child)
    for await (const line of { [Symbol.asyncIterator]: () => lines }) answered = Number(line)

    const stream = await on.opened()
    const state = await stream.relay()
    const { through } = state.progress.CRM
    expect([answered, answered + 1]).toContain(through)
    const whole = Array.from({ length: through }, (_, index) =>
      ['a', 'b', 'c'].map((part) => `CRM ${index + 1}${part}`),
    )
    expect(await kept(stream)).toEqual(whole.flat())
    const heir = await leased(stream, state)
    expect(await appended(stream, { ...heir, version: answered - 1 }, { changes: [change('twice')] })).toMatchObject({
      append: 'OUTDATED',
    })
    expect(await appended(stream, heir, next(heir, 'CRM', 1))).toMatchObject({ append: 'APPENDED' })
  })

  it('leaves other tables of the file alone', async () => {
    await (await on.opened()).close()
    const database = new DatabaseSync(on.file)
    database.exec('CREATE TABLE jobs (id INTEGER); INSERT INTO jobs VALUES (7)')
    await published(await on.opened(), 'CRM', 1)
    expect(database.prepare('SELECT id FROM jobs').get()).toEqual({ id: 7 })
    database.close()
  })

  it('refuses a file with a stream of another layout', async () => {
    await (await on.opened()).close()
    const database = new DatabaseSync(on.file)
    database.exec('UPDATE change_stream SET layout = 99')
    database.close()
    await expect(on.opened()).rejects.toThrow(StoreUnfit)
  })

  it('cannot be opened where no file can be', async () => {
    await writeFile(join(on.folder, 'file'), 'no database, whatever its name may say')
    await expect(on.opened(join(on.folder, 'file'))).rejects.toThrow(StoreFailed)
    await expect(on.opened(join(on.folder, 'file', 'gateway.sqlite'))).rejects.toThrow(StoreFailed)
    await expect(on.opened(on.folder)).rejects.toThrow(StoreFailed)
  })

  it('says that there is no answer when its thread dies, and goes on with another', async () => {
    const started = threads()
    const stream = await on.opened()
    await published(stream, 'CRM', 1)
    const asked = stream.relay()
    await started[0]?.terminate()
    await expect(asked).rejects.toThrow(StoreFailed)
    const [page, state] = await Promise.all([
      stream.read({ from: 'OLDEST', entriesMax: 9, bytesMax: 9 }),
      stream.relay(),
    ])
    expect([page, state.progress.CRM.through]).toMatchObject([{ entries: [{ change: { id: 'CRM 1' } }] }, 1])
    await published(stream, 'CRM', 1)
    expect(started).toHaveLength(2)
    await started[1]?.terminate()
    await stream.close()
    await expect(stream.relay()).rejects.toThrow(StoreClosed)
  })

  it('says that there is no answer as long as no other thread can open the file', async () => {
    const started = threads()
    const stream = await on.opened()
    await started[0]?.terminate()
    const database = new DatabaseSync(on.file)
    database.exec('UPDATE change_stream SET layout = 99')
    await expect(stream.relay()).rejects.toThrow(StoreFailed)
    database.exec('UPDATE change_stream SET layout = 1')
    database.close()
    expect(await stream.relay()).toMatchObject({ version: 0 })
  })

  it('says that there is no answer, in words of its own, where SQLite refuses, and goes on afterwards', async () => {
    const stream = await on.opened()
    const lease = await leased(stream)
    const database = new DatabaseSync(on.file)
    database.exec("CREATE TRIGGER broken BEFORE UPDATE ON change_stream BEGIN SELECT RAISE(ABORT, 'disk broken'); END")
    const failure = await appended(stream, lease, next(lease, 'CRM', 2)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StoreFailed)
    expect(failure).toMatchObject({ message: 'The change stream gave no answer' })
    expect([await kept(stream), await stream.relay()]).toEqual([[], lease])
    database.exec('DROP TRIGGER broken')
    database.close()
    expect(await appended(stream, lease, next(lease, 'CRM', 2))).toMatchObject({ append: 'APPENDED' })
  })
})
