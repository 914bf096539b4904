/** A small world of definitions without a fault, and what becomes of it when one of its files is changed. */

import { expect, it } from 'vitest'
import { check } from '../check.ts'
import { describeFault, type Fault } from '../faults.ts'
import { type Catalog, type LoadedTable, type Read, readMap, readTable, readValueMap } from '../read.ts'

/** A small world without a fault. */
export const WORLD = {
  'crm/accounts.yaml': `
table: accounts
scope: company
company: company
key: [company, number]
unique: [[company, taxnumber]]
columns:
  company: { type: string, maxLength: 4, required: true, immutable: true, references: companies }
  number: { type: string, maxLength: 20, required: true, immutable: true }
  accountid: { type: guid, generated: true }
  kind: { type: enum, values: [1, 2, 3], required: true }
  name: { type: string, maxLength: 100, required: true }
  groupid: { type: string, maxLength: 10, references: groups }
  hold: { type: enum, values: [10, 11] }
  language: { type: enum, values: [1, 2] }
  credit: { type: decimal, precision: 16, scale: 2, default: "0.00" }
  taxnumber: { type: string, maxLength: 30 }
  listed: { type: boolean }
  memo: { type: string, maxLength: 2000 }
  lead: { type: enum, values: [7, 8] }
  born: { type: date }
  extra: { type: json }
rules: []
`,
  'crm/companies.yaml': `
table: companies
scope: global
key: [code]
columns:
  code: { type: string, maxLength: 4, required: true, immutable: true }
`,
  'crm/groups.yaml': `
table: groups
scope: company
company: company
key: [company, code]
columns:
  company: { type: string, maxLength: 4, required: true, immutable: true }
  code: { type: string, maxLength: 10, required: true, immutable: true }
  label: { type: string, maxLength: 60 }
  leader: { type: string, maxLength: 20, references: accounts }
`,
  'crm/contacts.yaml': `
table: contacts
scope: company
company: company
key: [company, number]
columns:
  company: { type: string, maxLength: 4, required: true, immutable: true }
  number: { type: string, maxLength: 20, required: true, immutable: true }
  fullname: { type: string, maxLength: 100, required: true }
`,
  'crm/orders.yaml': `
table: orders
scope: company
company: company
key: [company, number]
columns:
  company: { type: string, maxLength: 4, required: true, immutable: true }
  number: { type: string, maxLength: 20, required: true, immutable: true }
  customer: { type: string, maxLength: 20, required: true, references: { by: customertype, tables: { 1: accounts, 2: contacts } } }
  customertype: { type: enum, values: [1, 2], required: true }
  currency: { type: string, maxLength: 3 }
  isocode: { type: string, maxLength: 3 }
  total: { type: decimal, precision: 18, scale: 2, required: true }
  state: { type: enum, values: [0, 1], computed: true }
computations: [orderState]
`,
  'crm/orderlines.yaml': `
table: orderlines
scope: company
company: company
key: [company, order, position]
partOf: order
columns:
  company: { type: string, maxLength: 4, required: true, immutable: true }
  order: { type: string, maxLength: 20, required: true, immutable: true, references: orders }
  position: { type: integer, required: true, immutable: true }
  quantity: { type: decimal, precision: 18, scale: 4 }
  amount: { type: decimal, precision: 18, scale: 2 }
  baseamount: { type: decimal, precision: 18, scale: 2 }
`,
  'erp/customers.yaml': `
table: Customers
scope: company
company: Area
key: [Area, Account]
columns:
  Area: { type: string, maxLength: 4, required: true, immutable: true }
  Account: { type: string, maxLength: 20, required: true, immutable: true }
  PartyType: { type: enum, values: [Organization, Person, Agency], required: true }
  Name: { type: string, maxLength: 100, required: true }
  GroupId: { type: string, maxLength: 10, references: Groups }
  Hold: { type: enum, values: [No, All] }
  Language: { type: string, maxLength: 7 }
  Credit: { type: decimal, precision: 16, scale: 2 }
  TaxNumber: { type: string, maxLength: 30 }
  Listed: { type: enum, values: [No, Yes] }
  Memo: { type: string, maxLength: 1000 }
  TaxGroup: { type: string, maxLength: 10 }
  Stamp: { type: dateTime }
`,
  'erp/groups.yaml': `
table: Groups
scope: company
company: Area
key: [Area, GroupId]
columns:
  Area: { type: string, maxLength: 4, required: true, immutable: true }
  GroupId: { type: string, maxLength: 10, required: true, immutable: true }
  Label: { type: string, maxLength: 60 }
  Leader: { type: string, maxLength: 20, references: Customers }
`,
  'erp/orders.yaml': `
table: Orders
scope: company
company: Area
key: [Area, OrderNo]
columns:
  Area: { type: string, maxLength: 4, required: true, immutable: true }
  OrderNo: { type: string, maxLength: 20, required: true, immutable: true }
  Account: { type: string, maxLength: 20, required: true, references: Customers }
  Currency: { type: string, maxLength: 3 }
  Total: { type: decimal, precision: 18, scale: 2, computed: true }
computations: [orderTotals]
`,
  'erp/lines.yaml': `
table: Lines
scope: company
company: Area
key: [Area, OrderNo, LineNo]
partOf: OrderNo
columns:
  Area: { type: string, maxLength: 4, required: true, immutable: true }
  OrderNo: { type: string, maxLength: 20, required: true, immutable: true, references: Orders }
  LineNo: { type: integer, required: true, immutable: true }
  Quantity: { type: decimal, precision: 18, scale: 4 }
  Amount: { type: decimal, precision: 18, scale: 2, computed: true }
`,
  'values/language.yaml': `
values: language
entries:
  EN: [1, en]
  DE: [2, de]
`,
  'values/yesno.yaml': `
values: yesno
type: boolean
entries:
  "false": [false, "No"]
  "true": [true, "Yes"]
`,
  'maps/customers.yaml': `
map: customers
entity: Customer
plural: customers
version: 1.0.0
publisher: Lockstep
scope: company
reads: CRM
conflict: ERP
crm: { table: accounts, filter: "kind = 3", constants: { kind: 3 } }
erp: { table: Customers, filter: "PartyType = 'Organization'", constants: { PartyType: Organization } }
key:
  company: { crm: company.code, erp: Area, fold: LOWER }
  number: { crm: number, erp: Account, fold: UPPER, sequence: "C-{000000}" }
fields:
  name: { crm: name, erp: Name, required: true }
  group: { crm: groupid.code, erp: GroupId, ref: CustomerGroup, reverse: customers }
  hold: { crm: hold, erp: Hold, values: { NO: [10, No], ALL: [11, All] }, default: NO }
  language: { crm: language, erp: Language, values: language }
  credit: { crm: credit, erp: Credit, default: "10.00" }
  taxNumber: { crm: taxnumber, erp: TaxNumber }
  listed: { crm: listed, erp: Listed, values: yesno }
  memo: { crm: memo, erp: Memo, toErp: "$substring(value, 0, 1000)", toCrm: "value", loss: "The end." }
  lead: { crm: lead, values: { WEB: 7, FAIR: 8 } }
  taxGroup: { erp: TaxGroup }
`,
  'maps/groups.yaml': `
map: groups
entity: CustomerGroup
plural: customerGroups
version: 1.0.0
publisher: Lockstep
scope: company
reads: ERP
conflict: ERP
crm: { table: groups }
erp: { table: Groups }
key:
  company: { crm: company, erp: Area, fold: LOWER }
  code: { crm: code, erp: GroupId, fold: UPPER }
fields:
  label: { crm: label, erp: Label }
  leader: { crm: leader, erp: Leader, ref: Customer }
`,
  'maps/lines.yaml': `
map: orderLines
entity: OrderLine
plural: orderLines
version: 1.0.0
publisher: Lockstep
scope: company
reads: CRM
conflict: ERP
crm: { table: orderlines }
erp: { table: Lines }
parent: { entity: Order, field: order, list: lines }
key:
  company: { crm: company, erp: Area, fold: LOWER }
  orderNumber: { crm: order, erp: OrderNo, fold: UPPER }
  lineNumber: { crm: position, erp: LineNo }
fields:
  quantity: { crm: quantity, erp: Quantity }
  amount: { crm: amount, erp: Amount, copies: { crm: [baseamount] }, direction: ERP_TO_CRM, computedBy: ERP }
`,
  'maps/orders.yaml': `
map: orders
entity: Order
plural: orders
version: 1.0.0
publisher: Lockstep
scope: company
reads: CRM
conflict: ERP
crm: { table: orders }
erp: { table: Orders }
key:
  company: { crm: company, erp: Area, fold: LOWER }
  number: { crm: number, erp: OrderNo, fold: UPPER, sequence: "SO-{000000}" }
fields:
  customer: { crm: customer, erp: Account, ref: [Customer, Person], required: true, reverse: orders }
  currency: { crm: currency, erp: Currency, copies: { crm: [isocode] } }
  total: { crm: total, erp: Total, direction: ERP_TO_CRM, computedBy: ERP }
  state: { crm: state, values: { OPEN: 0, CLOSED: 1 } }
`,
  'maps/persons.yaml': `
map: persons
entity: Person
plural: persons
version: 1.0.0
publisher: Lockstep
scope: company
reads: CRM
conflict: ERP
crm: { table: contacts }
erp: { table: Customers, filter: "PartyType = 'Person'", constants: { PartyType: Person } }
key:
  company: { crm: company, erp: Area, fold: LOWER }
  number: { crm: number, erp: Account, fold: UPPER }
fields:
  name: { crm: fullname, erp: Name }
`,
}
export type File = keyof typeof WORLD

/** In one file, the first text becomes the second; `▸` stands before the place where the fault must be told. */
export type Edit = readonly [File, string, string]

export function worldWith(files: Readonly<Record<string, string>>): {
  readonly tables: readonly LoadedTable[]
  readonly catalog: Catalog
  readonly faults: readonly Fault[]
} {
  const filesIn = (folder: string) => Object.entries(files).filter(([file]) => file.startsWith(`${folder}/`))
  const reads = <T>(folder: string, read: (text: string, file: string) => Read<T>) =>
    filesIn(folder).map(([file, text]) => read(text, file))
  const crm = reads('crm', (text, file) => readTable('CRM', text, file))
  const erp = reads('erp', (text, file) => readTable('ERP', text, file))
  const [maps, values] = [reads('maps', readMap), reads('values', readValueMap)]
  const of = <T>(all: readonly Read<T>[]) => all.flatMap((read) => (read.ok ? [read.loaded] : []))
  return {
    tables: [...of(crm), ...of(erp)],
    catalog: { maps: of(maps), values: of(values) },
    faults: [...crm, ...erp, ...maps, ...values].flatMap((read) => (read.ok ? [] : read.faults)),
  }
}

export function faultsWith(files: Readonly<Record<string, string>>): readonly string[] {
  const { tables, catalog, faults } = worldWith(files)
  return (faults.length > 0 ? faults : check(tables, catalog)).map(describeFault)
}

/** The faults of the edited world, and the place that the mark stands for, as `file:line:column: `. */
export function edited([file, from, to]: Edit): { readonly faults: readonly string[]; readonly place: string } {
  expect(WORLD[file]).toContain(from)
  const marked = WORLD[file].replace(from, () => to)
  const before = marked.slice(0, marked.indexOf('▸')).split('\n')
  expect(marked).toContain('▸')
  const place = `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: `
  return { faults: faultsWith({ ...WORLD, [file]: marked.replaceAll('▸', '') }), place }
}

export type Case = readonly [title: string, edit: Edit, message: string]

export function refuses(cases: readonly Case[]): void {
  it.each(cases)('%s', (_, edit, message) => {
    const { faults, place } = edited(edit)
    expect(faults, JSON.stringify(faults)).toContain(`${place}${message}`)
  })
}

export const CUSTOMERS = 'maps/customers.yaml'
export const ACCOUNTS = 'crm/accounts.yaml'
export const ORDERS = 'maps/orders.yaml'
export const LINES = 'maps/lines.yaml'
