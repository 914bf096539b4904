/**
 * Small maps, put together by hand: customers and persons (read from the CRM), the customers' groups (read from the ERP),
 * and orders of either of them, with their lines.
 */

import type { Field, MapSet, TableMap } from '../../maps/model.ts'
import type { System } from '../../schema/record.ts'
import { columnOf, tableOf } from '../../schema/table.fixture.ts'
import type { Column } from '../../schema/table.ts'

const column = (name: string, given: Partial<Column> = {}) => columnOf(name, { maxLength: 20, ...given })

const table = (
  system: System,
  name: string,
  key: readonly string[],
  columns: readonly Column[],
  partOf: string | null,
) => tableOf(name, key, columns, { system, scope: 'company', company: key[0] ?? null, partOf })

const text = { kind: 'string', maxLength: 20 } as const
const base = { description: null, required: false, type: text } as const
const amount = { kind: 'decimal', precision: 16, scale: 2 } as const
const copies = { CRM: [], ERP: [] } as const
const mapped = {
  ...base,
  kind: 'mapped',
  direction: 'BOTH',
  copies,
  computedBy: null,
  default: undefined,
  reverse: null,
} as const
const computed = { ...mapped, type: amount, direction: 'ERP_TO_CRM', computedBy: 'ERP' } as const
const key = { ...base, kind: 'key', required: true, copies, fold: null, sequence: null } as const

const groupFields: readonly Field[] = [
  { ...key, name: 'company', columns: { CRM: 'co', ERP: 'area' }, fold: 'LOWER' },
  {
    ...key,
    name: 'code',
    columns: { CRM: 'groupid', ERP: 'GroupId' },
    fold: 'UPPER',
    description: 'Code of the group.',
  },
  { ...mapped, name: 'title', columns: { CRM: 'title', ERP: 'Title' } },
]

const customerFields: readonly Field[] = [
  { ...key, name: 'company', columns: { CRM: 'co', ERP: 'area' }, fold: 'LOWER' },
  { ...key, name: 'number', columns: { CRM: 'number', ERP: 'Account' }, fold: 'UPPER', sequence: 'C-{000000}' },
  { ...mapped, name: 'name', columns: { CRM: 'name', ERP: 'Name' }, required: true, description: 'Its name.' },
  {
    ...mapped,
    name: 'creditLimit',
    columns: { CRM: 'limit', ERP: 'Limit' },
    type: amount,
  },
  {
    ...mapped,
    name: 'group',
    columns: { CRM: 'group', ERP: 'Group' },
    type: { kind: 'reference', entity: 'CustomerGroup' },
  },
  {
    ...mapped,
    name: 'onHold',
    columns: { CRM: 'hold', ERP: 'Hold' },
    type: { kind: 'enum', name: 'CustomerOnHold', values: ['NO', 'ALL'] },
    default: 'NO',
  },
  { ...mapped, name: 'openedOn', columns: { CRM: 'opened', ERP: 'Opened' }, type: { kind: 'date' } },
  {
    ...base,
    kind: 'own',
    name: 'accountId',
    system: 'CRM',
    column: 'accountid',
    type: { kind: 'guid' },
    computed: false,
    default: undefined,
  },
  { ...base, kind: 'own', name: 'taxGroup', system: 'ERP', column: 'TaxGroup', computed: false, default: undefined },
]

const personFields: readonly Field[] = [
  { ...key, name: 'company', columns: { CRM: 'co', ERP: 'area' }, fold: 'LOWER' },
  { ...key, name: 'number', columns: { CRM: 'personid', ERP: 'Person' }, fold: 'UPPER', sequence: 'P-{000000}' },
  { ...mapped, name: 'name', columns: { CRM: 'fullname', ERP: 'Name' }, required: true },
]

const orderFields: readonly Field[] = [
  { ...key, name: 'company', columns: { CRM: 'co', ERP: 'area' }, fold: 'LOWER' },
  { ...key, name: 'number', columns: { CRM: 'ordernumber', ERP: 'Order' }, fold: 'UPPER', sequence: 'O-{000000}' },
  {
    ...mapped,
    name: 'buyer',
    columns: { CRM: 'buyerid', ERP: 'Buyer' },
    type: { kind: 'polymorphic', name: 'OrderBuyer', entities: ['Customer', 'Person'] },
    required: true,
    reverse: 'orders',
  },
  { ...mapped, name: 'title', columns: { CRM: 'title', ERP: 'Title' } },
  { ...computed, name: 'total', columns: { CRM: 'total', ERP: 'Total' } },
]

const orderLineFields: readonly Field[] = [
  { ...key, name: 'company', columns: { CRM: 'co', ERP: 'area' }, fold: 'LOWER' },
  { ...key, name: 'orderNumber', columns: { CRM: 'orderid', ERP: 'Order' }, fold: 'UPPER' },
  { ...key, name: 'lineNumber', columns: { CRM: 'position', ERP: 'Line' }, type: { kind: 'integer' } },
  { ...mapped, name: 'item', columns: { CRM: 'item', ERP: 'Item' }, required: true },
  { ...mapped, name: 'quantity', columns: { CRM: 'quantity', ERP: 'Quantity' }, type: amount, required: true },
  {
    ...computed,
    name: 'amount',
    columns: { CRM: 'amount', ERP: 'Amount' },
    copies: { CRM: ['baseamount'], ERP: [] },
  },
]

const toParty = (by: string, tables: readonly string[]) =>
  tables.map((name) => ({ table: name, when: { column: by, value: name } }))
const CUSTOMER_TABLES = { CRM: 'accounts', ERP: 'Customers' }
const PERSON_TABLES = { CRM: 'contacts', ERP: 'Persons' }
const ORDER_TABLES = { CRM: 'orders', ERP: 'Orders' }

/** What the columns of some fields have beyond a text of their own. */
const COLUMNS: Readonly<Record<string, (system: System) => Partial<Column>>> = {
  openedOn: () => ({ immutable: true }),
  accountId: () => ({ generated: true }),
  lineNumber: () => ({ type: 'integer' }),
  orderNumber: (system) => ({ references: [{ table: ORDER_TABLES[system], when: null }] }),
  total: (system) => ({ computed: system === 'ERP' }),
  amount: (system) => ({ computed: system === 'ERP' }),
  buyer: (system) => ({
    references: toParty(`${system.toLowerCase()}buyer`, [CUSTOMER_TABLES[system], PERSON_TABLES[system]]),
  }),
}

function columnsOf(fields: readonly Field[], system: System): readonly Column[] {
  return fields.flatMap((field) => {
    const given = COLUMNS[field.name]?.(system) ?? {}
    if (field.kind === 'own') return field.system === system ? [column(field.column, given)] : []
    const discriminators = new Set(given.references?.flatMap(({ when }) => when?.column ?? []))
    return [
      column(field.columns[system], given),
      ...field.copies[system].map((copy) => column(copy)),
      ...[...discriminators].map((name) =>
        column(name, { type: 'enum', values: given.references?.flatMap(({ when }) => when?.value ?? []) ?? null }),
      ),
    ]
  })
}

function map(
  entity: string,
  plural: string,
  reads: System,
  names: Record<System, string>,
  fields: readonly Field[],
  parent: TableMap['parent'] = null,
): TableMap {
  const keys = fields.filter((field) => field.kind === 'key')
  const side = (system: System) => ({
    table: table(
      system,
      names[system],
      keys.map((field) => field.columns[system]),
      columnsOf(fields, system),
      parent === null ? null : (keys.at(-2)?.columns[system] ?? null),
    ),
    holds: (row: Readonly<Record<string, unknown>>) => row['hidden'] !== true,
    filter: null,
    constants: {},
  })
  return {
    name: plural,
    entity,
    plural,
    version: '1.0.0',
    publisher: 'Lockstep',
    description: null,
    scope: 'company',
    mode: 'SYNC',
    reads,
    conflict: 'ERP',
    onLeave: 'REFUSE',
    sides: { CRM: side('CRM'), ERP: side('ERP') },
    parent,
    key: keys,
    fields,
    field: new Map(fields.map((field) => [field.name, field])),
  }
}

export const customerMap = map('Customer', 'customers', 'CRM', CUSTOMER_TABLES, customerFields)
export const groupMap = map('CustomerGroup', 'customerGroups', 'ERP', { CRM: 'groups', ERP: 'Groups' }, groupFields)
export const personMap = map('Person', 'persons', 'CRM', PERSON_TABLES, personFields)
export const orderMap = map('Order', 'orders', 'CRM', ORDER_TABLES, orderFields)
export const orderLineMap = map(
  'OrderLine',
  'orderLines',
  'CRM',
  { CRM: 'orderlines', ERP: 'OrderLines' },
  orderLineFields,
  { entity: 'Order', field: 'order', list: 'lines' },
)

const maps = [groupMap, customerMap, personMap, orderMap, orderLineMap]

export const sampleMapSet: MapSet = {
  id: 'sample',
  maps,
  byEntity: new Map(maps.map((one) => [one.entity, one])),
  partsOf: (entity) => maps.filter(({ parent }) => parent?.entity === entity),
  byTable: (system, name) => maps.filter((one) => one.sides[system].table.table === name),
  tables: {
    CRM: new Map(maps.map((one) => [one.sides.CRM.table.table, one.sides.CRM.table])),
    ERP: new Map(maps.map((one) => [one.sides.ERP.table.table, one.sides.ERP.table])),
  },
}
