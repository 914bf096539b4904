import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StoreUnfit } from '../store-faults.ts'
import { compiled } from './compiled.ts'
import { Database } from './database.ts'

describe('A database', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-database-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('forces its commits, or is not opened', () => {
    const database = new Database(join(folder, 'file'), 'WRITE')
    expect([database.row('PRAGMA journal_mode'), database.row('PRAGMA synchronous')]).toEqual([['wal'], [2]])
    database.close()
    expect(() => new Database(':memory:', 'WRITE')).toThrow(StoreUnfit)
  })

  it('can be made by several at the very same time', async () => {
    const [threads, files] = [4, 60]
    const script = `
      const { workerData: { arrived, threads, files, folder, module } } = require('node:worker_threads')
      import(module).then(({ Database }) => {
        for (let file = 0; file < files; file += 1) {
          Atomics.add(arrived, file, 1)
          while (Atomics.load(arrived, file) < threads);
          const database = new Database(folder + '/' + file, 'WRITE')
          database.execute('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS t (x); INSERT INTO t VALUES (1); COMMIT')
          database.close()
        }
      })`
    const module = compiled(new URL('./database.ts', import.meta.url).href)
    const arrived = new Int32Array(new SharedArrayBuffer(4 * files))
    const workerData = { arrived, threads, files, folder, module }
    const workers = Array.from({ length: threads }, () => new Worker(script, { eval: true, workerData }))
    try {
      expect(await Promise.all(workers.map((worker) => once(worker, 'exit')))).toEqual(workers.map(() => [0]))
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()))
    }
  })
})
