/**
 * A small system for the contract: companies, their customer groups, customers and payments, with two rules. It
 * imports no test runner, because a store may load its rules in a thread or process of its own.
 */

import {
  NEVER_WRITTEN,
  type PlanDigest,
  type PrepareRequest,
  type RecordKey,
  type Row,
  type TransactionId,
  type Value,
  type Version,
  type Write,
} from '../../../../schema/participant.ts'
import { recordKey } from '../../../../schema/record-key.ts'
import type { Column, TableDefinition } from '../../../../schema/table.ts'
import type { Change, Rule } from '../../participant/rule.ts'

export function column(name: string, type: Column['type'], more: Partial<Column> = {}): Column {
  const none = { description: null, maxLength: null, precision: null, scale: null, values: null, references: null }
  const flags = { required: false, immutable: false, generated: false, default: undefined }
  return { name, type, ...none, ...flags, ...more }
}

export function table(
  name: string,
  key: readonly string[],
  columns: readonly Column[],
  more: Partial<TableDefinition> = {},
): TableDefinition {
  return {
    ...{ system: 'ERP', table: name, description: null, key, unique: [], rules: [] },
    ...(key.includes('company') ? { scope: 'company', company: 'company' } : { scope: 'global', company: null }),
    columns: Object.fromEntries(columns.map((one) => [one.name, one])),
    ...more,
  }
}

const company = column('company', 'string', { maxLength: 4, required: true, references: 'companies' })
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
      column('group', 'string', { references: 'groups' }),
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
      column('customer', 'string', { required: true, references: 'customers' }),
      column('amount', 'decimal', { ...money, required: true }),
    ],
    { rules: ['paymentsWithinLimit'] },
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
      { read: 'ROWS', table: 'payments', where, limit: 100, guard: { table: 'customers', key } },
    ]
  },
  check: ({ after }, [customers, payments]) => {
    const customer = customers?.[0]
    const total = (payments ?? []).reduce((sum, payment) => sum + cents(payment['amount']), 0n)
    if (after === null || customer === undefined || total <= cents(customer['limit'])) return []
    return [{ column: 'amount', message: `payments are above the limit of ${String(customer['limit'])}` }]
  },
}

export const rules: readonly Rule[] = [limitWithinGroup, paymentsWithinLimit]

function paidCustomers({ before, after }: Change): readonly RecordKey[] {
  return [before, after].flatMap((row) =>
    row === null ? [] : [recordKey([row['company'] ?? null, row['customer'] ?? null])],
  )
}

function cents(amount: Value | undefined): bigint {
  return typeof amount === 'string' ? BigInt(amount.replace('.', '')) : 0n
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
export function create(name: string, key: readonly Value[], set: Row = {}, base: Version = NEVER_WRITTEN): Write {
  return { operation: 'CREATE', table: name, key: recordKey(key), set, base, revision: base.revision + 1 }
}

export function update(name: string, key: readonly Value[], set: Row, base: Version): Write {
  return { operation: 'UPDATE', table: name, key: recordKey(key), set, base, revision: base.revision + 1 }
}

export function remove(name: string, key: readonly Value[], base: Version): Write {
  return { operation: 'DELETE', table: name, key: recordKey(key), base, revision: base.revision + 1 }
}

/** The same write, concerning columns of this system alone. */
export function local(write: Write): Write {
  return { ...write, revision: write.base.revision }
}
