import { describe, expect, it } from 'vitest'
import { CUSTOMERS, faultsWith, LINES, ORDERS, refuses, WORLD } from './world.fixture.ts'

describe('a name', () => {
  refuses([
    [
      'is no field that every entity has',
      [CUSTOMERS, '  taxGroup:', '  ▸revision:'],
      'Every entity has a field "revision" already',
    ],
    ['is a key field or another', [CUSTOMERS, '  taxGroup:', '  ▸number:'], '"number" is a key field already'],
    [
      'does not begin as those of GraphQL',
      [CUSTOMERS, '  taxGroup:', '  ▸__taxGroup:'],
      '"__taxGroup" begins with "__", which GraphQL keeps to itself',
    ],
    [
      'is no type of the graph',
      [CUSTOMERS, 'entity: Customer', 'entity: ▸Transaction'],
      '"Transaction" is a type of the graph already',
    ],
    [
      'is no message of the change stream',
      [CUSTOMERS, 'entity: Customer', 'entity: ▸Heartbeat'],
      '"Heartbeat" is a type of the graph already',
    ],
    [
      'is no list of changes',
      [CUSTOMERS, 'plural: customers', 'plural: ▸changes'],
      '"changes" is a field of the graph already',
    ],
    [
      'is no root field of the graph',
      [CUSTOMERS, 'plural: customers', 'plural: ▸transactions'],
      '"transactions" is a field of the graph already',
    ],
    [
      'of an entity is its own',
      ['maps/groups.yaml', 'entity: CustomerGroup', 'entity: ▸Customer'],
      '"Customer" is taken by entity "Customer" already',
    ],
    [
      'of a list is its own',
      ['maps/groups.yaml', 'plural: customerGroups', 'plural: ▸customers'],
      '"customers" is taken by plural "customers" already',
    ],
    [
      'of a list is not that of one record',
      [CUSTOMERS, 'plural: customers', 'plural: ▸customer'],
      '"customer" is taken by entity "Customer" already',
    ],
    [
      'of a map is its own',
      ['maps/groups.yaml', 'map: groups', 'map: ▸customers'],
      '"customers" is taken by map "customers" already',
    ],
    [
      'of a list that leads back is no field',
      [CUSTOMERS, 'reverse: customers', 'reverse: ▸label'],
      '"CustomerGroup.label" is taken by a field already',
    ],
    [
      'of a list that leads back is no field of every entity',
      [CUSTOMERS, 'reverse: customers', 'reverse: ▸sync'],
      '"CustomerGroup.sync" is taken by a field of every entity already',
    ],
    [
      'of a whole is no field of the part',
      [LINES, 'field: order,', 'field: ▸amount,'],
      '"OrderLine.amount" is taken by a field already',
    ],
    [
      'of a list of parts is no field of the whole',
      [LINES, 'list: lines', 'list: ▸total'],
      '"Order.total" is taken by a field already',
    ],
    [
      'of a list of parts does not begin as those of GraphQL',
      [LINES, 'list: lines', 'list: ▸__lines'],
      '"__lines" begins with "__", which GraphQL keeps to itself',
    ],
    [
      'that leads back is free on each of several entities',
      [ORDERS, 'reverse: orders', 'reverse: ▸name'],
      '"Person.name" is taken by a field already',
    ],
    [
      'is one that lists can be ordered by',
      [CUSTOMERS, '  taxGroup:', '  ▸tax_Number:'],
      '"tax_Number" and "taxNumber" are both TAX_NUMBER where a list is ordered',
    ],
    [
      'of an enum is no other type',
      ['maps/customers.yaml', '  lead: { crm: lead, values: {', '  filter: { crm: lead, values: ▸{'],
      'Its enum "CustomerFilter" would be the second type of that name',
    ],
  ])

  it('of an enum is defined once', () => {
    const values = WORLD['values/language.yaml'].replace('values: language', 'values: customerHold')
    const map = WORLD[CUSTOMERS].replace('values: language', 'values: customerHold')
    expect(faultsWith({ ...WORLD, 'values/language.yaml': values, [CUSTOMERS]: map })).toEqual([
      'maps/customers.yaml:19:53: Its enum "CustomerHold" would be the second type of that name',
    ])
  })

  it('of an entity is no union that a reference makes', () => {
    const groups = WORLD['maps/groups.yaml'].replace('entity: CustomerGroup', 'entity: OrderCustomer')
    const customers = WORLD[CUSTOMERS].replace('ref: CustomerGroup', 'ref: OrderCustomer')
    expect(faultsWith({ ...WORLD, 'maps/groups.yaml': groups, [CUSTOMERS]: customers })).toContain(
      'maps/orders.yaml:16:49: "OrderCustomer" is taken by entity "OrderCustomer" already',
    )
  })

  it('of an entity is no message about another', () => {
    const groups = WORLD['maps/groups.yaml'].replace('entity: CustomerGroup', 'entity: CustomerChange')
    const customers = WORLD[CUSTOMERS].replace('ref: CustomerGroup', 'ref: CustomerChange')
    expect(faultsWith({ ...WORLD, 'maps/groups.yaml': groups, [CUSTOMERS]: customers })).toContainEqual(
      expect.stringContaining('"CustomerChange" is taken by entity'),
    )
  })

  it('makes no type that the graph has', () => {
    const orders = WORLD[ORDERS].replace('entity: Order', 'entity: Transaction')
    const lines = WORLD[LINES].replace('entity: Order,', 'entity: Transaction,')
    expect(faultsWith({ ...WORLD, [ORDERS]: orders, [LINES]: lines })).toEqual(
      expect.arrayContaining(
        ['Transaction', 'TransactionConnection', 'TransactionEdge', 'TransactionFilter'].map(
          (name) => `maps/orders.yaml:3:9: "${name}" is a type of the graph already`,
        ),
      ),
    )
  })
})
