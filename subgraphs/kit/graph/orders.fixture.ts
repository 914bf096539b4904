/**
 * A small world of orders with lines: a customer or a person buys, and of the CRM's orders the map holds one kind. Memos
 * and their lines are the CRM's alone.
 */

import { worldWith } from '../../../maps/check/world.fixture.ts'
import { compileMapSet } from '../../../maps/compile.ts'
import { encodeId } from '../../../maps/identity.ts'
import type { MapSet } from '../../../maps/model.ts'
import { fill, type TestSystem } from './system.fixture.ts'

const KEY = 'type: string, required: true, immutable: true'
const MAP = `version: 1.0.0
publisher: Lockstep
scope: company
conflict: ERP`

const FILES = {
  'crm/accounts.yaml': `
table: accounts
scope: company
company: co
key: [co, number]
columns:
  co: { ${KEY}, maxLength: 4 }
  number: { ${KEY}, maxLength: 20 }
  kind: { type: enum, values: [1, 3], required: true }
  name: { type: string, maxLength: 60 }
  country: { type: string, maxLength: 2 }
`,
  'crm/contacts.yaml': `
table: contacts
scope: company
company: co
key: [co, number]
columns:
  co: { ${KEY}, maxLength: 4 }
  number: { ${KEY}, maxLength: 20 }
  name: { type: string, maxLength: 60 }
`,
  'crm/products.yaml': `
table: products
scope: company
company: co
key: [co, code]
columns:
  co: { ${KEY}, maxLength: 4 }
  code: { ${KEY}, maxLength: 20 }
  label: { type: string, maxLength: 60 }
`,
  'crm/orders.yaml': `
table: orders
scope: company
company: co
key: [co, number]
columns:
  co: { ${KEY}, maxLength: 4 }
  number: { ${KEY}, maxLength: 20 }
  kind: { type: enum, values: [1, 2], required: true, default: 1 }
  title: { type: string, maxLength: 60 }
  buyerid:
    type: string
    maxLength: 20
    references: { by: buyeridtype, tables: { account: accounts, contact: contacts } }
  buyeridtype: { type: enum, values: [account, contact] }
  payerid: { type: string, maxLength: 20, references: accounts }
  orderlines: { type: integer }
  total: { type: decimal, precision: 16, scale: 2 }
`,
  'crm/orderlines.yaml': `
table: orderlines
scope: company
company: co
key: [co, orderid, position]
partOf: orderid
columns:
  co: { ${KEY}, maxLength: 4 }
  orderid: { ${KEY}, maxLength: 20, references: orders }
  position: { type: integer, required: true, immutable: true }
  productid: { type: string, maxLength: 20, references: products }
  quantity: { type: decimal, precision: 16, scale: 2 }
`,
  'crm/memos.yaml': `
table: memos
scope: company
company: co
key: [co, code]
columns:
  co: { ${KEY}, maxLength: 4 }
  code: { ${KEY}, maxLength: 20 }
  subject: { type: string, maxLength: 60, required: true }
`,
  'crm/memolines.yaml': `
table: memolines
scope: company
company: co
key: [co, memo, position]
partOf: memo
columns:
  co: { ${KEY}, maxLength: 4 }
  memo: { ${KEY}, maxLength: 20, references: memos }
  position: { type: integer, required: true, immutable: true }
  text: { type: string, maxLength: 20, required: true }
  about: { type: string, maxLength: 20, references: accounts }
`,
  'erp/customers.yaml': `
table: Customers
scope: company
company: Area
key: [Area, Account]
columns:
  Area: { ${KEY}, maxLength: 4 }
  Account: { ${KEY}, maxLength: 20 }
  PartyType: { type: enum, values: [Organization, Person], required: true }
  Name: { type: string, maxLength: 60 }
  Country: { type: string, maxLength: 2 }
`,
  'erp/products.yaml': `
table: Products
scope: company
company: Area
key: [Area, Item]
columns:
  Area: { ${KEY}, maxLength: 4 }
  Item: { ${KEY}, maxLength: 20 }
  Label: { type: string, maxLength: 60 }
`,
  'erp/orders.yaml': `
table: Orders
scope: company
company: Area
key: [Area, Number]
columns:
  Area: { ${KEY}, maxLength: 4 }
  Number: { ${KEY}, maxLength: 20 }
  Title: { type: string, maxLength: 60 }
  Buyer: { type: string, maxLength: 20, references: Customers }
  Payer: { type: string, maxLength: 20, references: Customers }
  Total: { type: decimal, precision: 16, scale: 2, computed: true }
computations: [orderAmounts]
`,
  'erp/order-lines.yaml': `
table: OrderLines
scope: company
company: Area
key: [Area, Order, Line]
partOf: Order
columns:
  Area: { ${KEY}, maxLength: 4 }
  Order: { ${KEY}, maxLength: 20, references: Orders }
  Line: { type: integer, required: true, immutable: true }
  Item: { type: string, maxLength: 20, references: Products }
  Quantity: { type: decimal, precision: 16, scale: 2 }
  Bin: { type: string, maxLength: 10 }
`,
  'maps/customers.yaml': `
map: customers
entity: Customer
plural: customers
${MAP}
reads: CRM
crm: { table: accounts, filter: "kind = 3", constants: { kind: 3 } }
erp: { table: Customers, filter: "PartyType = 'Organization'", constants: { PartyType: Organization } }
key:
  company: { crm: co, erp: Area, fold: LOWER }
  number: { crm: number, erp: Account, fold: UPPER }
fields:
  name: { crm: name, erp: Name }
  country: { crm: country, erp: Country }
`,
  'maps/persons.yaml': `
map: persons
entity: Person
plural: persons
${MAP}
reads: CRM
crm: { table: contacts }
erp: { table: Customers, filter: "PartyType = 'Person'", constants: { PartyType: Person } }
key:
  company: { crm: co, erp: Area, fold: LOWER }
  number: { crm: number, erp: Account, fold: UPPER }
fields:
  name: { crm: name, erp: Name }
`,
  'maps/products.yaml': `
map: products
entity: Product
plural: products
${MAP}
reads: ERP
crm: { table: products }
erp: { table: Products }
key:
  company: { crm: co, erp: Area, fold: LOWER }
  code: { crm: code, erp: Item, fold: UPPER }
fields:
  label: { crm: label, erp: Label }
`,
  'maps/orders.yaml': `
map: orders
entity: Order
plural: orders
${MAP}
reads: CRM
crm: { table: orders, filter: "kind = 1", constants: { kind: 1 } }
erp: { table: Orders }
key:
  company: { crm: co, erp: Area, fold: LOWER }
  number: { crm: number, erp: Number, fold: UPPER }
fields:
  title: { crm: title, erp: Title }
  buyer: { crm: buyerid, erp: Buyer, ref: [Customer, Person], reverse: orders }
  payer: { crm: payerid.number, erp: Payer, ref: Customer, reverse: paidOrders }
  total: { crm: total, erp: Total, direction: ERP_TO_CRM, computedBy: ERP }
`,
  'maps/order-lines.yaml': `
map: orderLines
entity: OrderLine
plural: orderLines
${MAP}
reads: CRM
parent: { entity: Order, field: order, list: lines }
crm: { table: orderlines }
erp: { table: OrderLines }
key:
  company: { crm: co, erp: Area, fold: LOWER }
  orderNumber: { crm: orderid.number, erp: Order, fold: UPPER }
  lineNumber: { crm: position, erp: Line }
fields:
  product: { crm: productid.code, erp: Item, ref: Product, reverse: orderLines }
  quantity: { crm: quantity, erp: Quantity }
  bin: { erp: Bin }
`,
}

export function ordersMapSet(): MapSet {
  const { tables, catalog, faults } = worldWith(FILES)
  if (faults.length > 0) throw new TypeError(JSON.stringify(faults))
  return compileMapSet(tables, catalog)
}

export const idOf = (entity: string, ...key: readonly string[]) => encodeId(entity, ['usmf', ...key])

/** Two customers, an account that is none, a person, and orders of theirs; O-4 is of a kind that the map leaves alone. */
export async function fillOrders(crm: TestSystem): Promise<void> {
  const account = (number: string, kind: number, country: string) => ({
    co: 'usmf',
    number,
    kind,
    name: number,
    country,
  })
  await fill(crm, 'accounts', [account('C-1', 3, 'DE'), account('C-2', 3, 'FR'), account('A-3', 1, 'DE')])
  // A number that a customer has as well.
  await fill(crm, 'contacts', [{ co: 'usmf', number: 'C-1', name: 'Ada' }])
  await fill(
    crm,
    'products',
    ['BOLT', 'NUT'].map((code) => ({ co: 'usmf', code, label: code })),
  )
  const order = (
    number: string,
    kind: number,
    buyeridtype: string | null,
    buyerid: string | null,
    payerid = 'C-2',
  ) => ({
    ...{ co: 'usmf', number, kind, title: `Order ${number}`, buyeridtype, buyerid, payerid },
  })
  await fill(crm, 'orders', [
    order('O-1', 1, 'account', 'C-1'),
    order('O-2', 1, 'contact', 'C-1'),
    order('O-3', 1, 'account', 'A-3'),
    order('O-4', 2, 'account', 'C-1'),
    order('O-5', 1, null, null),
  ])
  const line = (orderid: string, position: number, productid: string, quantity: string) => ({
    ...{ co: 'usmf', orderid, position, productid, quantity },
  })
  await fill(crm, 'orderlines', [
    line('O-1', 2, 'BOLT', '4.00'),
    line('O-1', 10, 'NUT', '1.00'),
    line('O-2', 1, 'BOLT', '7.00'),
    line('O-4', 1, 'BOLT', '9.00'),
  ])
}
