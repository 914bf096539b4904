/** What the two SQLite files hold, read from outside with nothing of the product. */

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface HeldCustomer {
  readonly number: string
  readonly memo: string | null
  readonly name: string
  readonly revision: number
  readonly transaction: string | null
}

export interface HeldTransaction {
  readonly id: string
  readonly state: string
  readonly participants: string
}

export interface Files {
  readonly crm: readonly HeldCustomer[]
  readonly erp: readonly HeldCustomer[]
  readonly crmTransactions: ReadonlyMap<string, HeldTransaction>
  readonly erpTransactions: ReadonlyMap<string, HeldTransaction>
}

export function readFiles(directory: string): Files {
  const crm = new DatabaseSync(join(directory, 'crm.sqlite'), { readOnly: true })
  const erp = new DatabaseSync(join(directory, 'erp.sqlite'), { readOnly: true })
  try {
    return {
      crm: customers(
        crm,
        `SELECT accountnumber AS number, description AS memo, name, _revision AS revision, _transaction AS "transaction" FROM t_accounts WHERE customertypecode = 3 ORDER BY _key`,
      ),
      erp: customers(
        erp,
        `SELECT CustomerAccount AS number, SalesMemo AS memo, OrganizationName AS name, _revision AS revision, _transaction AS "transaction" FROM t_CustomersV3 WHERE PartyType = 'Organization' ORDER BY _key`,
      ),
      crmTransactions: transactions(crm),
      erpTransactions: transactions(erp),
    }
  } finally {
    crm.close()
    erp.close()
  }
}

function customers(database: DatabaseSync, query: string): readonly HeldCustomer[] {
  const rows = database.prepare(query).all()
  return rows.map((row) => ({
    number: String(row['number']),
    memo: row['memo'] === null ? null : String(row['memo']),
    name: String(row['name']),
    revision: Number(row['revision']),
    transaction: row['transaction'] === null ? null : String(row['transaction']),
  }))
}

function transactions(database: DatabaseSync): ReadonlyMap<string, HeldTransaction> {
  const rows = database.prepare('SELECT id, state, participants FROM transactions').all()
  return new Map(
    rows.map((row) => {
      const id = String(row['id'])
      return [id, { id, state: String(row['state']), participants: String(row['participants']) }]
    }),
  )
}
