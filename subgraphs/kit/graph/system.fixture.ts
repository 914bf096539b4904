/** A system over a real store, with the shipped tables and maps or others, filled by whoever tests it. */

import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ExecutionResult, type GraphQLSchema, graphql } from 'graphql'
import { compileMapSet } from '../../../maps/compile.ts'
import { loadCatalog, loadTables } from '../../../maps/load.ts'
import type { MapSet } from '../../../maps/model.ts'
import type { Submit } from '../../../schema/native-write.ts'
import type { PlanDigest, PrepareRequest, Write } from '../../../schema/participant.ts'
import { NEVER_WRITTEN, type Row, type System, type TransactionId } from '../../../schema/record.ts'
import { recordKeyOf } from '../../../schema/record-key.ts'
import type { RecordStore } from '../stores/record-store.ts'
import { openSqliteStore } from '../stores/sqlite/store.ts'
import { type OpenSystem, systemOver } from '../system.ts'

/** Older than any write that a test makes. */
const STARTED_AT = Date.UTC(2024, 4, 31, 12)
export const LIMITS = { pageSizeMax: 500, timeoutDefaultMs: 10_000, timeoutMaxMs: 60_000 }

export function shippedMapSet(): MapSet {
  const tables = [...loadTables('CRM', 'subgraphs/crm/tables'), ...loadTables('ERP', 'subgraphs/erp/tables')]
  return compileMapSet(tables, loadCatalog({ maps: 'maps/catalog', values: 'maps/values' }))
}

export interface TestSystem extends OpenSystem, AsyncDisposable {
  readonly mapSet: MapSet
  readonly errors: unknown[]
}

export async function openTestSystem(
  system: System,
  submit: Submit = noGateway,
  mapSet: MapSet = shippedMapSet(),
): Promise<TestSystem> {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-graph-'))
  const errors: unknown[] = []
  const tables = [...mapSet.tables[system].values()]
  const file = join(directory, 'system.sqlite')
  const store = await openSqliteStore({ system, file, tables, logic: logicOf(system) })
  const open = systemOver(store, {
    system,
    tables,
    mapSet,
    submit,
    clock: Date.now,
    limits: LIMITS,
    onError: (error) => errors.push(error),
  })
  const dispose = async () => {
    await open.close()
    await rm(directory, { recursive: true })
  }
  return { ...open, mapSet, errors, [Symbol.asyncDispose]: dispose }
}

function logicOf(system: System) {
  const moduleOf = (folder: string) => new URL(`../../${system.toLowerCase()}/${folder}/index.ts`, import.meta.url).href
  return {
    rules: { module: moduleOf('rules'), export: `${system}_RULES` },
    computations: { module: moduleOf('computations'), export: `${system}_COMPUTATIONS` },
  }
}

const noGateway: Submit = () => Promise.reject(new Error('ECONNREFUSED 10.0.0.1'))

/** Commits the rows to the table at revision 1, all in one transaction. */
export async function fill(system: TestSystem, table: string, rows: readonly Row[]): Promise<void> {
  const definition = system.mapSet.tables[system.system].get(table)
  const writes = rows.map((row) => {
    const key = definition === undefined ? null : recordKeyOf(definition, row)
    if (key === null) throw new TypeError(`a row of ${table} has no key`)
    return { operation: 'CREATE' as const, table, key, set: row, base: NEVER_WRITTEN, revision: 1 }
  })
  const [vote] = system.participant.prepare([requestFor(system, [system.system], writes)])
  const answer = await vote
  if (answer?.vote !== 'YES') throw new Error(`the rows of ${table} were refused: ${JSON.stringify(answer)}`)
}

export function requestFor(
  { system, mapSet }: TestSystem,
  participants: readonly System[],
  writes: readonly Write[],
): PrepareRequest {
  const id = randomUUID() as string as TransactionId
  return {
    id,
    plan: 'plan' as string as PlanDigest,
    participants,
    mapSet: mapSet.id,
    origin: system,
    actor: null,
    startedAt: STARTED_AT,
    age: { at: STARTED_AT, id },
    deadline: Date.now() + 60_000,
    idempotency: null,
    subject: null,
    writes,
    refusals: [],
  }
}

/** One request, with loaders of its own. */
export function ask(
  system: Pick<OpenSystem, 'context'>,
  schema: GraphQLSchema,
  source: string,
  variableValues: Readonly<Record<string, unknown>> = {},
): Promise<ExecutionResult> {
  return graphql({ schema, source, variableValues, contextValue: system.context('alice') })
}

/** The data of an answer without errors, as plain JSON. */
export async function dataOf(answer: Promise<ExecutionResult>): Promise<never> {
  const { data, errors } = await answer
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('\n'))
  return JSON.parse(JSON.stringify(data)) as never
}

/** Counts the calls that reach a store. */
export function counted(store: RecordStore): { readonly store: RecordStore; readonly calls: string[] } {
  const calls: string[] = []
  const READS = new Set(['get', 'query', 'queryGroups', 'count', 'countGroups'])
  const proxy = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...given: unknown[]) => {
        if (READS.has(String(name))) calls.push(`${String(name)} ${describe(given[0])}`)
        return Reflect.apply(member, target, given)
      }
    },
  })
  return { store: proxy, calls }
}

function describe(given: unknown): string {
  return typeof given === 'object' && given !== null && 'table' in given ? String(given.table) : String(given)
}
