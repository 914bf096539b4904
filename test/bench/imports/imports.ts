/**
 * `npm run bench imports [rows]`: an import of customers, as creates and as updates, against raw rows in both stores and
 * against a mutation a row; what it takes of memory; and what interactive writes notice of it.
 */

import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LoadGenerator, startLoadGenerator } from '../client.ts'
import { checked, print } from '../measure.ts'
import { quantile } from '../statistics.ts'
import { type Customers, upserts, writeCustomers } from './customers.ts'
import { measureRawRows, type Raw, type RawTimes } from './raw-rows.ts'
import { type Imported, runImport } from './run-import.ts'
import { type Server, startServer } from './server.ts'

export const ROWS = 20_000

const PREFIX = 'IMPORT-'
const WARM_UP = { prefix: 'WARM-', rows: 2_000 }
const CLIENTS = [16, 64, 256]
const MUTATIONS = 3_000
const INTERACTIVE_CUSTOMERS = 100
const IDLE_WRITES = 1_000
const WRITES_AT_ONCE = 50

interface Folders {
  readonly data: string
  /** `data` as it was when the customers were created. */
  readonly created: string
  readonly files: string
}

interface Figures {
  readonly creates: Imported
  readonly updates: Imported
  readonly mutations: OneByOne
  readonly latencies: Latencies
  readonly raw: RawTimes
}

export async function measureImports(rows: number): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-bench-'))
  const folders = { data: join(root, 'data'), created: join(root, 'created'), files: root }
  const load = startLoadGenerator()
  try {
    const customers = { prefix: PREFIX, rows }
    const creates = await withServer(folders, 1, (server) => imported(server, folders, { ...customers, round: 1 }))
    await cp(folders.data, folders.created, { recursive: true })
    const later = await withServer(folders, 2, async (server) => ({
      updates: await imported(server, folders, { ...customers, round: 2 }),
      latencies: await latencies(server, load, () => imported(server, folders, { ...customers, round: 3 })),
      mutations: await oneByOne(server, load),
    }))
    report(rows, { creates, ...later, raw: await measureRawRows(rawStores(folders)) })
  } finally {
    await load.close()
    await rm(root, { recursive: true, force: true })
  }
}

/** A process of its own, warmed up by a small import. */
async function withServer<T>(folders: Folders, round: number, use: (server: Server) => Promise<T>): Promise<T> {
  const server = await startServer(folders.data)
  try {
    await imported(server, folders, { ...WARM_UP, round })
    return await use(server)
  } finally {
    await server.stop()
  }
}

/** The first round creates, and all others update. */
async function imported(server: Server, { files }: Folders, customers: Customers): Promise<Imported> {
  const path = join(files, 'customers.csv')
  await writeCustomers(path, customers)
  return runImport(server, path, { rows: customers.rows, outcome: customers.round === 1 ? 'created' : 'updated' })
}

/** Milliseconds of one client's writes, in no order. */
interface Latencies {
  readonly idle: readonly number[]
  readonly during: readonly number[]
}

async function latencies(server: Server, load: LoadGenerator, work: () => Promise<unknown>): Promise<Latencies> {
  const writes = {
    ...{ url: `${server.url}/graphql`, bodies: upserts('THESE', INTERACTIVE_CUSTOMERS), wanted: '"errors":[]' },
    clients: 1,
  }
  checked(await load.run({ ...writes, requests: INTERACTIVE_CUSTOMERS }))
  const { latencies: idle } = checked(await load.run({ ...writes, requests: IDLE_WRITES }))
  const during: number[] = []
  const working = new AbortController()
  const ended = work().finally(() => working.abort())
  while (!working.signal.aborted) {
    const measured = checked(await load.run({ ...writes, requests: WRITES_AT_ONCE }))
    // Some of the last ones were sent when the import had ended.
    if (!working.signal.aborted) during.push(...measured.latencies)
  }
  await ended
  return { idle, during }
}

/** Rows a second. */
interface OneByOne {
  readonly creates: number
  readonly updates: number
}

/** At the concurrency that is best for each. */
async function oneByOne(server: Server, load: LoadGenerator): Promise<OneByOne> {
  const best = async (kind: 'NEW' | 'THESE') => {
    const rates: number[] = []
    for (const clients of CLIENTS) {
      const bodies = upserts(kind, 2 * Math.max(...CLIENTS))
      const asked = { url: `${server.url}/graphql`, bodies, wanted: '"errors":[]', clients, requests: MUTATIONS }
      const { latencies, elapsedMs } = checked(await load.run(asked))
      rates.push((latencies.length * 1_000) / elapsedMs)
    }
    return Math.max(...rates)
  }
  const creates = await best('NEW')
  // The first round of these creates them.
  await best('THESE')
  return { creates, updates: await best('THESE') }
}

function rawStores({ data, created, files }: Folders): readonly Raw[] {
  const store = (system: string, table: string, column: string): Raw => ({
    ...{ created: join(created, `${system}.sqlite`), updated: join(data, `${system}.sqlite`) },
    ...{ target: join(files, `${system}-raw.sqlite`), table, column, prefix: PREFIX },
  })
  return [store('crm', 't_accounts', 'accountnumber'), store('erp', 't_CustomersV3', 'CustomerAccount')]
}

function report(rows: number, { creates, updates, mutations, latencies, raw }: Figures): void {
  if (raw.rows !== rows) throw new Error(`${raw.rows} raw rows were written, not ${rows}`)
  const title = `Imports of ${rows.toLocaleString('en')} customers`
  print('', title, '-'.repeat(title.length))
  print(rates('created', creates, (rows * 1_000) / raw.createMs, mutations.creates))
  print(rates('updated', updates, (rows * 1_000) / raw.updateMs, mutations.updates))
  for (const [name, { memory }] of Object.entries({ creating: creates, updating: updates })) {
    const { before, early, late, most } = memory
    const [start, first, last, all] = [before, early, late, most].map((bytes) => (bytes / 1e6).toFixed(0))
    print(
      `resident memory, ${name}: ${start} MB before, ${first} MB in the first quarter, ${last} MB in the last, ${all} MB at most`,
    )
  }
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const [idle, during] = [quantile(latencies.idle, share), quantile(latencies.during, share)]
    const times = `${idle.toFixed(1)} ms idle, ${during.toFixed(1)} ms during an import`
    print(`interactive write ${name}: ${times}, ${(during / idle).toFixed(2)} times`)
  }
}

function rates(done: string, { rowsPerSecond }: Imported, raw: number, mutations: number): string {
  const [own, plain, single] = [rowsPerSecond, raw, mutations].map((rate) => rate.toFixed(0))
  return (
    `${own} rows/s ${done}: ${(rowsPerSecond / raw).toFixed(2)} of raw rows (${plain}/s), ` +
    `${(rowsPerSecond / mutations).toFixed(1)} times a mutation a row (${single}/s)`
  )
}
