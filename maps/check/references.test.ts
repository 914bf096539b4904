import { describe, expect, it } from 'vitest'
import { CUSTOMERS, faultsWith, refuses, WORLD } from './world.fixture.ts'

describe('a reference', () => {
  refuses([
    [
      'leads to the tables of its entity',
      [CUSTOMERS, 'crm: groupid.code, erp: GroupId', 'crm: groupid.code, erp: ▸TaxGroup'],
      '"TaxGroup" refers to nothing, and CustomerGroup is Groups in the ERP',
    ],
  ])

  it('may go round in a circle that need not be closed, and to its own entity', () => {
    const map = WORLD['maps/groups.yaml'].replace('ref: Customer', 'ref: Customer, reverse: leads')
    expect(faultsWith({ ...WORLD, 'maps/groups.yaml': map })).toEqual([])
  })

  it('may not go round in a circle of records that must each exist first', () => {
    const groups = WORLD['maps/groups.yaml'].replace('ref: Customer', 'ref: Customer, required: true')
    const customers = WORLD[CUSTOMERS].replace('reverse: customers', 'required: true')
    expect(faultsWith({ ...WORLD, 'maps/groups.yaml': groups, [CUSTOMERS]: customers })).toEqual([
      'maps/customers.yaml:17:50: A Customer and a CustomerGroup require each other: neither could be created first',
      'maps/groups.yaml:17:44: A CustomerGroup and a Customer require each other: neither could be created first',
    ])
  })
})
