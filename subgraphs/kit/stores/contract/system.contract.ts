/**
 * A small system for the contract: companies, their customer groups, customers and payments, and orders with lines whose
 * amounts are computed. It imports no test runner, because a store may load its rules and computations in a thread or
 * process of its own.
 */

import type { Check, PlanDigest, PrepareRequest, RecordWrite, Write } from '../../../../schema/participant.ts'
import {
  NEVER_WRITTEN,
  type RecordKey,
  type Row,
  type TransactionId,
  type Value,
  type Version,
} from '../../../../schema/record.ts'
import { recordKey } from '../../../../schema/record-key.ts'
import { columnOf, tableOf } from '../../../../schema/table.fixture.ts'
import type { Column, ReferenceTarget, TableDefinition } from '../../../../schema/table.ts'
import type { Aggregate, Computation, Compute } from '../../participant/computation.ts'
import type { Change, Rule } from '../../participant/rule.ts'

export function column(name: string, type: Column['type'], more: Partial<Column> = {}): Column {
  return columnOf(name, { type, ...more })
}

export function table(
  name: string,
  key: readonly string[],
  columns: readonly Column[],
  more: Partial<TableDefinition> = {},
): TableDefinition {
  const bound = key.includes('company') ? ({ scope: 'company', company: 'company' } as const) : {}
  return tableOf(name, key, columns, { ...bound, ...more })
}

const to = (target: string, when: ReferenceTarget['when'] = null): ReferenceTarget => ({ table: target, when })
const company = column('company', 'string', { maxLength: 4, required: true, references: [to('companies')] })
const money = { precision: 18, scale: 2 }

export const tables: readonly TableDefinition[] = [
  table('companies', ['code'], [column('code', 'string', { required: true, maxLength: 4 })]),
  table(
    'groups',
    ['company', 'group'],
    [
      company,
      column('group', 'string', { required: true, maxLength: 10 }),
      column('maximum', 'decimal', { ...money, required: true, default: '1000.00' }),
    ],
  ),
  table(
    'customers',
    ['company', 'number'],
    [
      company,
      column('number', 'string', { required: true, maxLength: 10 }),
      column('name', 'string', { required: true, maxLength: 20 }),
      column('email', 'string', { maxLength: 40 }),
      column('group', 'string', { references: [to('groups')] }),
      column('limit', 'decimal', { ...money, default: '0.00' }),
      column('hold', 'enum', { values: ['No', 'All'], default: 'No' }),
      column('level', 'enum', { values: [1, 20, 3] }),
      column('active', 'boolean', { default: true }),
      column('visits', 'integer'),
      column('since', 'date', { immutable: true }),
      column('seen', 'dateTime'),
      column('tags', 'json'),
      column('id', 'guid', { generated: true }),
    ],
    { unique: [['company', 'email']], rules: ['limitWithinGroup'] },
  ),
  table(
    'payments',
    ['company', 'payment'],
    [
      company,
      column('payment', 'string', { required: true, maxLength: 10 }),
      column('customer', 'string', { required: true, references: [to('customers')] }),
      column('amount', 'decimal', { ...money, required: true }),
    ],
    { rules: ['paymentsWithinLimit'] },
  ),
  table(
    'currencies',
    ['code'],
    [
      column('code', 'string', { required: true, maxLength: 3 }),
      column('factor', 'integer', { required: true, default: 1 }),
    ],
  ),
  table(
    'orders',
    ['company', 'order'],
    [
      company,
      column('order', 'string', { required: true, maxLength: 10 }),
      column('buyer', 'string', {
        references: [
          to('customers', { column: 'buyerType', value: 'Customer' }),
          to('groups', { column: 'buyerType', value: 'Group' }),
        ],
      }),
      column('buyerType', 'enum', { values: ['Customer', 'Group'] }),
      column('currency', 'string', { required: true, references: [to('currencies')], default: 'EUR' }),
      column('closed', 'boolean', { default: false }),
      column('total', 'decimal', { precision: 9, scale: 2, required: true, computed: true }),
      column('size', 'enum', { values: ['Small', 'Large'], computed: true }),
    ],
    { rules: ['closedOrderIsFrozen'], computations: ['orderAmounts', 'orderSize'] },
  ),
  table(
    'lines',
    ['company', 'order', 'line'],
    [
      company,
      column('order', 'string', { required: true, references: [to('orders')] }),
      column('line', 'integer', { required: true }),
      column('quantity', 'integer', { required: true }),
      column('price', 'decimal', { ...money, default: '1.00' }),
      column('amount', 'decimal', { ...money, computed: true }),
    ],
    { partOf: 'order', rules: ['closedOrderIsFrozen', 'fewLines'] },
  ),
]

const limitWithinGroup: Rule = {
  name: 'limitWithinGroup',
  description: 'The limit of a customer is at most the maximum of its group.',
  reads: ({ after }) =>
    after === null || (after['group'] ?? null) === null
      ? []
      : [{ read: 'RECORD', table: 'groups', key: recordKey([after['company'] ?? null, after['group'] ?? null]) }],
  check: ({ after }, [group]) => {
    const maximum = group?.[0]?.['maximum'] ?? null
    if (after === null || maximum === null || cents(after['limit']) <= cents(maximum)) return []
    return [{ column: 'limit', message: `limit is above ${String(maximum)}, the most that its group allows` }]
  },
}

const paymentsWithinLimit: Rule = {
  name: 'paymentsWithinLimit',
  description: 'The payments of a customer together are at most its limit.',
  exclusive: (change) => paidCustomers(change).map((key) => ({ table: 'customers', key })),
  reads: ({ after }) => {
    if (after === null) return []
    const key = recordKey([after['company'] ?? null, after['customer'] ?? null])
    const where = { company: after['company'] ?? null, customer: after['customer'] ?? null }
    return [
      { read: 'RECORD', table: 'customers', key },
      { read: 'ROWS', table: 'payments', where, limit: 100, columns: ['amount'], guard: { table: 'customers', key } },
    ]
  },
  check: ({ after }, [customers, payments]) => {
    const customer = customers?.[0]
    const total = (payments ?? []).reduce((sum, payment) => sum + cents(payment['amount']), 0n)
    if (after === null || customer === undefined || total <= cents(customer['limit'])) return []
    return [{ column: 'amount', message: `payments are above the limit of ${String(customer['limit'])}` }]
  },
}

const orderKey = ({ before, after }: Change): RecordKey => {
  const row = after ?? before
  return recordKey([row?.['company'] ?? null, row?.['order'] ?? null])
}

const closedOrderIsFrozen: Rule = {
  name: 'closedOrderIsFrozen',
  description: 'What was closed before stays as it was, lines and all, even if the same transaction opens it again.',
  reads: (change) => [{ read: 'RECORD', table: 'orders', key: orderKey(change), image: 'BEFORE' }],
  check: (_, [orders]) => (orders?.[0]?.['closed'] === true ? [{ column: null, message: 'the order is closed' }] : []),
}

const fewLines: Rule = {
  name: 'fewLines',
  description: 'An order has at most one line for free.',
  reads: (change) => {
    const key = orderKey(change)
    const [of, order] = [change.after?.['company'] ?? null, change.after?.['order'] ?? null]
    const where = { company: of, order, price: '0.00' }
    return [{ read: 'ROWS', table: 'lines', where, limit: 2, guard: { table: 'orders', key } }]
  },
  check: ({ after }, [free]) =>
    after?.['price'] === '0.00' && (free?.length ?? 0) > 1 ? [{ column: 'price', message: 'one is free already' }] : [],
}

export const rules: readonly Rule[] = [limitWithinGroup, paymentsWithinLimit, closedOrderIsFrozen, fewLines]

/** An amount is quantity times price times the factor of the order's currency. */
function* computeAmounts({ row, parts }: Aggregate): Compute {
  const [currency] = yield [{ table: 'currencies', key: recordKey([row['currency'] ?? null]) }]
  const factor = BigInt(Number(currency?.['factor'] ?? 0))
  const amounts = parts.map((line) => BigInt(Number(line.row['quantity'] ?? 0)) * cents(line.row['price']) * factor)
  // Adds to what it sees: a computation that saw what was computed before would count it twice.
  const total = amounts.reduce((sum, amount) => sum + amount, cents(row['total']))
  return { row: { total: decimal(total) }, parts: amounts.map((amount) => ({ amount: decimal(amount) })) }
}

function* computeSize({ row }: Aggregate): Compute {
  yield []
  return { row: { size: cents(row['total']) > 10_000n ? 'Large' : 'Small' }, parts: [] }
}

export const computations: readonly Computation[] = [
  { name: 'orderAmounts', description: 'The amount of each line, and their total.', compute: computeAmounts },
  { name: 'orderSize', description: 'Whether the total is above 100.00.', compute: computeSize },
]

function paidCustomers({ before, after }: Change): readonly RecordKey[] {
  return [before, after].flatMap((row) =>
    row === null ? [] : [recordKey([row['company'] ?? null, row['customer'] ?? null])],
  )
}

function cents(amount: Value | undefined): bigint {
  return typeof amount === 'string' ? BigInt(amount.replace('.', '')) : 0n
}

function decimal(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** A far deadline: what a test does not mean to outlive. */
export const LATER = 4_102_444_800_000

export function transactionId(name: string): TransactionId {
  return name as TransactionId
}

export function plan(name: string): PlanDigest {
  return name as PlanDigest
}

/** A request of both systems, as old as its `id` sorts, unless told otherwise. */
export function request(
  id: string,
  writes: readonly Write[],
  more: Partial<Omit<PrepareRequest, 'id' | 'writes'>> = {},
): PrepareRequest {
  return {
    id: transactionId(id),
    plan: plan(`plan of ${id}`),
    participants: ['CRM', 'ERP'],
    mapSet: 'maps',
    origin: 'GRAPH',
    actor: 'somebody',
    startedAt: 1_000,
    age: { at: 1_000, id: transactionId(id) },
    deadline: LATER,
    idempotency: null,
    subject: null,
    writes,
    refusals: [],
    ...more,
  }
}

export function version(revision: number, transaction: string): Version {
  return { revision, transaction: transactionId(transaction) }
}

/** Synchronised writes: they raise the revision of their base. */
export function create(name: string, key: readonly Value[], set: Row = {}, base: Version = NEVER_WRITTEN): RecordWrite {
  return { operation: 'CREATE', table: name, key: recordKey(key), set, base, revision: base.revision + 1 }
}

export function update(name: string, key: readonly Value[], set: Row, base: Version): RecordWrite {
  return { operation: 'UPDATE', table: name, key: recordKey(key), set, base, revision: base.revision + 1 }
}

export function remove(name: string, key: readonly Value[], base: Version): RecordWrite {
  return { operation: 'DELETE', table: name, key: recordKey(key), base, revision: base.revision + 1 }
}

/** What the record is expected to be, with nothing to be written. */
export function check(name: string, key: readonly Value[], base: Version): Check {
  return { operation: 'CHECK', table: name, key: recordKey(key), base, revision: base.revision }
}

/** The same write, concerning columns of this system alone. */
export function local(write: RecordWrite): RecordWrite {
  return { ...write, revision: write.base.revision }
}
