import { describe, expect, it } from 'vitest'
import { CUSTOMERS, faultsWith, refuses, WORLD } from './world.fixture.ts'

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
})
