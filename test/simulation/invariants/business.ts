/** What must hold of the records of one system after each group, whatever order the systems commit in. */

import type { RecordRef, Row, System } from '../../../schema/record.ts'
import type { TableName } from '../cluster/tables.ts'
import type { Forced } from '../kernel/disk.ts'
import type { Report } from './broken.ts'

export class BusinessMonitor {
  readonly #tables: Readonly<Record<System, Map<string, Map<string, Row>>>> = { CRM: new Map(), ERP: new Map() }
  readonly #balances: Record<System, number> = { CRM: 0, ERP: 0 }
  /** Null until it is known with how much the accounts are opened. */
  #sum: number | null = null
  readonly #report: Report

  constructor(report: Report) {
    this.#report = report
  }

  /** From now on money is only moved. */
  close(): void {
    this.#sum = this.#balances.CRM
  }

  forced(system: System, { records }: Forced): void {
    const touched = new Set<string>()
    for (const { table, key, before, after } of records) {
      touched.add(table)
      this.#put(system, { table, key }, after.row)
      if (table === 'accounts') this.#balances[system] += balanceOf(after.row) - balanceOf(before.row)
    }
    if (touched.has('accounts')) this.#checkAccounts(system)
    if (touched.has('names') || touched.has('customers')) this.#checkNames(system)
    if (touched.has('orders') || touched.has('lines') || touched.has('customers')) this.#checkOrders(system)
  }

  #put(system: System, { table, key }: RecordRef, row: Row | null): void {
    const rows = this.#tables[system].get(table) ?? new Map<string, Row>()
    this.#tables[system].set(table, rows)
    if (row === null) rows.delete(key)
    else rows.set(key, row)
  }

  #all(system: System, table: TableName): readonly Row[] {
    return [...(this.#tables[system].get(table)?.values() ?? [])]
  }

  #checkAccounts(system: System): void {
    if (this.#sum !== null && this.#balances[system] !== this.#sum) {
      this.#report('sum', `the accounts of the ${system} come to ${this.#balances[system]} instead of ${this.#sum}`)
    }
    // The ERP has the rule; as each account goes the same way in both, it holds in both.
    const overdrawn = this.#all(system, 'accounts').find((account) => balanceOf(account) < 0)
    if (overdrawn !== undefined) this.#report('rules', `${JSON.stringify(overdrawn)} is overdrawn in the ${system}`)
  }

  #checkNames(system: System): void {
    const names = this.#all(system, 'names').map((row) => row['name'])
    if (new Set(names).size < names.length) this.#report('rules', `the ${system} holds a name twice: ${names.join()}`)
    const customers = new Set(this.#all(system, 'customers').map((row) => row['number']))
    for (const { name, owner = null } of this.#all(system, 'names')) {
      if (owner !== null && !customers.has(owner)) this.#report('rules', `${name} of the ${system} is of no customer`)
    }
  }

  #checkOrders(system: System): void {
    const customers = new Map(this.#all(system, 'customers').map((row) => [row['number'], Number(row['limit'])]))
    const orders = new Map(this.#all(system, 'orders').map((row) => [row['number'], row]))
    const owed = new Map<unknown, number>()
    const lineSums = new Map<unknown, number>()
    for (const line of this.#all(system, 'lines')) {
      const { order, amount } = line
      if (!orders.has(order ?? null)) this.#report('rules', `the ${system} holds a line of no order: ${order}`)
      lineSums.set(order, (lineSums.get(order) ?? 0) + Number(amount))
    }
    for (const { number, customer, amount } of orders.values()) {
      if (!customers.has(customer ?? null)) this.#report('rules', `order ${number} of the ${system} has no customer`)
      if ((lineSums.get(number) ?? 0) !== Number(amount)) {
        this.#report(
          'exact',
          `order ${number} of the ${system} comes to ${amount}, its lines to ${lineSums.get(number)}`,
        )
      }
      owed.set(customer, (owed.get(customer) ?? 0) + Number(amount))
    }
    // The CRM has no such rule, and may free a limit later than the ERP.
    if (system === 'CRM') return
    for (const [customer, sum] of owed) {
      const limit = customers.get(customer as string) ?? 0
      if (sum > limit) this.#report('rules', `customer ${customer} owes ${sum}, which is more than ${limit}`)
    }
  }
}

function balanceOf(row: Row | null): number {
  return Number(row?.['balance'] ?? 0)
}
