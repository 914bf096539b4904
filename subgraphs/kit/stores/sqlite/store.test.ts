import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StoreFailed, StoreInUse, StoreUnfit } from '../../../../schema/process/store-faults.ts'
import { column, computations, create, request, rules, table, tables } from '../contract/system.contract.ts'
import { recordStoreContract } from '../record-store.contract.ts'
import type { RecordStore } from '../record-store.ts'
import { openSqliteStore, type SqliteStoreOptions } from './store.ts'

const { href: module } = new URL('../contract/system.contract.ts', import.meta.url)
const logic = { rules: { module, export: 'rules' }, computations: { module, export: 'computations' } }

const optionsIn = (folder: string): SqliteStoreOptions => ({
  ...{ system: 'ERP', file: join(folder, 'made', 'erp.sqlite'), tables, logic },
})

recordStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-store-'))
  let current = await openSqliteStore(optionsIn(folder))
  return {
    store: current,
    reopen: async () => {
      await current.close()
      current = await openSqliteStore(optionsIn(folder))
      return current
    },
    dispose: async () => {
      await current.close()
      await rm(folder, { recursive: true })
    },
  }
})

describe('A SQLite store', () => {
  let folder: string
  let open: RecordStore[]
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-store-'))
    open = []
  })
  afterEach(async () => {
    await Promise.all(open.map((store) => store.close()))
    await rm(folder, { recursive: true })
  })
  const opened = async (more: Partial<SqliteStoreOptions> = {}) => {
    const store = await openSqliteStore({ ...optionsIn(folder), ...more })
    open.push(store)
    return store
  }

  it('is open once at a time, and again after it is closed', async () => {
    const store = await opened()
    await expect(opened()).rejects.toThrow(StoreInUse)
    await store.close()
    await store.close()
    await opened()
  })

  it('forces once for many transactions that come together', async () => {
    const store = await opened()
    const requests = Array.from({ length: 64 }, (_, at) => request(`t${at}`, [create('companies', [`c${at}`])]))
    await Promise.all(store.prepare(requests))
    await Promise.all(store.commit(requests.map(({ id }) => ({ id, leftOut: [] }))))
    expect(await store.statistics()).toMatchObject({ forces: 2, prepared: 64, committed: 64 })
  })

  it('adds a column that a definition gained, empty or with its default', async () => {
    const regions = (...columns: Parameters<typeof table>[2]) => ({
      ...{
        logic: null,
        tables: [table('regions', ['region'], [column('region', 'string', { required: true }), ...columns])],
      },
    })
    const first = await opened(regions())
    const lone = { participants: ['ERP'] } as const
    await Promise.all(first.prepare([request('t1', [create('regions', ['R1'])], lone)]))
    await first.close()
    const size = column('size', 'decimal', { precision: 5, scale: 1, required: true, default: '0.5' })
    const second = await opened(regions(column('note', 'string'), size))
    const [record] = await second.query({ table: 'regions', where: null, orderBy: [], after: null, limit: 1 })
    expect(record?.row).toEqual({ region: 'R1', note: null, size: '0.5' })
    await second.close()
    await expect(opened(regions(column('size', 'decimal', { scale: 2 })))).rejects.toThrow(StoreUnfit)
    await expect(opened(regions(column('more', 'string', { required: true })))).rejects.toThrow(StoreUnfit)
    await opened(regions(column('note', 'string'), size))
  })

  it('finds records by the columns that a definition says, without looking at all of them', async () => {
    const columns = [column('region', 'string', { required: true }), column('party', 'string')]
    const options = { logic: null, tables: [table('regions', ['region'], columns, { indexed: [['party']] })] }
    await (await opened({ ...options, tables: [table('regions', ['region'], columns)] })).close()
    await (await opened(options)).close()
    using database = new DatabaseSync(optionsIn(folder).file, { readOnly: true })
    const plan = database.prepare('EXPLAIN QUERY PLAN SELECT * FROM t_regions WHERE party = ?').all('P')
    expect(plan.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^SEARCH t_regions USING INDEX .*\(party=\?\)/),
    ])
  })

  it('refuses a file of another system', async () => {
    await (await opened()).close()
    await expect(opened({ system: 'CRM' })).rejects.toThrow(StoreUnfit)
  })

  it('refuses tables whose rules or computations it is not given', async () => {
    expect([rules, computations].every((list) => list.length > 0)).toBe(true)
    const none = { module, export: 'none' }
    const others = { module, export: 'tables' }
    for (const one of [
      null,
      { ...logic, rules: others },
      { ...logic, computations: others },
      { ...logic, rules: none },
    ]) {
      await expect(opened({ logic: one })).rejects.toThrow('could not be opened')
    }
  })

  it('cannot be opened where no file can be', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(opened({ file: join(folder, 'file', 'erp.sqlite') })).rejects.toThrow(StoreFailed)
    await expect(opened({ file: folder })).rejects.toThrow(StoreFailed)
    await opened()
  })

  it('rejects what no message can carry, and goes on', async () => {
    const store = await opened()
    const unsendable = { ...request('t1', []), actor: Symbol('nobody') }
    await expect(Promise.all(store.prepare([unsendable as never]))).rejects.toThrow(StoreFailed)
    expect(await store.statistics()).toMatchObject({ prepared: 0 })
  })

  it('keeps another process out, however long it is open', async () => {
    const store = await opened()
    const script = `import { openSqliteStore } from ${JSON.stringify(new URL('./store.ts', import.meta.url).href)}
      await openSqliteStore(${JSON.stringify({ ...optionsIn(folder), tables: [], logic: null })}).catch((error) => {
        process.stdout.write(error.name)
      })`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
    expect(stdout).toBe('StoreInUse')
    expect(await store.count({ table: 'customers', where: null })).toBe(0)
  })
})
