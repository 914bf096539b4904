import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Row, SYSTEMS, type System, type Value } from '../schema/record.ts'
import { recordKey } from '../schema/record-key.ts'
import { WORLD, worldWith } from './check/world.fixture.ts'
import { compileMapSet } from './compile.ts'
import { columnsOf, copyColumns, fieldsOfColumn, oneWayFields } from './field-columns.ts'
import { encodeId, entityIdOfRow, entityKeyOfRow, foldKey, nativeKeys } from './identity.ts'
import type { Field, TableMap } from './model.ts'
import { mapOrder } from './order.ts'
import { fromNative, type KindOf, nativeValuesOf, toNative, toNativeValue, toUnifiedValue, unify } from './translate.ts'

const { tables, catalog } = worldWith(WORLD)
const MAP_SET = compileMapSet(tables, catalog)

function mapOf(entity: string): TableMap {
  const map = MAP_SET.byEntity.get(entity)
  if (map === undefined) throw new Error(`No map of ${entity}`)
  return map
}
const ORDER = mapOf('Order')
const LINE = mapOf('OrderLine')

function fieldOf(map: TableMap, name: string): Field {
  const field = map.field.get(name)
  if (field === undefined) throw new Error(`No field ${name}`)
  return field
}
const CUSTOMER = fieldOf(ORDER, 'customer')

const customer = (number: string, company = 'usmf') => encodeId('Customer', [company, number])
const person = (number: string, company = 'usmf') => encodeId('Person', [company, number])
/** Persons have numbers that begin with a P. */
const kindOf: KindOf = (_, __, value) => (value.startsWith('P') ? 'Person' : 'Customer')

describe('the map of an order', () => {
  it('knows its parts, and they know their whole', () => {
    expect(MAP_SET.partsOf('Order')).toEqual([LINE])
    expect(MAP_SET.partsOf('OrderLine')).toEqual([])
    expect(LINE.parent).toEqual({ entity: 'Order', field: 'order', list: 'lines' })
    expect(ORDER.parent).toBe(null)
  })

  it('comes after all that its lines refer to, and before the lines', () => {
    const order = mapOrder(MAP_SET).map(({ entity }) => entity)
    expect(order.indexOf('Order')).toBeGreaterThan(order.indexOf('Customer'))
    expect(order.indexOf('Order')).toBeGreaterThan(order.indexOf('Person'))
    expect(order.indexOf('OrderLine')).toBeGreaterThan(order.indexOf('Order'))
  })

  it('comes after what only its lines refer to', () => {
    const zones = (table: string) => `
table: ${table}
scope: global
key: [code]
columns:
  code: { type: string, maxLength: 9, required: true, immutable: true }
`
    const added = (file: 'crm/orderlines.yaml' | 'erp/lines.yaml', before: string, column: string) =>
      WORLD[file].replace(before, `${column}\n  ${before}`)
    const world = worldWith({
      ...WORLD,
      'crm/zones.yaml': zones('zones'),
      'erp/zones.yaml': zones('Zones'),
      'crm/orderlines.yaml': added('crm/orderlines.yaml', 'quantity:', 'zone: { type: string, references: zones }'),
      'erp/lines.yaml': added('erp/lines.yaml', 'Quantity:', 'Zone: { type: string, references: Zones }'),
      'maps/lines.yaml': `${WORLD['maps/lines.yaml']}  zone: { crm: zone, erp: Zone, ref: Zone }\n`,
      'maps/zones.yaml': WORLD['maps/persons.yaml']
        .replace('map: persons\nentity: Person\nplural: persons', 'map: zones\nentity: Zone\nplural: zones')
        .replace('scope: company', 'scope: global')
        .replace(
          /crm: \{ table[\s\S]*/,
          'crm: { table: zones }\nerp: { table: Zones }\nkey: { code: { crm: code, erp: code } }\n',
        ),
    })
    const order = mapOrder(compileMapSet(world.tables, world.catalog)).map(({ entity }) => entity)
    expect(order.indexOf('Order')).toBeGreaterThan(order.indexOf('Zone'))
  })

  it('names the union of a reference to one of several entities', () => {
    expect(CUSTOMER.type).toEqual({ kind: 'polymorphic', name: 'OrderCustomer', entities: ['Customer', 'Person'] })
  })

  it('says what is computed, and by whom', () => {
    expect(fieldOf(ORDER, 'total')).toMatchObject({ kind: 'mapped', computedBy: 'ERP', direction: 'ERP_TO_CRM' })
    expect(fieldOf(ORDER, 'currency')).toMatchObject({ computedBy: null })
    expect(fieldOf(ORDER, 'state')).toMatchObject({ kind: 'own', computed: true })
  })

  it('knows which columns hold a field, and which fields a column', () => {
    expect(columnsOf(ORDER, CUSTOMER, 'CRM')).toEqual(['customer', 'customertype'])
    expect(columnsOf(ORDER, CUSTOMER, 'ERP')).toEqual(['Account'])
    expect(columnsOf(LINE, fieldOf(LINE, 'amount'), 'CRM')).toEqual(['amount', 'baseamount'])
    expect(columnsOf(ORDER, fieldOf(ORDER, 'state'), 'ERP')).toEqual([])
    expect(fieldsOfColumn(ORDER, 'CRM', 'customertype')).toEqual([CUSTOMER])
    expect(fieldsOfColumn(ORDER, 'CRM', 'unmapped')).toEqual([])
  })

  it('knows what only the map writes, and what flows one way', () => {
    expect(copyColumns(ORDER, 'CRM')).toEqual(new Set(['isocode']))
    expect(copyColumns(ORDER, 'ERP')).toEqual(new Set())
    expect(oneWayFields(ORDER, 'ERP').map(({ name }) => name)).toEqual(['total'])
    expect(oneWayFields(ORDER, 'CRM')).toEqual([])
  })
})

describe('a key with a whole number', () => {
  it('is digits in an entity key, and a number in a column and a unified record', () => {
    const row = { Area: 'USMF', OrderNo: 'so-1', LineNo: 7 }
    expect(entityKeyOfRow(LINE, 'ERP', row)).toEqual(['usmf', 'SO-1', '7'])
    expect(entityIdOfRow(LINE, 'ERP', row)).toBe(encodeId('OrderLine', ['usmf', 'SO-1', '7']))
    expect(nativeKeys(LINE, ['usmf', 'SO-1', '7']).CRM).toBe(recordKey(['usmf', 'SO-1', 7]))
    expect(unify(MAP_SET, LINE, 'ERP', row)).toMatchObject({ orderNumber: 'SO-1', lineNumber: 7 })
    expect(toNative(MAP_SET, LINE, 'CRM', { lineNumber: 7 }, 'usmf').set).toEqual({ position: 7 })
  })

  it.each([
    [' 007 ', '7'],
    ['-0', '0'],
    ['-7', '-7'],
    ['7.0', '7.0'],
    ['seven', 'seven'],
    ['9007199254740993', '9007199254740993'],
  ])('folds %j to %j', (given, folded) => {
    expect(foldKey(LINE, ['usmf', 'SO-1', given])).toEqual(['usmf', 'SO-1', folded])
  })

  it('names no record where it is no whole number', () => {
    expect(nativeKeys(LINE, ['usmf', 'SO-1', 'seven']).ERP).toBe(recordKey(['usmf', 'SO-1', 'seven']))
    expect(toNative(MAP_SET, LINE, 'CRM', { lineNumber: 'seven' }, 'usmf').refusals).toEqual([
      {
        field: 'lineNumber',
        code: 'VALIDATION',
        message: 'position must be a whole number between -2147483647 and 2147483647',
      },
    ])
  })

  it('is empty where its column is', () => {
    expect(entityKeyOfRow(LINE, 'ERP', { Area: 'usmf', OrderNo: 'SO-1', LineNo: null })).toBe(null)
  })

  it('is the same from either side', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_147_483_647 }), fc.constantFrom(...SYSTEMS), (number, system) => {
        const key = ['usmf', 'SO-1', String(number)]
        const { set } = toNative(
          MAP_SET,
          LINE,
          system,
          { company: 'usmf', orderNumber: 'SO-1', lineNumber: number },
          null,
        )
        expect(entityKeyOfRow(LINE, system, set)).toEqual(key)
        expect(foldKey(LINE, key)).toEqual(key)
      }),
    )
  })
})

describe('a reference to one of several entities', () => {
  it('fills the column that tells which, where there is one', () => {
    const set = (system: System, value: Value) => toNative(MAP_SET, ORDER, system, { customer: value }, 'usmf').set
    expect(set('CRM', customer('C-1'))).toEqual({ customer: 'C-1', customertype: 1 })
    expect(set('CRM', person('P-1'))).toEqual({ customer: 'P-1', customertype: 2 })
    expect(set('CRM', null)).toEqual({ customer: null, customertype: null })
    expect(set('ERP', person('P-1'))).toEqual({ Account: 'P-1' })
  })

  it.each<[Value, string]>([
    ['x', 'customer must be the id of a Customer or a Person'],
    [7, 'customer must be the id of a Customer or a Person'],
    [encodeId('CustomerGroup', ['usmf', '20']), 'customer must be the id of a Customer or a Person'],
    [encodeId('Person', ['P-1']), 'customer must be the id of a Person'],
    [person('P-1', 'demf'), 'customer belongs to company demf, and this record to company usmf'],
  ])('is refused as %j', (value, message) => {
    const { set, refusals } = toNative(MAP_SET, ORDER, 'CRM', { customer: value }, 'usmf')
    expect({ set, refusals }).toEqual({ set: {}, refusals: [{ field: 'customer', code: 'REFERENCE', message }] })
  })

  it('is told by that column', () => {
    const read = (row: Row) => unify(MAP_SET, ORDER, 'CRM', { company: 'usmf', ...row })['customer']
    expect(read({ customer: 'p-1', customertype: 2 })).toBe(person('P-1'))
    expect(read({ customer: 'c-1', customertype: 1 })).toBe(customer('C-1'))
    expect(read({ customer: null, customertype: 1 })).toBe(null)
    expect(read({ customer: 'C-1', customertype: null })).toBe(null)
  })

  it('is told by whoever asks, where no column does', () => {
    const row = { Area: 'USMF', Account: 'p-1' }
    const asked: unknown[] = []
    const answer: KindOf = (...question) => {
      asked.push(question)
      return 'Person'
    }
    expect(unify(MAP_SET, ORDER, 'ERP', row, answer)['customer']).toBe(person('P-1'))
    expect(asked).toEqual([[['Customer', 'Person'], 'usmf', 'P-1']])
    expect(unify(MAP_SET, ORDER, 'ERP', row)['customer']).toBe(null)
  })

  it('is refused on its way to the other side where there is no such record', () => {
    const row = { Area: 'usmf', Account: 'X-1' }
    expect(fromNative(MAP_SET, ORDER, 'ERP', row, ['Account'], () => null)).toEqual({
      values: {},
      refusals: [{ field: 'customer', code: 'REFERENCE', message: '"X-1" of Account names no Customer and no Person' }],
    })
  })

  it('goes to the other side when either of its columns was written', () => {
    const row = { company: 'usmf', customer: 'P-1', customertype: 2 }
    const values = { customer: person('P-1') }
    expect(fromNative(MAP_SET, ORDER, 'CRM', row, ['customertype'])).toEqual({ values, refusals: [] })
    expect(fromNative(MAP_SET, ORDER, 'CRM', row, ['customer'])).toEqual({ values, refusals: [] })
  })

  it('has a value for each of its columns in a filter, and takes more than one to tell', () => {
    expect(nativeValuesOf(MAP_SET, ORDER, CUSTOMER, 'CRM', person('P-1', 'demf'))).toEqual({
      ok: true,
      set: { customer: 'P-1', customertype: 2 },
    })
    expect(nativeValuesOf(MAP_SET, ORDER, CUSTOMER, 'CRM', 'x')).toMatchObject({ ok: false })
    expect(toNativeValue(MAP_SET, ORDER, CUSTOMER, 'CRM', person('P-1'))).toEqual({ ok: true, value: 'P-1' })
    expect(toUnifiedValue(MAP_SET, ORDER, CUSTOMER, 'CRM', 'P-1', 'usmf')).toBe(null)
  })
})

describe('a copy', () => {
  it('holds what its field does, empty or not', () => {
    const set = (value: Value) => toNative(MAP_SET, ORDER, 'CRM', { currency: value }, 'usmf').set
    expect(set('EUR')).toEqual({ currency: 'EUR', isocode: 'EUR' })
    expect(set(null)).toEqual({ currency: null, isocode: null })
  })

  it('is never read', () => {
    const row = { company: 'usmf', currency: 'EUR', isocode: 'USD' }
    expect(unify(MAP_SET, ORDER, 'CRM', row)).toMatchObject({ currency: 'EUR' })
    expect(fromNative(MAP_SET, ORDER, 'CRM', row, ['isocode'])).toEqual({ values: {}, refusals: [] })
  })
})

describe('there and back', () => {
  const numbers = fc.stringMatching(/^[A-Z0-9-]{1,20}$/)
  const amounts = fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n }).map((cents) => {
    const digits = String(cents < 0n ? -cents : cents).padStart(3, '0')
    return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
  })
  const orders = fc.record({
    company: fc.constant('usmf'),
    number: numbers,
    customer: fc.option(
      fc.oneof(
        numbers.map((number) => customer(`C${number.slice(1)}`)),
        numbers.map((number) => person(`P${number.slice(1)}`)),
      ),
    ),
    currency: fc.option(fc.string({ maxLength: 3 })),
    total: fc.option(amounts),
  })
  const lines = fc.record({
    company: fc.constant('usmf'),
    orderNumber: numbers,
    lineNumber: fc.integer({ min: -2_147_483_647 }),
    quantity: fc.option(amounts.map((amount) => `${amount}00`)),
    amount: fc.option(amounts),
  })

  it.each(SYSTEMS)('an order and its lines go through the %s unchanged', (system) => {
    const goesRound = (map: TableMap) => (record: Row) => {
      const { set, refusals } = toNative(MAP_SET, map, system, record, 'usmf')
      expect(refusals).toEqual([])
      expect(unify(MAP_SET, map, system, set, kindOf)).toMatchObject(record)
      expect(fromNative(MAP_SET, map, system, set, Object.keys(set), kindOf)).toEqual({ values: record, refusals: [] })
    }
    fc.assert(fc.property(orders, goesRound(ORDER)))
    fc.assert(fc.property(lines, goesRound(LINE)))
  })
})
