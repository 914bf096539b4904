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
        `SELECT CustomerAccount AS number, SalesMemo AS memo, OrganizationName AS name, _revision AS revision, _transaction AS "transaction" FROM t_CustomersV3 ORDER BY _key`,
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
  return database.prepare(query).all() as unknown as HeldCustomer[]
}

function transactions(database: DatabaseSync): ReadonlyMap<string, HeldTransaction> {
  const rows = database
    .prepare('SELECT id, state, participants FROM transactions')
    .all() as unknown as HeldTransaction[]
  return new Map(rows.map((row) => [row.id, row]))
}
