/** Two small maps, put together by hand: customers (read from the CRM) and their groups (read from the ERP). */

import type { Field, MapSet, TableMap } from '../../maps/model.ts'
import type { System } from '../../schema/participant.ts'
import type { Column, TableDefinition } from '../../schema/table.ts'

const column = (name: string, given: Partial<Column> = {}): Column => ({
  name,
  type: 'string',
  description: null,
  maxLength: 20,
  precision: null,
  scale: null,
  required: false,
  immutable: false,
  generated: false,
  default: undefined,
  values: null,
  references: null,
  ...given,
})

const table = (system: System, name: string, key: readonly string[], columns: readonly Column[]): TableDefinition => ({
  system,
  table: name,
  description: null,
  scope: 'company',
  company: key[0] ?? null,
  key,
  unique: [],
  columns: Object.fromEntries(columns.map((one) => [one.name, one])),
  rules: [],
})

const text = { kind: 'string', maxLength: 20 } as const
const base = { description: null, required: false, type: text } as const
const mapped = { ...base, kind: 'mapped', direction: 'BOTH', default: undefined, reverse: null } as const
const key = { ...base, kind: 'key', required: true, fold: null, sequence: null } as const

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
    type: { kind: 'decimal', precision: 16, scale: 2 },
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
    default: undefined,
  },
  { ...base, kind: 'own', name: 'taxGroup', system: 'ERP', column: 'TaxGroup', default: undefined },
]

const columnsOf = (fields: readonly Field[], system: System): readonly Column[] =>
  fields.flatMap((field) => {
    if (field.kind !== 'own') return [column(field.columns[system], { immutable: field.name === 'openedOn' })]
    return field.system === system ? [column(field.column, { generated: field.name === 'accountId' })] : []
  })

function map(
  entity: string,
  plural: string,
  reads: System,
  names: Record<System, string>,
  fields: readonly Field[],
): TableMap {
  const keys = fields.filter((field) => field.kind === 'key')
  const side = (system: System) => ({
    table: table(
      system,
      names[system],
      keys.map((field) => field.columns[system]),
      columnsOf(fields, system),
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
    key: keys,
    fields,
    field: new Map(fields.map((field) => [field.name, field])),
  }
}

export const customerMap = map('Customer', 'customers', 'CRM', { CRM: 'accounts', ERP: 'Customers' }, customerFields)
export const groupMap = map('CustomerGroup', 'customerGroups', 'ERP', { CRM: 'groups', ERP: 'Groups' }, groupFields)

const maps = [groupMap, customerMap]

export const sampleMapSet: MapSet = {
  id: 'sample',
  maps,
  byEntity: new Map(maps.map((one) => [one.entity, one])),
  byTable: (system, name) => maps.filter((one) => one.sides[system].table.table === name),
  tables: {
    CRM: new Map(maps.map((one) => [one.sides.CRM.table.table, one.sides.CRM.table])),
    ERP: new Map(maps.map((one) => [one.sides.ERP.table.table, one.sides.ERP.table])),
  },
}
