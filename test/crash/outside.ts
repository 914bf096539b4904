/** What the two SQLite files hold of customers and of transactions, read from outside with nothing of the product. */

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export const SYSTEMS = ['CRM', 'ERP'] as const
export type System = (typeof SYSTEMS)[number]

export interface HeldCustomer {
  readonly number: string
  readonly memo: string | null
  readonly name: string
  readonly revision: number
  readonly transaction: string | null
}

/** What is left of a deleted customer. */
export interface Tombstone {
  readonly number: string
  readonly revision: number
  readonly transaction: string
}

export interface HeldTransaction {
  readonly id: string
  readonly state: string
  readonly participants: readonly string[]
  /** Of customers only. */
  readonly writes: readonly HeldWrite[]
}

export interface HeldWrite {
  readonly number: string
  readonly base: number
  readonly revision: number
}

export interface Held {
  readonly customers: readonly HeldCustomer[]
  readonly deleted: readonly Tombstone[]
  readonly transactions: ReadonlyMap<string, HeldTransaction>
}

export type Files = Readonly<Record<System, Held>>

interface Layout {
  readonly file: string
  readonly table: string
  readonly customers: string
  /** Whether a row of the table is a customer. */
  readonly isCustomer: (row: Row) => boolean
}

type Row = Readonly<Record<string, unknown>>

const LAYOUTS: Readonly<Record<System, Layout>> = {
  CRM: {
    file: 'crm.sqlite',
    table: 'accounts',
    customers: `SELECT accountnumber AS number, description AS memo, name, _revision AS revision, _transaction AS "transaction" FROM t_accounts WHERE customertypecode = 3 ORDER BY _key`,
    isCustomer: (row) => row['customertypecode'] === 3,
  },
  ERP: {
    file: 'erp.sqlite',
    table: 'CustomersV3',
    customers: `SELECT CustomerAccount AS number, SalesMemo AS memo, OrganizationName AS name, _revision AS revision, _transaction AS "transaction" FROM t_CustomersV3 WHERE PartyType = 'Organization' ORDER BY _key`,
    isCustomer: (row) => row['PartyType'] === 'Organization',
  },
}

export function readFiles(directory: string): Files {
  return { CRM: readFile(directory, LAYOUTS.CRM), ERP: readFile(directory, LAYOUTS.ERP) }
}

function readFile(directory: string, layout: Layout): Held {
  const { file, table, customers } = layout
  using database = new DatabaseSync(join(directory, file), { readOnly: true })
  // What a living process writes between two of these is not seen.
  database.exec('BEGIN')
  return {
    customers: database.prepare(customers).all().map(customerOf),
    deleted: database
      .prepare('SELECT key, revision, transaction_id FROM tombstones WHERE table_name = ? ORDER BY key')
      .all(table)
      .map((row) => ({
        number: numberIn(row['key']),
        revision: Number(row['revision']),
        transaction: String(row['transaction_id']),
      })),
    transactions: transactions(database, layout),
  }
}

/** Transactions that a system has promised and not ended, whatever they write. */
export function countInDoubt(directory: string): number {
  const counts = SYSTEMS.map((system) => {
    using database = new DatabaseSync(join(directory, LAYOUTS[system].file), { readOnly: true })
    return Number(database.prepare(`SELECT count(*) AS n FROM transactions WHERE state = 'PREPARED'`).get()?.['n'])
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

function customerOf(row: Row): HeldCustomer {
  return {
    number: String(row['number']),
    memo: row['memo'] === null ? null : String(row['memo']),
    name: String(row['name']),
    revision: Number(row['revision']),
    transaction: row['transaction'] === null ? null : String(row['transaction']),
  }
}

interface StoredWrite {
  readonly table: string
  readonly key: string
  readonly before: Row | null
  readonly after: Row | null
  readonly base: { readonly revision: number }
  readonly revision: number
}

function transactions(database: DatabaseSync, { table, isCustomer }: Layout): ReadonlyMap<string, HeldTransaction> {
  const rows = database
    .prepare('SELECT id, state, participants, writes FROM transactions LEFT JOIN transaction_bodies USING (position)')
    .all()
  return new Map(
    rows.map((row) => {
      const id = String(row['id'])
      const stored = JSON.parse(String(row['writes'] ?? '[]')) as readonly StoredWrite[]
      const writes = stored
        .filter(({ table: written, before, after }) => written === table && isCustomer(after ?? before ?? {}))
        .map(({ key, base, revision }) => ({ number: numberIn(key), base: base.revision, revision }))
      return [id, { id, state: String(row['state']), participants: String(row['participants']).split(','), writes }]
    }),
  )
}

/** Of a key of company and number. */
function numberIn(key: unknown): string {
  const [, number] = JSON.parse(String(key)) as readonly string[]
  return String(number)
}
