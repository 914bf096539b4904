/** A whole Lockstep in this process over a folder of its own, with a company that sells; nothing of it listens. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../gateway/app.ts'
import type { EntityOutcome, RowOutcome, RowsWrite, RowWrite } from '../../gateway/sync/write.ts'
import type { PlanDigest, PrepareRequest } from '../../schema/participant.ts'
import { readConfig } from '../../schema/process/config.ts'
import { NEVER_WRITTEN, type Row, SYSTEMS, type System, type TransactionId } from '../../schema/record.ts'
import { recordKeyOf } from '../../schema/record-key.ts'

export const COMPANY = 'tst'
export const OPTIONS = { idempotencyKey: null, expectedRevision: null, timeoutMs: 20_000, dryRun: false }

export interface Company extends AsyncDisposable {
  readonly app: App
  /** Writes one row as a caller of `write` would. */
  one(row: RowWrite): Promise<EntityOutcome>
  rows(rows: readonly RowWrite[], more?: Partial<RowsWrite>): Promise<readonly RowOutcome[]>
  /** Every record of a table, but for the ids that its system makes up, in key order. */
  holds(system: System, table: string): Promise<readonly unknown[]>
}

/** The group TRADE, US dollars, pieces, and the products P-1 and P-2. */
export async function openCompany(): Promise<Company> {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-rows-'))
  const config = {
    ...readConfig({}),
    port: 0,
    logLevel: 'silent' as const,
    sampleData: false,
    dataDirectory: directory,
  }
  const app = await createApp(config, { clock: Date.now, random: Math.random })
  const one: Company['one'] = ({ expectedRevision, ...row }) =>
    app.sync.write({ ...row, actor: null, options: { ...OPTIONS, expectedRevision } })
  await createAlone(app, 'CRM', 'cdm_companies', { cdm_companycode: COMPANY, cdm_name: 'Test Trading' })
  await createAlone(app, 'ERP', 'LegalEntities', { LegalEntityId: COMPANY, Name: 'Test Trading' })
  const filled = [
    await one(row('CREATE', 'Currency', { code: 'USD', name: 'US dollar', symbol: '$' })),
    await one(row('CREATE', 'CustomerGroup', { company: COMPANY, code: 'TRADE' })),
    await one(row('CREATE', 'Unit', { symbol: 'PCS', description: 'Pieces' })),
    await one(row('CREATE', 'Product', product('P-1', '10.00'))),
    await one(row('CREATE', 'Product', product('P-2', '2.50'))),
  ]
  const errors = filled.flatMap((outcome) => outcome.errors)
  if (errors.length > 0) throw new Error(`the company cannot be filled: ${JSON.stringify(errors)}`)

  return {
    app,
    one,
    rows: (rows, more = {}) =>
      app.sync.writeRows({
        ...{ rows, actor: null, origin: 'GRAPH', idempotencyKey: null, timeoutMs: 20_000, dryRun: false },
        ...more,
      }),
    async holds(system, table) {
      const participant = app.participants.get(system)
      if (participant === undefined) throw new TypeError(`no ${system}`)
      const [found = []] = await participant.select([{ table, where: {} }])
      const { columns = {} } = app.mapSet.tables[system].get(table) ?? {}
      const kept = (all: Row | null) =>
        all && Object.fromEntries(Object.entries(all).filter(([name]) => columns[name]?.generated !== true))
      return found.map(({ key, state: { row, version } }) => ({ key, row: kept(row), revision: version.revision }))
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** A record of a table that no map has: its system alone decides. */
async function createAlone({ participants, mapSet }: App, system: System, table: string, set: Row): Promise<void> {
  const definition = mapSet.tables[system].get(table)
  const key = definition === undefined ? null : recordKeyOf(definition, set)
  if (key === null) throw new TypeError(`the record of ${table} has no key`)
  const id = `fill-${table}` as TransactionId
  const at = Date.now()
  const request: PrepareRequest = {
    ...{ id, plan: id as string as PlanDigest, participants: [system], mapSet: mapSet.id, origin: system, actor: null },
    ...{ startedAt: at, age: { at, id }, deadline: at + OPTIONS.timeoutMs, idempotency: null, subject: null },
    writes: [{ operation: 'CREATE', table, key, set, base: NEVER_WRITTEN, revision: NEVER_WRITTEN.revision }],
    refusals: [],
  }
  const [vote] = await Promise.all(participants.get(system)?.prepare([request]) ?? [])
  if (vote?.vote !== 'YES') throw new Error(`${table} cannot be filled: ${JSON.stringify(vote)}`)
}

export function row(
  operation: RowWrite['operation'],
  entity: string,
  input: object,
  id: string | null = null,
): RowWrite {
  return { entity, operation, id, input: { ...input }, expectedRevision: null }
}

export function customer(number: string, more: object = {}) {
  const terms = { group: { code: 'TRADE' }, currency: { code: 'USD' } }
  return { company: COMPANY, number, name: `Customer ${number}`, ...terms, ...more }
}

function product(number: string, price: string) {
  return { company: COMPANY, number, name: `Product ${number}`, price, salesUnit: { symbol: 'PCS' } }
}

export function line(product: string, quantity: string, price: string, more: object = {}) {
  return { product: { number: product }, unit: { symbol: 'PCS' }, quantity, price, ...more }
}

export function order(number: string, customer: string, lines: readonly object[], more: object = {}) {
  return { company: COMPANY, number, customer: { number: customer }, currency: { code: 'USD' }, lines, ...more }
}

/** The table that holds an entity in each system. */
export function tablesOf({ app }: Company, entity: string): readonly (readonly [System, string])[] {
  return SYSTEMS.map((system) => [system, app.mapSet.byEntity.get(entity)?.sides[system].table.table ?? ''] as const)
}
