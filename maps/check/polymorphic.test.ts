import { describe, expect, it } from 'vitest'
import { faultsWith, ORDERS, refuses, WORLD } from './world.fixture.ts'

const REF = 'ref: [Customer, Person]'

describe('a reference to one of several entities', () => {
  refuses([
    [
      'names entities that have maps',
      [ORDERS, REF, 'ref: [Customer, ▸Persn]'],
      'No map is of an entity "Persn". Did you mean "Person"?',
    ],
    ['names each once', [ORDERS, REF, 'ref: [Customer, ▸Customer]'], '"Customer" is there twice'],
    ['names more than one', [ORDERS, REF, 'ref: ▸[Customer]'], '"ref" must name at least two entities'],
    [
      'has the tables of its entities in its column',
      [ORDERS, `crm: customer, erp: Account, ${REF}`, 'crm: ▸customer, erp: Account, ref: [Customer, CustomerGroup]'],
      '"customer" refers to accounts or contacts, and in the CRM Customer is accounts, CustomerGroup is groups',
    ],
    [
      'to one of them alone has one table',
      [ORDERS, `crm: customer, erp: Account, ${REF}`, 'crm: ▸customer, erp: Account, ref: Customer'],
      '"customer" refers to accounts or contacts, and Customer is accounts in the CRM',
    ],
  ])

  it('can be told where it is read', () => {
    const map = WORLD[ORDERS].replace('reads: CRM', 'reads: ERP')
    expect(faultsWith({ ...WORLD, [ORDERS]: map })).toEqual([
      'maps/orders.yaml:16:35: "Account" does not tell a Customer from a Person, and the ERP serves the field',
    ])
  })

  it('has entities whose keys have one form', () => {
    const map = WORLD['maps/persons.yaml'].replace('erp: Account, fold: UPPER', 'erp: Account')
    expect(faultsWith({ ...WORLD, 'maps/persons.yaml': map })).toEqual([
      'maps/orders.yaml:16:60: The keys of Customer and Person differ in scope, names or letter case',
    ])
  })

  it('may be read over a step to a key of either', () => {
    const map = WORLD[ORDERS].replace('crm: customer,', 'crm: customer.number,')
    expect(faultsWith({ ...WORLD, [ORDERS]: map })).toEqual([])
    expect(faultsWith({ ...WORLD, [ORDERS]: map.replace('customer.number', 'customer.nmber') })).toEqual([
      'maps/orders.yaml:16:20: accounts or contacts is referred to by number, not by "nmber". Did you mean "number"?',
    ])
  })
})
