/**
 * The composition root: builds every part from the configuration and puts them together, for `main` and for the tests
 * alike. The one file of the gateway that imports from `subgraphs`: here both systems run in the gateway's process.
 */

import { access, constants, mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import { compileMapSet } from '../maps/compile.ts'
import { loadCatalog, loadTables, packageRoot } from '../maps/load.ts'
import type { MapSet } from '../maps/model.ts'
import { sampleWrites } from '../maps/sample/sample.ts'
import { type Participant, type Submit, SYSTEMS, type System } from '../schema/participant.ts'
import * as crmSample from '../subgraphs/crm/sample.ts'
import * as erpSample from '../subgraphs/erp/sample.ts'
import { nativeServer } from '../subgraphs/kit/http.ts'
import { participantRoutes } from '../subgraphs/kit/participant-http.ts'
import { StoreFailed, StoreInUse, StoreUnfit } from '../subgraphs/kit/stores/sqlite/faults.ts'
import { type BusinessLogic, openSqliteStore } from '../subgraphs/kit/stores/sqlite/store.ts'
import { subgraphRoutes } from '../subgraphs/kit/subgraph-http.ts'
import { type OpenSystem, systemOver } from '../subgraphs/kit/system.ts'
import type { Config } from './config.ts'
import type { Coordinator } from './coordinator/coordinator.ts'
import type { Clock } from './coordinator/environment.ts'
import { createCoordinator } from './coordinator/shell.ts'
import { clockOf, type Environment, randomnessOf } from './environment.ts'
import { createGraph, type Graph } from './graph/server.ts'
import { type Admission, createAdmission } from './http/admission.ts'
import { CRM_EXAMPLES, ERP_EXAMPLES, EXAMPLES } from './http/examples.ts'
import type { GraphRoute } from './http/parts.ts'
import { createHttp } from './http/server.ts'
import { createLog, type Log } from './log.ts'
import { type SampleData, writeSampleData } from './sample.ts'
import { StartError, startErrorOf } from './start-error.ts'
import { createSync } from './sync/sync.ts'
import type { Sync } from './sync/write.ts'

export interface App {
  readonly mapSet: MapSet
  readonly systems: readonly OpenSystem[]
  readonly participants: ReadonlyMap<System, Participant>
  readonly coordinator: Coordinator
  readonly sync: Sync
  readonly graph: Graph
  /** Takes requests from now on. Rejects with a StartError where the address cannot be had. */
  listen(): Promise<{ readonly url: string }>
  /** Takes no new work, finishes what is in flight and closes the stores. */
  close(): Promise<void>
}

const TENANT = 'lockstep'
const ATTEMPTS_MAX = 10
const LOCK_BACKOFF_MS = 10

/**
 * Recovered and filled, but not listening. Rejects with a StartError for whatever an operator can put right. `log`
 * defaults to standard output.
 */
export async function createApp(
  config: Config,
  environment: Environment,
  log = createLog(config.logLevel),
): Promise<App> {
  // Closes in the opposite order of opening, also where the start fails half-way.
  const opened = new AsyncDisposableStack()
  try {
    return await build(config, environment, log, opened)
  } catch (error) {
    await opened.disposeAsync()
    throw startErrorOf(error, config)
  }
}

async function build(config: Config, environment: Environment, log: Log, opened: AsyncDisposableStack): Promise<App> {
  const clock = clockOf(environment)
  const mapSet = loadMapSet()
  const writes = lateBound()
  const systems = await openSystems(config, { mapSet, clock, log, submit: writes.submit })
  for (const system of systems) opened.defer(system.close)
  const participants = new Map(systems.map(({ system, participant }) => [system, participant]))

  const settings = {
    tenant: TENANT,
    maxTimeoutMs: config.timeoutMaxMs,
    attemptsMax: ATTEMPTS_MAX,
    lockBackoffMs: LOCK_BACKOFF_MS,
    inFlightMax: config.writesInFlightMax,
  }
  const coordinator = createCoordinator({
    participants,
    clock,
    random: randomnessOf(environment),
    log: log.child({ part: 'coordinator' }),
    settings,
  })
  opened.defer(() => coordinator.drain(config.drainMs))
  // The stores are locked, so nobody else can be at work on what is found in doubt. Later passes follow by themselves.
  await coordinator.recover({ alone: true })

  const sync = createSync({ mapSet, participants, coordinator, defaultTimeoutMs: config.timeoutDefaultMs })
  writes.bind(sync.writeNative)
  if (config.sampleData) {
    const options = { mapSet, participants, sync, now: clock.now, timeoutMs: config.timeoutDefaultMs }
    if (await writeSampleData(SAMPLE_DATA, options)) log.info('sample data written')
  }

  const contextFor = (actor: string | null) => Object.assign({}, ...systems.map((system) => system.context(actor)))
  const subgraphs = systems.map(({ system, subgraph }) => ({ name: system.toLowerCase(), ...subgraph }))
  const graph = await createGraph({
    mapSet,
    subgraphs,
    sync,
    coordinator,
    participants,
    contextFor,
    limits: config,
    log,
  })
  opened.defer(graph.stop)

  const admission = createAdmission(config.requestsInFlightMax)
  const http = await createHttp({
    config,
    log: log.child({ part: 'http' }),
    admission,
    graphs: [graphRoute(graph), ...(await Promise.all(systems.map((system) => nativeRoute(system, config, log))))],
    internal: systems.flatMap((system) => internalRoutes(system, config)),
    dependencies: systems.map(({ system, participant }) => ({
      name: `the ${system}`,
      check: () => participant.look({ by: 'IN_DOUBT', deadlineBefore: 0 }),
    })),
  })
  opened.defer(() => http.close())
  return {
    mapSet,
    systems,
    participants,
    coordinator,
    sync,
    graph,
    ...listening(http, admission, { config, opened, log }),
  }
}

function listening(
  http: Awaited<ReturnType<typeof createHttp>>,
  admission: Admission,
  { config, opened, log }: { readonly config: Config; readonly opened: AsyncDisposableStack; readonly log: Log },
): Pick<App, 'listen' | 'close'> {
  return {
    listen: async () => {
      try {
        const url = await http.listen({ host: config.host, port: config.port })
        admission.open()
        return { url }
      } catch (error) {
        await opened.disposeAsync()
        throw startErrorOf(error, config)
      }
    },
    close: async () => {
      log.info('draining')
      await admission.drain()
      await opened.disposeAsync()
      log.info('closed')
    },
  }
}

const ROOT = packageRoot()

function loadMapSet(): MapSet {
  const tables = SYSTEMS.flatMap((system) =>
    loadTables(system, join(ROOT, 'subgraphs', system.toLowerCase(), 'tables')),
  )
  return compileMapSet(tables, loadCatalog({ maps: join(ROOT, 'maps/catalog'), values: join(ROOT, 'maps/values') }))
}

/** Systems are opened before what their native writes are submitted to. */
function lateBound(): { readonly submit: Submit; readonly bind: (submit: Submit) => void } {
  let bound: Submit = () => Promise.reject(new Error('the gateway is starting'))
  return {
    submit: (write) => bound(write),
    bind: (submit) => {
      bound = submit
    },
  }
}

interface SystemParts {
  readonly mapSet: MapSet
  readonly clock: Clock
  readonly log: Log
  readonly submit: Submit
}

async function openSystems(config: Config, parts: SystemParts): Promise<readonly OpenSystem[]> {
  await mkdir(config.dataDirectory, { recursive: true })
  await access(config.dataDirectory, constants.W_OK)
  const opening = await Promise.allSettled(SYSTEMS.map((system) => openSystem(system, config, parts)))
  const opened = opening.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  for (const one of opening) {
    if (one.status === 'fulfilled') continue
    await Promise.all(opened.map((system) => system.close()))
    throw one.reason
  }
  return opened
}

async function openSystem(system: System, config: Config, { mapSet, clock, log, submit }: SystemParts) {
  const tables = [...mapSet.tables[system].values()]
  const file = join(config.dataDirectory, `${system.toLowerCase()}.sqlite`)
  const systemLog = log.child({ part: system.toLowerCase() })
  const store = await openSqliteStore({ system, file, tables, logic: LOGIC[system] }).catch((error: unknown) => {
    throw unusableStore(error, file)
  })
  return systemOver(store, {
    system,
    tables,
    mapSet,
    submit,
    clock: clock.now,
    limits: config,
    onError: (error, message) => systemLog.error({ err: error }, message),
  })
}

function unusableStore(error: unknown, file: string): unknown {
  const text = error instanceof Error ? error.message : String(error)
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const isExpected = [StoreInUse, StoreUnfit, StoreFailed].some((fault) => error instanceof fault)
  return isExpected ? new StartError(`The store ${file} cannot be used. ${text}${cause}`, error) : error
}

/** Rules and computations run on the stores' own threads, which load them by their address. */
const LOGIC: Readonly<Record<System, BusinessLogic>> = { CRM: logicOf('CRM'), ERP: logicOf('ERP') }

function logicOf(system: System): BusinessLogic {
  const folder = `../subgraphs/${system.toLowerCase()}`
  return {
    rules: { module: addressOf(`${folder}/rules/index`), export: `${system}_RULES` },
    computations: { module: addressOf(`${folder}/computations/index`), export: `${system}_COMPUTATIONS` },
  }
}

function addressOf(module: string): string {
  return new URL(`${module}${extname(import.meta.url)}`, import.meta.url).href
}

const SAMPLE_DATA: SampleData = {
  before: { CRM: crmSample.sampleCompanies(), ERP: [...erpSample.sampleCompanies(), ...erpSample.sampleTaxGroups()] },
  writes: sampleWrites(),
  after: { CRM: crmSample.sampleRows(), ERP: erpSample.sampleRows() },
}

function graphRoute(graph: Graph): GraphRoute {
  return {
    path: '/graphql',
    handler: fastifyApolloHandler(graph.server, { context: async () => graph.context(null) }),
    page: { title: 'Lockstep', examples: EXAMPLES },
  }
}

async function nativeRoute({ system, native, context }: OpenSystem, config: Config, log: Log): Promise<GraphRoute> {
  const server = await nativeServer({
    schema: native,
    limits: config,
    onError: (error, message) => log.error({ err: error, part: system.toLowerCase() }, message),
  })
  return {
    path: `/${system.toLowerCase()}/graphql`,
    handler: fastifyApolloHandler(server, { context: async () => context(null) }),
    page: { title: `Lockstep ${system}`, examples: { CRM: CRM_EXAMPLES, ERP: ERP_EXAMPLES }[system] },
  }
}

function internalRoutes({ system, participant, subgraph, context }: OpenSystem, { serviceToken: token }: Config) {
  const prefix = `/${system.toLowerCase()}`
  return [
    { prefix, routes: participantRoutes({ participant, token }) },
    { prefix, routes: subgraphRoutes({ schema: subgraph.schema, context: () => context(null), token }) },
  ]
}
