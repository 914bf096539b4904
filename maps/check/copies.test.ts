import { describe, expect, it } from 'vitest'
import { faultsWith, LINES, ORDERS, refuses, WORLD } from './world.fixture.ts'

describe('a copy', () => {
  refuses([
    [
      'is a column',
      [ORDERS, 'crm: [isocode]', 'crm: [▸isocod]'],
      'orders has no column "isocod". Did you mean "isocode"?',
    ],
    [
      'is of the type of what it copies',
      [ORDERS, 'crm: [isocode]', 'crm: [▸customertype]'],
      '"customertype" cannot be a copy: it is enum, and currency string',
    ],
    [
      'is written by nobody else',
      [ORDERS, 'crm: [isocode]', 'crm: [isocode, ▸number]'],
      '"number" is written by field "number" already',
    ],
    [
      'is on a side that has the field',
      [ORDERS, 'CLOSED: 1 }', 'CLOSED: 1 }, ▸copies: { crm: [total] }'],
      '"copies" is for fields of both systems',
    ],
  ])

  it.each([
    ['type: string, maxLength: 2', 'currency holds 3 characters, isocode 2'],
    ['type: string, maxLength: 3, immutable: true', 'it is immutable, and currency is not'],
    ['type: string, maxLength: 3, required: true', 'it is required, and currency is not'],
    ['type: string, maxLength: 3, computed: true', 'its system fills it itself'],
  ])('can hold what it copies: %s', (definition, message) => {
    const table = WORLD['crm/orders.yaml'].replace('isocode: { type: string, maxLength: 3', `isocode: { ${definition}`)
    expect(faultsWith({ ...WORLD, 'crm/orders.yaml': table })).toEqual([
      `maps/orders.yaml:17:61: "isocode" cannot be a copy: ${message}`,
    ])
  })

  it('has every value of an enum that it copies', () => {
    const table = WORLD['crm/accounts.yaml'].replace('lead:', 'held: { type: enum, values: [10] }\n  lead:')
    const map = WORLD['maps/customers.yaml'].replace('erp: Hold,', 'erp: Hold, copies: { crm: [held] },')
    expect(faultsWith({ ...WORLD, 'crm/accounts.yaml': table, 'maps/customers.yaml': map })).toEqual([
      'maps/customers.yaml:18:49: "held" cannot be a copy: it cannot hold 11',
    ])
  })

  it('fills a column that is required, of a key too', () => {
    const table = WORLD['crm/orderlines.yaml'].replace(
      'baseamount:',
      'line: { type: integer, required: true }\n  baseamount:',
    )
    const files = { ...WORLD, 'crm/orderlines.yaml': table }
    expect(faultsWith(files)).toEqual([
      'maps/lines.yaml:10:15: orderlines requires "line": it needs a field, a constant or a default',
    ])
    const map = WORLD[LINES].replace('erp: LineNo }', 'erp: LineNo, copies: { crm: [line] } }')
    expect(faultsWith({ ...files, [LINES]: map })).toEqual([])
  })
})
