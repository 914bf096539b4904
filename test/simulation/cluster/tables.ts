/**
 * The tables that both systems of a simulated world hold, column for column alike, with rules on one side or on both:
 * few, but between them they need every kind of lock.
 */

import type { RecordKey, Row, System } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import { columnOf, tableOf } from '../../../schema/table.fixture.ts'
import type { Column, TableDefinition } from '../../../schema/table.ts'
import type { Rule, RuleRead } from '../../../subgraphs/kit/participant/rule.ts'
import { modelSystem, type SystemModel } from '../../../subgraphs/kit/participant/system-model.ts'

/** Tables in which an order's customer, and an order's lines, are found. */
export const TABLES = ['registers', 'accounts', 'names', 'customers', 'orders', 'lines'] as const
export type TableName = (typeof TABLES)[number]

/** Columns that each system holds for itself: their writes concern it alone. */
export const LOCAL_COLUMN = 'note'

const keyColumn = (name: string) => columnOf(name, { required: true, immutable: true })
const integer = (name: string) => columnOf(name, { type: 'integer', required: true })
const referring = (name: string, table: string, change: Partial<Column> = {}) =>
  columnOf(name, { required: true, references: [{ table, when: null }], ...change })

const table = (system: System, name: TableName, columns: readonly Column[], change: Partial<TableDefinition> = {}) =>
  tableOf(name, ['number'], columns, { system, ...change })

function tablesOf(system: System): readonly TableDefinition[] {
  const guarded = system === 'ERP'
  return [
    table(system, 'registers', [keyColumn('number'), columnOf('value', { required: true }), columnOf(LOCAL_COLUMN)], {
      rules: [guarded ? fragile.name : valueFits.name],
    }),
    table(system, 'accounts', [keyColumn('number'), integer('balance')], {
      rules: guarded ? [balanceNotNegative.name] : [],
    }),
    table(
      system,
      'names',
      [
        keyColumn('number'),
        columnOf('name', { required: true }),
        columnOf('owner', { references: [{ table: 'customers', when: null }] }),
      ],
      { unique: [['name']] },
    ),
    table(system, 'customers', [keyColumn('number'), integer('limit')], {
      rules: guarded ? [ordersWithinLimit.name] : [],
    }),
    table(system, 'orders', [keyColumn('number'), referring('customer', 'customers'), integer('amount')], {
      rules: guarded ? [ordersWithinLimit.name] : [],
    }),
    table(system, 'lines', [referring('order', 'orders', { immutable: true }), keyColumn('line'), integer('amount')], {
      key: ['order', 'line'],
      partOf: 'order',
    }),
  ]
}

/** Values that are written by batches alone: the one is refused by the CRM, the judgement of the other fails in the ERP. */
export const UNFIT = 'unfit'
export const POISON = 'poison'

const valueFits: Rule = {
  name: 'valueFits',
  description: 'A value is fit to be kept.',
  reads: () => [],
  check: ({ after }) => (after?.['value'] === UNFIT ? [{ message: 'The value is unfit', column: 'value' }] : []),
}

const fragile: Rule = {
  name: 'fragile',
  description: 'Cannot cope with every value.',
  reads: () => [],
  check: ({ after }) => {
    if (after?.['value'] === POISON) throw new TypeError('nobody has thought of this value')
    return []
  },
}

const balanceNotNegative: Rule = {
  name: 'balanceNotNegative',
  description: 'No account is overdrawn.',
  reads: () => [],
  check: ({ after }) =>
    Number(after?.['balance'] ?? 0) < 0 ? [{ message: 'The account would be overdrawn', column: 'balance' }] : [],
}

/** Every write of an order holds its customer exclusively, which guards the sum over a customer's orders. */
const ordersWithinLimit: Rule = {
  name: 'ordersWithinLimit',
  description: "A customer's orders together are within its limit.",
  exclusive: (change) =>
    change.table === 'orders' ? [change.before, change.after].flatMap((order) => customerOf(order) ?? []) : [],
  reads: ({ table: written, key, after }): readonly RuleRead[] => {
    if (after === null) return []
    const guard = written === 'orders' ? customerOf(after) : { table: 'customers', key }
    if (guard === null) return []
    const number = written === 'orders' ? after['customer'] : after['number']
    const orders: RuleRead = { read: 'ROWS', table: 'orders', where: { customer: number ?? null }, limit: 1_000, guard }
    return [{ read: 'RECORD', ...guard }, orders]
  },
  check: ({ after }, [customers = [], orders = []]) => {
    const [customer] = customers
    if (after === null || customer === undefined) return []
    const sum = orders.reduce((total, order) => total + Number(order['amount']), 0)
    return sum <= Number(customer['limit']) ? [] : [{ message: `Orders would come to ${sum}`, column: null }]
  },
}

function customerOf(order: Row | null): { readonly table: string; readonly key: RecordKey } | null {
  const customer = order?.['customer'] ?? null
  return customer === null ? null : { table: 'customers', key: recordKey([customer]) }
}

const RULES: readonly Rule[] = [valueFits, fragile, balanceNotNegative, ordersWithinLimit]

export const MODELS: Readonly<Record<System, SystemModel>> = {
  CRM: modelSystem('CRM', tablesOf('CRM'), RULES, []),
  ERP: modelSystem('ERP', tablesOf('ERP'), RULES, []),
}
