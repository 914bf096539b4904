/** The shipped maps over two real stores in a folder of their own, with every call to them counted. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createCoordinator } from '../../gateway/coordinator/shell.ts'
import { clockOf, randomnessOf } from '../../gateway/environment.ts'
import { createGraph, type Graph, type GraphOptions } from '../../gateway/graph/server.ts'
import type { Participants } from '../../gateway/graph/unified/record-loaders.ts'
import { writeSampleData } from '../../gateway/sample.ts'
import { createSync } from '../../gateway/sync/sync.ts'
import type { MapSet } from '../../maps/model.ts'
import { SAMPLE_DATA } from '../../maps/sample/sample-data.ts'
import { shippedMapSet } from '../../maps/shipped.ts'
import { SYSTEMS, type System } from '../../schema/record.ts'
import type { RecordStore } from '../../subgraphs/kit/stores/record-store.ts'
import { type BusinessLogic, openSqliteStore } from '../../subgraphs/kit/stores/sqlite/store.ts'
import { systemOver } from '../../subgraphs/kit/system.ts'
import { NO_FEED } from './no-feed.ts'
import { NO_IMPORTS } from './no-imports.ts'

export interface RunningGraph extends Pick<Graph, 'server' | 'operations' | 'context'> {
  /** Executes an operation, and gives its data; fails where there are errors. */
  readonly run: <Data>(query: string, variables?: Record<string, unknown>) => Promise<Data>
  /** Fetches and store calls since the last operation began, as `crm` and `CRM.get`. */
  readonly calls: () => readonly string[]
  readonly mapSet: MapSet
  readonly participants: Participants
  readonly close: () => Promise<void>
}

const LOGIC: Readonly<Record<System, BusinessLogic>> = { CRM: logicOf('CRM'), ERP: logicOf('ERP') }

function logicOf(system: System): BusinessLogic {
  const moduleOf = (folder: string) =>
    new URL(`../../subgraphs/${system.toLowerCase()}/${folder}/index.ts`, import.meta.url).href
  return {
    rules: { module: moduleOf('rules'), export: `${system}_RULES` },
    computations: { module: moduleOf('computations'), export: `${system}_COMPUTATIONS` },
  }
}

const LIMITS = {
  queryDepthMax: 15,
  queryTokensMax: 5_000,
  pageSizeMax: 500,
  timeoutDefaultMs: 10_000,
  timeoutMaxMs: 60_000,
}

export async function startGraph(feed: GraphOptions['feed'] = () => NO_FEED): Promise<RunningGraph> {
  const calls: string[] = []
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-graph-'))
  const environment = { clock: Date.now, random: Math.random }
  const clock = clockOf(environment)
  const log = pino({ level: 'silent' })
  const mapSet = shippedMapSet()
  const systems = await Promise.all(SYSTEMS.map((system) => openSystem(system, directory, mapSet, calls)))
  const participants = new Map(systems.map(({ system, participant }) => [system, participant]))
  const settings = { tenant: 'test', maxTimeoutMs: 60_000, attemptsMax: 10, lockBackoffMs: 10, inFlightMax: 1_000 }
  const coordinator = createCoordinator({ participants, clock, random: randomnessOf(environment), log, settings })
  const sync = createSync({ mapSet, participants, coordinator, defaultTimeoutMs: LIMITS.timeoutDefaultMs })
  const sample = { ...SAMPLE_DATA, after: { CRM: [], ERP: [] } }
  await writeSampleData(sample, { mapSet, participants, sync, now: clock.now, timeoutMs: 10_000 })
  const graph = await createGraph({
    mapSet,
    subgraphs: systems.map(({ system, subgraph }) => ({ name: system.toLowerCase(), ...subgraph })),
    sync,
    coordinator,
    participants,
    feed,
    imports: NO_IMPORTS,
    contextFor: (actor) => Object.assign({}, ...systems.map((system) => system.context(actor))),
    limits: LIMITS,
    log,
    onFetch: (subgraph) => calls.push(subgraph),
  })

  return {
    server: graph.server,
    operations: graph.operations,
    context: graph.context,
    mapSet,
    participants,
    async run(query, variables = {}) {
      calls.length = 0
      const { body } = await graph.server.executeOperation({ query, variables }, { contextValue: graph.context(null) })
      if (body.kind !== 'single') throw new Error('incremental')
      const { data, errors } = body.singleResult
      if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors))
      return JSON.parse(JSON.stringify(data))
    },
    calls: () => [...calls],
    async close() {
      await graph.stop()
      await Promise.all(systems.map((system) => system.close()))
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function openSystem(system: System, directory: string, mapSet: MapSet, calls: string[]) {
  const tables = [...mapSet.tables[system].values()]
  const file = join(directory, `${system}.sqlite`)
  const store = await openSqliteStore({ system, file, tables, logic: LOGIC[system] })
  return systemOver(countingReads(store, calls), {
    system,
    tables,
    mapSet,
    submit: () => Promise.reject(new Error('no native write is expected here')),
    clock: Date.now,
    limits: LIMITS,
    onError: (error) => {
      throw error
    },
  })
}

function countingReads(store: RecordStore, calls: string[]): RecordStore {
  const counted = <Name extends 'get' | 'query' | 'queryGroups' | 'count' | 'countGroups' | 'read'>(name: Name) =>
    ((...given: Parameters<RecordStore[Name]>) => {
      calls.push(`${store.system}.${name}`)
      return Reflect.apply(store[name], store, given)
    }) as RecordStore[Name]
  return {
    system: store.system,
    prepare: (requests) => store.prepare(requests),
    commit: (ids) => store.commit(ids),
    abort: (ids) => store.abort(ids),
    fence: (requests) => store.fence(requests),
    check: (requests) => store.check(requests),
    look: (query) => store.look(query),
    select: (selections) => store.select(selections),
    derive: (requests) => store.derive(requests),
    draw: (requests) => store.draw(requests),
    describe: () => store.describe(),
    statistics: () => store.statistics(),
    onCommit: (listener) => store.onCommit(listener),
    close: () => store.close(),
    read: counted('read'),
    get: counted('get'),
    query: counted('query'),
    queryGroups: counted('queryGroups'),
    count: counted('count'),
    countGroups: counted('countGroups'),
  }
}
