import { describe, expect, it } from 'vitest'
import { faultsWith, LINES, ORDERS, refuses, WORLD } from './world.fixture.ts'

describe('the map of parts', () => {
  refuses([
    [
      'has an entity that is the whole',
      [LINES, 'entity: Order,', 'entity: ▸Ordr,'],
      'No map is of an entity "Ordr". Did you mean "Order"?',
    ],
    [
      'has a whole that is no part',
      [LINES, 'entity: Order,', 'entity: ▸OrderLine,'],
      'OrderLine is a part itself: parts have no parts',
    ],
    ['has the scope of the whole', [LINES, 'scope: company', 'scope: ▸global'], 'Order is of scope company'],
    [
      'has the key of the whole and one field more',
      [LINES, 'key:\n  company: { crm: company, erp: Area, fold: LOWER }\n', '▸key:\n'],
      'The key of OrderLine is that of Order, which is company, number, and one field more',
    ],
    [
      'has key fields in the order of the whole',
      [
        LINES,
        'crm: order, erp: OrderNo, fold: UPPER }\n  lineNumber: { crm: position, erp: LineNo }',
        'crm: ▸position, erp: LineNo, fold: UPPER }\n  lineNumber: { crm: order, erp: OrderNo }',
      ],
      '"orderNumber" stands for "number" of Order, which is number in orders',
    ],
    [
      'has key fields in the letter case of the whole',
      [
        LINES,
        '  orderNumber: { crm: order, erp: OrderNo, fold: UPPER }',
        '  ▸orderNumber: { crm: order, erp: OrderNo }',
      ],
      '"orderNumber" stands for "number" of Order, and their letter cases differ',
    ],
    [
      'leaves numbers to the whole',
      [LINES, 'erp: OrderNo, fold: UPPER', 'erp: OrderNo, fold: UPPER, sequence: ▸"SO-{000}"'],
      'A part is numbered by its whole',
    ],
  ])

  it('is over tables that are parts of those of the whole', () => {
    const tables = WORLD['erp/lines.yaml'].replace('partOf: OrderNo\n', '').replace(', computed: true', '')
    const map = WORLD[LINES].replace('direction: ERP_TO_CRM, computedBy: ERP', 'direction: ERP_TO_CRM')
    expect(faultsWith({ ...WORLD, 'erp/lines.yaml': tables, [LINES]: map })).toEqual([
      'maps/lines.yaml:11:15: Lines is no part of Orders, as OrderLine is of Order',
    ])
  })

  it('is referred to by nothing but its whole', () => {
    const map = WORLD[ORDERS].replace('ref: [Customer, Person]', 'ref: [Customer, OrderLine]')
    expect(faultsWith({ ...WORLD, [ORDERS]: map })).toContain(
      'maps/orders.yaml:16:60: OrderLine is a part of Order: nothing refers to it',
    )
  })
})
