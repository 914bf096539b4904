/** Two real stores, a table in each, and coordinators over them: what every test of the coordinator begins with. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Coordinator, Leg, Plan, TransactionRequest } from '../../gateway/coordinator/coordinator.ts'
import type { Clock, CoordinatorSettings, Log } from '../../gateway/coordinator/environment.ts'
import { createCoordinator } from '../../gateway/coordinator/shell.ts'
import type { TransactionRow, Write } from '../../schema/participant.ts'
import type { RecordKey, Row, System, TransactionId } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'
import { columnOf, tableOf } from '../../schema/table.fixture.ts'
import { openSqliteStore } from '../../subgraphs/kit/stores/sqlite/store.ts'
import { createFaultyParticipant, type FaultyParticipant } from './faulty-participant.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'

export const TIMEOUT_MS = 20_000
export const NAME_MAX = { CRM: 12, ERP: 8 } as const

const table = (system: System, name: string) => {
  const number = columnOf('number', { required: true, immutable: true, maxLength: 20 })
  return tableOf(name, ['number'], [number, columnOf('name', { required: true, maxLength: NAME_MAX[system] })], {
    system,
  })
}

const TABLES = { CRM: 'accounts', ERP: 'customers' } as const

/** Keeps what was logged at `warn` and above, for tests that say what must not be there. */
export interface KeptLog extends Log {
  readonly lines: { readonly level: 'warn' | 'error'; readonly fields: object; readonly message: string }[]
}

export function createKeptLog(): KeptLog {
  const lines: KeptLog['lines'] = []
  const keep = (level: 'warn' | 'error') => (fields: object, message: string) =>
    void lines.push({ level, fields, message })
  return { lines, debug: () => {}, info: () => {}, warn: keep('warn'), error: keep('error') }
}

export interface CoordinatorOptions {
  readonly clock?: Clock
  readonly settings?: Partial<CoordinatorSettings>
  readonly log?: Log
}

export interface Gateway {
  readonly coordinator: Coordinator
  readonly crm: FaultyParticipant
  readonly erp: FaultyParticipant
}

export interface TwoSystems extends AsyncDisposable {
  readonly clock: ManualClock
  /** A coordinator with wires of its own to the same two systems. */
  gateway(options?: CoordinatorOptions): Gateway
  /** A request that gives the customer this name in both systems, or in one. */
  naming(
    number: string,
    name: string,
    change?: Partial<TransactionRequest>,
    systems?: readonly System[],
  ): TransactionRequest
  planNaming(number: string, name: string, systems?: readonly System[]): Promise<Plan>
  /** The customer's names as committed, CRM first; null where it does not exist. */
  names(number: string): Promise<readonly (string | null)[]>
  revisions(number: string): Promise<readonly number[]>
  /** Both systems' rows under an id, CRM first. */
  rows(id: TransactionId): Promise<readonly (TransactionRow | undefined)[]>
  readonly stores: Readonly<Record<System, Awaited<ReturnType<typeof openSqliteStore>>>>
}

const SETTINGS: CoordinatorSettings = {
  tenant: 'test',
  maxTimeoutMs: 60_000,
  attemptsMax: 5,
  lockBackoffMs: 10,
  inFlightMax: 1_000,
}

export async function openTwoSystems(): Promise<TwoSystems> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-coordinator-'))
  const open = (system: System) =>
    openSqliteStore({
      system,
      file: join(folder, `${system}.sqlite`),
      tables: [table(system, TABLES[system])],
      logic: null,
    })
  const [crmStore, erpStore] = await Promise.all([open('CRM'), open('ERP')])
  const stores = { CRM: crmStore, ERP: erpStore }
  const clock = createManualClock(Date.now())
  const coordinators: Coordinator[] = []
  let randomness = 0

  const stateOf = async (system: System, number: string) => {
    const [state] = await stores[system].read([{ table: TABLES[system], key: recordKey([number]) }])
    return state ?? { version: { revision: 0, transaction: null }, row: null }
  }

  const legNaming = async (system: System, number: string, name: string): Promise<Leg> => {
    const { version, row } = await stateOf(system, number)
    const key = recordKey([number])
    return { system, writes: [writeName(TABLES[system], key, name, row, version)] }
  }

  const planNaming: TwoSystems['planNaming'] = async (number, name, systems = ['CRM', 'ERP']) => ({
    legs: await Promise.all(systems.map((system) => legNaming(system, number, name))),
    mapSet: 'maps-1',
    subject: { entity: 'Customer', id: number },
    refusals: [],
  })

  return {
    clock,
    stores,
    planNaming,
    gateway(options = {}) {
      const crm = createFaultyParticipant(crmStore)
      const erp = createFaultyParticipant(erpStore)
      const coordinator = createCoordinator({
        participants: new Map([
          ['CRM', crm],
          ['ERP', erp],
        ]),
        clock: options.clock ?? clock,
        random: {
          bytes: (size) => {
            randomness += 1
            return new Uint8Array(new Uint32Array([randomness, 0, randomness, 0]).buffer).slice(0, size)
          },
          fraction: () => 0.5,
        },
        log: options.log ?? createKeptLog(),
        settings: { ...SETTINGS, ...options.settings },
      })
      coordinators.push(coordinator)
      return { coordinator, crm, erp }
    },
    naming: (number, name, change = {}, systems = ['CRM', 'ERP']) => ({
      origin: 'GRAPH',
      actor: null,
      idempotencyKey: null,
      request: JSON.stringify([number, name]),
      systems,
      hot: [`Customer/${number}`],
      timeoutMs: TIMEOUT_MS,
      plan: () => planNaming(number, name, systems),
      ...change,
    }),
    names: async (number) => {
      const states = await Promise.all([stateOf('CRM', number), stateOf('ERP', number)])
      return states.map(({ row }) => (row === null ? null : String(row['name'])))
    },
    revisions: async (number) => {
      const states = await Promise.all([stateOf('CRM', number), stateOf('ERP', number)])
      return states.map(({ version }) => version.revision)
    },
    rows: async (id) => {
      const looks = await Promise.all([crmStore.look({ by: 'ID', id }), erpStore.look({ by: 'ID', id })])
      return looks.map(([row]) => row)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(coordinators.map((coordinator) => closeNow(coordinator, clock)))
      await Promise.all([crmStore.close(), erpStore.close()])
      await rm(folder, { recursive: true })
    },
  }
}

/** Runs until the condition holds; the stores' own threads go on meanwhile. The test's time limit is the only bound. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise<void>((resolve) => setImmediate(resolve))
}

function closeNow(coordinator: Coordinator, clock: ManualClock): Promise<void> {
  const drained = coordinator.drain(0)
  clock.advance(0)
  return drained
}

function writeName(table: string, key: RecordKey, name: string, row: Row | null, base: Write['base']): Write {
  const common = { table, key, base, revision: base.revision + 1 }
  const [number] = JSON.parse(key)
  return row === null
    ? { operation: 'CREATE', set: { number, name }, ...common }
    : { operation: 'UPDATE', set: { name }, ...common }
}
