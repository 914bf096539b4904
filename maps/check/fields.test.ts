import { describe, expect, it } from 'vitest'
import { ACCOUNTS, CUSTOMERS, type File, faultsWith, ORDERS, refuses, WORLD } from './world.fixture.ts'

describe('a field', () => {
  refuses([
    [
      'has one type on both sides',
      [CUSTOMERS, '  taxGroup: { erp: TaxGroup }', '  ▸taxGroup: { erp: TaxGroup, crm: born }'],
      '"taxGroup": born is date and TaxGroup is string: this needs values or expressions',
    ],
    [
      'names the values of an enum',
      [CUSTOMERS, '  lead: { crm: lead, values: { WEB: 7, FAIR: 8 } }', '  ▸lead: { crm: lead }'],
      '"lead": lead is an enum: this needs values, which give its values names',
    ],
    [
      'has the inverse of its expression',
      [CUSTOMERS, 'toErp: "$substring(value, 0, 1000)", toCrm: "value"', '▸toErp: "$substring(value, 0, 1000)"'],
      'The field is written to the CRM too: it needs toCrm',
    ],
    [
      'has expressions that parse',
      [CUSTOMERS, '$substring(value, 0, 1000)', '$substring(value, 0▸'],
      'Expected ")", not end of the expression',
    ],
    [
      'has expressions of functions that exist',
      [CUSTOMERS, '$substring(value, 0, 1000)', '▸$substr(value, 0, 1000)'],
      'Unknown function "$substr". Did you mean "substring"?',
    ],
    [
      'has expressions over the value',
      [CUSTOMERS, '$substring(value, 0, 1000)', '$substring(▸Memo, 0, 1000)'],
      'An expression of a field knows "value" alone, not "Memo"',
    ],
    [
      'has expressions of a type that fits',
      [CUSTOMERS, '"$substring(value, 0, 1000)"', '▸"$length(value)"'],
      'The expression gives integer, and Memo is string',
    ],
    ['has a default among its values', [CUSTOMERS, 'default: NO', 'default: ▸NEVER'], '"NEVER" is no value of hold'],
    [
      'has a default that fits',
      [CUSTOMERS, 'default: "10.00"', 'default: ▸10'],
      'credit must be a decimal number written as text, for example "12.50"',
    ],
    [
      'of one system has no direction',
      [CUSTOMERS, 'erp: TaxGroup }', 'erp: TaxGroup, ▸direction: ERP_TO_CRM }'],
      '"direction" is for fields of both systems',
    ],
    [
      'of one system has no expression',
      [CUSTOMERS, 'erp: TaxGroup }', 'erp: TaxGroup, ▸toErp: "value" }'],
      '"toErp" is for fields of both systems',
    ],
    [
      'leads back from references alone',
      [CUSTOMERS, 'erp: TaxNumber }', 'erp: TaxNumber, ▸reverse: customers }'],
      '"reverse" is for references that both systems hold',
    ],
    ['refers without a default', [CUSTOMERS, 'reverse: customers', '▸default: A'], '"default" does not go with ref'],
    [
      'has values or expressions',
      [CUSTOMERS, 'erp: Listed, values', 'erp: Listed, toErp: "value", ▸values'],
      '"values" does not go with expressions',
    ],
    ['refers or has values', [CUSTOMERS, 'reverse: customers', '▸values: language'], '"values" does not go with ref'],
  ])
})

describe('a computed field', () => {
  const computed = 'direction: ERP_TO_CRM, computedBy: ERP'
  refuses([
    [
      'says who computes it',
      [ORDERS, `erp: Total, ${computed}`, 'erp: ▸Total, direction: ERP_TO_CRM'],
      '"Total" is computed: the field needs computedBy: ERP',
    ],
    [
      'is computed by a system that does',
      [ORDERS, `crm: total, erp: Total, ${computed}`, 'crm: ▸total, erp: Total, computedBy: CRM'],
      '"total" is not a computed column of the CRM',
    ],
    ['flows away from there', [ORDERS, computed, 'computedBy: ▸ERP'], 'The field needs direction: ERP_TO_CRM'],
    [
      'is required of nobody',
      [ORDERS, computed, `${computed}, ▸required: true`],
      '"required" is for what somebody writes',
    ],
    ['has no default', [ORDERS, computed, `${computed}, ▸default: "1"`], '"default" is for what somebody writes'],
    [
      'of one system has no default either',
      [ORDERS, 'CLOSED: 1 }', 'CLOSED: 1 }, ▸default: OPEN'],
      '"default" is for what somebody writes',
    ],
    [
      'of one system needs nobody named',
      [ORDERS, 'CLOSED: 1 }', 'CLOSED: 1 }, ▸computedBy: CRM'],
      '"computedBy" is for fields of both systems',
    ],
  ])

  it('fills a column that the other side requires', () => {
    expect(WORLD['crm/orders.yaml']).toContain('total: { type: decimal, precision: 18, scale: 2, required: true }')
    expect(faultsWith(WORLD)).toEqual([])
  })
})

describe('nothing is lost in silence', () => {
  const memo = 'toErp: "$substring(value, 0, 1000)", toCrm: "value", loss: "The end."'
  refuses([
    [
      'of texts',
      [CUSTOMERS, `erp: Memo, ${memo}`, 'erp: ▸Memo'],
      'memo holds 2000 characters, Memo 1000: say overflow: REFUSE, or CLIP with the loss',
    ],
    [
      'by a cut that is not declared',
      [CUSTOMERS, `erp: Memo, ${memo}`, 'erp: Memo, ▸overflow: CLIP'],
      '"overflow" CLIP needs "loss", which says what is lost',
    ],
    [
      'where nothing can overflow',
      [CUSTOMERS, 'default: NO', '▸overflow: REFUSE'],
      '"overflow" is for plain text and decimals',
    ],
  ])

  const lossy = (file: File, from: string, to: string) =>
    faultsWith({ ...WORLD, [file]: WORLD[file].replace(from, to) })

  it('of texts of any length', () => {
    expect(lossy(ACCOUNTS, 'taxnumber: { type: string, maxLength: 30 }', 'taxnumber: { type: string }')).toEqual([
      'maps/customers.yaml:21:37: taxnumber holds any length, TaxNumber 30 characters: say overflow: REFUSE, or CLIP with the loss',
    ])
  })

  it('of decimals, in each direction', () => {
    expect(lossy(ACCOUNTS, 'precision: 16, scale: 2', 'precision: 16, scale: 4')).toEqual([
      'maps/customers.yaml:20:18: Credit holds 14 digits before the point, credit 12: say overflow: REFUSE, or CLIP with the loss',
      'maps/customers.yaml:20:31: credit holds 4 decimal places, Credit 2: say overflow: REFUSE, or CLIP with the loss',
    ])
  })

  it('and only in the directions that are written', () => {
    const oneWay = WORLD[CUSTOMERS].replace('erp: Credit,', 'erp: Credit, direction: ERP_TO_CRM,')
    const narrow = WORLD[ACCOUNTS].replace('precision: 16, scale: 2', 'precision: 18, scale: 4')
    expect(faultsWith({ ...WORLD, [CUSTOMERS]: oneWay, [ACCOUNTS]: narrow })).toEqual([])
  })

  it('and not where the map says that the participant refuses', () => {
    const declared = WORLD[CUSTOMERS].replace(memo, 'overflow: REFUSE')
    expect(faultsWith({ ...WORLD, [CUSTOMERS]: declared })).toEqual([])
  })
})
