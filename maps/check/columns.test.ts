import { describe, expect, it } from 'vitest'
import { CUSTOMERS, faultsWith, ORDERS, refuses, WORLD } from './world.fixture.ts'

describe('the columns of a side', () => {
  refuses([
    [
      'have constants that fit',
      [CUSTOMERS, 'constants: { kind: 3 }', 'constants: { kind: ▸4 }'],
      'kind must be one of 1, 2, 3',
    ],
    [
      'are written once',
      [CUSTOMERS, 'taxGroup: { erp: TaxGroup }', 'taxGroup: { erp: ▸TaxNumber }'],
      '"TaxNumber" is written by field "taxNumber" already',
    ],
    [
      'are written by a field or a constant',
      [CUSTOMERS, 'constants: { kind: 3 }', 'constants: { kind: 3, taxnumber: ▸x }'],
      '"taxnumber" is written by field "taxNumber" already',
    ],
    [
      'are not left empty',
      [CUSTOMERS, 'crm: { table: accounts, filter: "kind = 3", constants: { kind: 3 } }', 'crm: { table: ▸accounts }'],
      'accounts requires "kind": it needs a field, a constant or a default',
    ],
    [
      'have no constants where the system computes them',
      [ORDERS, 'crm: { table: orders }', 'crm: { table: orders, constants: { ▸state: 1 } }'],
      '"state" is computed: it takes no constant',
    ],
    [
      'are written by a reference that they tell the table of',
      [ORDERS, 'crm: { table: orders }', 'crm: { table: orders, constants: { customertype: ▸1 } }'],
      '"customertype" is written by field "customer" already',
    ],
    [
      'are not left empty by a direction',
      [CUSTOMERS, 'erp: Name, required: true', 'erp: Name, direction: ▸CRM_TO_ERP'],
      'accounts requires "name": it needs a field, a constant or a default that gives it a value from the other side',
    ],
  ])

  it('are not written where the system fills them', () => {
    const generated = WORLD['erp/customers.yaml'].replace('Stamp: { type: dateTime }', 'Stamp: { type: guid }')
    const map = WORLD[CUSTOMERS].replace('taxGroup: { erp: TaxGroup }', 'stamp: { crm: accountid, erp: Stamp }')
    expect(faultsWith({ ...WORLD, 'erp/customers.yaml': generated, [CUSTOMERS]: map })).toEqual([
      'maps/customers.yaml:25:17: "accountid" is filled by the CRM itself: nothing can flow into it',
    ])
  })
})
