import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row, System, Value } from '../schema/record.ts'
import { recordKey } from '../schema/record-key.ts'
import { compileMapSet } from './compile.ts'
import { encodeId, entityIdOfRow, entityKeyOfRow, foldKey, nativeKeys } from './identity.ts'
import type { Field, TableMap } from './model.ts'
import { mapOrder } from './order.ts'
import { type Read, readMap, readTable, readValueMap } from './read.ts'
import { fromNative, toNative, toNativeValue, toUnifiedValue, unify } from './translate.ts'

const ACCOUNTS = `
table: accounts
scope: company
company: company
key: [company, number]
columns:
  company: { type: string, maxLength: 4, required: true, immutable: true }
  number: { type: string, maxLength: 20, required: true, immutable: true }
  name: { type: string, maxLength: 160 }
  nickname: { type: string, maxLength: 10 }
  groupid: { type: string, maxLength: 10, references: groups }
  currency: { type: string, maxLength: 3, references: currencies }
  hold: { type: enum, values: [10, 11] }
  country: { type: string, maxLength: 80 }
  listed: { type: boolean }
  credit: { type: decimal, precision: 18, scale: 4 }
  rate: { type: decimal, precision: 10, scale: 4 }
  memo: { type: string, maxLength: 2000 }
  code: { type: string, maxLength: 8 }
  born: { type: date }
  lead: { type: enum, values: [7, 8] }
`
const CUSTOMERS = `
table: Customers
scope: company
company: Area
key: [Area, Account]
columns:
  Account: { type: string, maxLength: 20, required: true, immutable: true }
  Area: { type: string, maxLength: 4, required: true, immutable: true }
  Name: { type: string, maxLength: 100 }
  Nickname: { type: string, maxLength: 5 }
  GroupId: { type: string, maxLength: 10, references: Groups }
  CurrencyCode: { type: string, maxLength: 3, references: Currencies }
  Hold: { type: enum, values: [No, All] }
  Country: { type: string, maxLength: 2 }
  Listed: { type: enum, values: [No, Yes] }
  Credit: { type: decimal, precision: 16, scale: 2 }
  Rate: { type: decimal, precision: 8, scale: 2 }
  Memo: { type: string, maxLength: 4 }
  Number: { type: integer }
  Born: { type: date }
  TaxGroup: { type: string, maxLength: 10 }
`
const groups = (table: string, company: string, code: string) => `
table: ${table}
scope: company
company: ${company}
key: [${company}, ${code}]
columns:
  ${company}: { type: string, maxLength: 4, required: true, immutable: true }
  ${code}: { type: string, maxLength: 10, required: true, immutable: true }
`
const currencies = (table: string, code: string) => `
table: ${table}
scope: global
key: [${code}]
columns:
  ${code}: { type: string, maxLength: 3, required: true, immutable: true }
`
const HEAD = 'version: 1.0.0\npublisher: Lockstep\nreads: CRM\nconflict: ERP'
const CUSTOMER_MAP = `
map: customers
entity: Customer
plural: customers
${HEAD}
scope: company
crm: { table: accounts }
erp: { table: Customers }
key:
  company: { crm: company, erp: Area, fold: LOWER }
  number: { crm: number, erp: Account, fold: UPPER }
fields:
  name: { crm: name, erp: Name, overflow: REFUSE }
  nickname: { crm: nickname, erp: Nickname, overflow: CLIP, loss: "All but five letters." }
  group: { crm: groupid, erp: GroupId, ref: CustomerGroup }
  currency: { crm: currency, erp: CurrencyCode, ref: Currency }
  hold: { crm: hold, erp: Hold, values: { NO: [10, No], ALL: [11, All] }, default: NO }
  country: { crm: country, erp: Country, values: country }
  listed: { crm: listed, erp: Listed, values: yesno, default: true }
  credit: { crm: credit, erp: Credit, overflow: REFUSE, default: "1" }
  rate: { crm: rate, erp: Rate, overflow: CLIP, loss: "Places." }
  memo: { crm: memo, erp: Memo, toErp: "$substring(value, 0, 4)", toCrm: "value", loss: "The end." }
  code: { crm: code, erp: Number, toErp: "$number(value)", toCrm: "$string(value)" }
  born: { crm: born, erp: Born, direction: ERP_TO_CRM }
  lead: { crm: lead, values: { WEB: 7, FAIR: 8 } }
  taxGroup: { erp: TaxGroup }
`
const GROUP_MAP = `
map: groups
entity: CustomerGroup
plural: customerGroups
${HEAD}
scope: company
crm: { table: groups }
erp: { table: Groups }
key:
  company: { crm: company, erp: Area, fold: LOWER }
  code: { crm: code, erp: Code, fold: UPPER }
`
const CURRENCY_MAP = `
map: currencies
entity: Currency
plural: currencies
${HEAD}
scope: global
crm: { table: currencies }
erp: { table: Currencies }
key:
  code: { crm: iso, erp: Code, fold: UPPER }
`

function loaded<T>(read: Read<T>) {
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  return read.loaded
}

const MAP_SET = compileMapSet(
  [
    ...[ACCOUNTS, groups('groups', 'company', 'code'), currencies('currencies', 'iso')].map((text) =>
      loaded(readTable('CRM', text, 'crm.yaml')),
    ),
    ...[CUSTOMERS, groups('Groups', 'Area', 'Code'), currencies('Currencies', 'Code')].map((text) =>
      loaded(readTable('ERP', text, 'erp.yaml')),
    ),
  ],
  {
    maps: [CUSTOMER_MAP, GROUP_MAP, CURRENCY_MAP].map((text) => loaded(readMap(text, 'map.yaml'))),
    values: [
      'values: yesno\ntype: boolean\nentries: { "false": [false, "No"], "true": [true, "Yes"] }',
      'values: country\nentries: { DE: [Germany, DE], FR: [France, FR] }',
    ].map((text) => loaded(readValueMap(text, 'values.yaml'))),
  },
)

function customers(): TableMap {
  const map = MAP_SET.byEntity.get('Customer')
  if (map === undefined) throw new Error('The customer map is missing')
  return map
}
const MAP = customers()

function fieldOf(name: string): Field {
  const field = MAP.field.get(name)
  if (field === undefined) throw new Error(`No field ${name}`)
  return field
}

const native = (system: System, name: string, value: Value, company: string | null = 'usmf') =>
  toNative(MAP_SET, MAP, system, { [name]: value }, company)
const unified = (system: System, name: string, value: Value, company: string | null = 'usmf') =>
  toUnifiedValue(MAP_SET, MAP, fieldOf(name), system, value, company)

const KEY = { company: 'USMF', number: 'c-1' }
const EMPTY_FIELDS = Object.fromEntries(MAP.fields.map(({ name }) => [name, null]))

describe('a compiled map', () => {
  it('knows its fields, key fields first', () => {
    expect(MAP.fields.map(({ name, kind }) => `${kind} ${name}`).slice(0, 3)).toEqual([
      'key company',
      'key number',
      'mapped name',
    ])
    expect(MAP.fields.flatMap((field) => (field.kind === 'own' ? [`${field.system} ${field.column}`] : []))).toEqual([
      'CRM lead',
      'ERP TaxGroup',
    ])
  })

  it('gives each field its type', () => {
    const types = Object.fromEntries(MAP.fields.map(({ name, type }) => [name, type]))
    expect(types).toMatchObject({
      number: { kind: 'string', maxLength: 20 },
      name: { kind: 'string', maxLength: 100 },
      nickname: { kind: 'string', maxLength: 10 },
      group: { kind: 'reference', entity: 'CustomerGroup' },
      hold: { kind: 'enum', name: 'CustomerHold', values: ['NO', 'ALL'] },
      country: { kind: 'enum', name: 'Country', values: ['DE', 'FR'] },
      listed: { kind: 'boolean' },
      credit: { kind: 'decimal', precision: 18, scale: 4 },
      memo: { kind: 'string', maxLength: 2000 },
      code: { kind: 'string', maxLength: 8 },
      born: { kind: 'date' },
    })
  })

  it('keeps defaults in unified form', () => {
    const defaults = MAP.fields.map((field) => (field.kind === 'key' ? undefined : field.default))
    expect(defaults.filter((value) => value !== undefined)).toEqual(['NO', true, '1.0000'])
  })

  it('is found by entity and by either table', () => {
    expect(MAP_SET.byTable('CRM', 'accounts')).toEqual([MAP])
    expect(MAP_SET.byTable('ERP', 'accounts')).toEqual([])
    expect(MAP_SET.tables.ERP.get('Customers')).toBe(MAP.sides.ERP.table)
  })

  it('comes after the maps that it refers to', () => {
    expect(mapOrder(MAP_SET).map(({ name }) => name)).toEqual(['groups', 'currencies', 'customers'])
  })
})

describe('identity', () => {
  it('is the folded key, from either side', () => {
    expect(entityKeyOfRow(MAP, 'CRM', { company: 'USMF', number: ' c-1 ' })).toEqual(['usmf', 'C-1'])
    expect(entityIdOfRow(MAP, 'ERP', { Area: 'usmf', Account: 'C-1' })).toBe(encodeId('Customer', ['usmf', 'C-1']))
  })

  it('is nothing while a part of the key is empty', () => {
    expect(entityKeyOfRow(MAP, 'CRM', { company: 'usmf', number: null })).toBe(null)
    expect(entityIdOfRow(MAP, 'CRM', { company: 'usmf', number: ' ' })).toBe(null)
  })

  it('names a record of each side', () => {
    const keys = nativeKeys(MAP, foldKey(MAP, ['USMF', 'c-1']))
    expect(keys).toEqual({ CRM: recordKey(['usmf', 'C-1']), ERP: recordKey(['usmf', 'C-1']) })
    expect(() => nativeKeys(MAP, ['usmf'])).toThrow(RangeError)
  })
})

describe('reading a record', () => {
  it('shows every field that the system holds', () => {
    const row: Row = {
      ...{ Area: 'USMF', Account: 'C-1', Name: 'Contoso', Nickname: null, GroupId: '20', CurrencyCode: 'usd' },
      ...{ Hold: 'All', Country: 'DE', Listed: 'No', Credit: '12.50', Rate: '0.00', Memo: 'Note', Number: 7 },
      ...{ Born: '1999-12-31', TaxGroup: 'CA' },
    }
    expect(unify(MAP_SET, MAP, 'ERP', row)).toEqual({
      ...{ company: 'usmf', number: 'C-1', name: 'Contoso', nickname: null, hold: 'ALL', country: 'DE', listed: false },
      group: encodeId('CustomerGroup', ['usmf', '20']),
      currency: encodeId('Currency', ['USD']),
      ...{ credit: '12.5000', rate: '0.0000', memo: 'Note', code: '7', born: '1999-12-31', taxGroup: 'CA' },
    })
  })

  it('shows empty columns, and columns that are not there, as null', () => {
    const { taxGroup: _, ...shown } = EMPTY_FIELDS
    expect(unify(MAP_SET, MAP, 'CRM', {})).toEqual(shown)
  })

  it('shows a value without a partner as null', () => {
    expect(unify(MAP_SET, MAP, 'CRM', { country: 'Atlantis' })['country']).toBe(null)
    expect(unified('CRM', 'country', 'Atlantis')).toBe(null)
  })

  it('does not know the company-bound target of a record without a company', () => {
    expect(unified('CRM', 'group', '20', null)).toBe(null)
    expect(unified('CRM', 'currency', 'usd', null)).toBe(encodeId('Currency', ['USD']))
  })
})

describe('a native write on its way to the other side', () => {
  it('takes only the fields bound to the given columns', () => {
    const row = { ...KEY, name: 'Contoso', groupid: '20', credit: '1.0000' }
    expect(fromNative(MAP_SET, MAP, 'CRM', row, ['name', 'groupid', 'lead', 'unmapped'])).toEqual({
      values: { name: 'Contoso', group: encodeId('CustomerGroup', ['usmf', '20']), lead: null },
      refusals: [],
    })
  })

  it('is refused for a value without a partner', () => {
    const row = { ...KEY, country: 'Atlantis', name: 'Contoso' }
    expect(fromNative(MAP_SET, MAP, 'CRM', row, ['country', 'name'])).toEqual({
      values: { name: 'Contoso' },
      refusals: [{ field: 'country', code: 'VALIDATION', message: '"Atlantis" of country has no value in country' }],
    })
  })
})

describe('writing unified values', () => {
  it('leaves out what the other system holds alone', () => {
    const values = { lead: 'WEB', taxGroup: 'CA', name: 'Contoso' }
    expect(toNative(MAP_SET, MAP, 'CRM', values, 'usmf')).toEqual({ set: { lead: 7, name: 'Contoso' }, refusals: [] })
    expect(toNative(MAP_SET, MAP, 'ERP', values, 'usmf')).toEqual({
      set: { TaxGroup: 'CA', Name: 'Contoso' },
      refusals: [],
    })
  })

  it('keeps null as null', () => {
    const { set, refusals } = toNative(MAP_SET, MAP, 'ERP', EMPTY_FIELDS, 'usmf')
    expect(Object.values(set).every((value) => value === null)).toBe(true)
    expect(refusals).toEqual([])
  })

  it.each<[System, string, Value, Row]>([
    ['CRM', 'number', ' c-1', { number: 'C-1' }],
    ['ERP', 'hold', 'ALL', { Hold: 'All' }],
    ['CRM', 'listed', false, { listed: false }],
    ['ERP', 'listed', false, { Listed: 'No' }],
    ['ERP', 'nickname', 'Benjamin', { Nickname: 'Benja' }],
    ['ERP', 'nickname', '😀😀😀😀😀😀', { Nickname: '😀😀😀😀😀' }],
    ['CRM', 'nickname', 'Benjamin', { nickname: 'Benjamin' }],
    ['ERP', 'rate', '-1.2399', { Rate: '-1.23' }],
    ['ERP', 'credit', '1.5000', { Credit: '1.50' }],
    ['ERP', 'memo', 'A longer note', { Memo: 'A lo' }],
    ['ERP', 'code', '42', { Number: 42 }],
    ['CRM', 'group', encodeId('CustomerGroup', ['usmf', '20']), { groupid: '20' }],
    ['ERP', 'currency', encodeId('Currency', ['USD']), { CurrencyCode: 'USD' }],
  ])('to the %s: %s %j', (system, name, value, set) => {
    expect(native(system, name, value)).toEqual({ set, refusals: [] })
  })

  it('passes on what is merely too long, for the participant to refuse', () => {
    const name = 'x'.repeat(101)
    expect(native('ERP', 'name', name)).toEqual({ set: { Name: name }, refusals: [] })
    expect(native('ERP', 'credit', '1.2345')).toEqual({ set: { Credit: '1.2345' }, refusals: [] })
  })

  it.each<[System, string, Value, string, string]>([
    ['CRM', 'number', ' ', 'REQUIRED', 'number must not be empty'],
    ['CRM', 'hold', 'NEVER', 'VALIDATION', 'hold "NEVER" has no value in hold'],
    ['CRM', 'born', '31.12.1999', 'VALIDATION', 'born must be a date written YYYY-MM-DD'],
    ['CRM', 'credit', 1.5, 'VALIDATION', 'credit must be a decimal number written as text, for example "12.50"'],
    ['ERP', 'code', '4.2', 'VALIDATION', 'Number must be a whole number between -2147483647 and 2147483647'],
    ['CRM', 'group', 'x', 'REFERENCE', 'group must be the id of a CustomerGroup'],
    ['CRM', 'group', encodeId('Currency', ['USD']), 'REFERENCE', 'group must be the id of a CustomerGroup'],
    ['CRM', 'currency', encodeId('Currency', ['a', 'USD']), 'REFERENCE', 'currency must be the id of a Currency'],
    [
      'CRM',
      'group',
      encodeId('CustomerGroup', ['demf', '20']),
      'REFERENCE',
      'group belongs to company demf, and this record to company usmf',
    ],
  ])('to the %s: %s %j is refused', (system, name, value, code, message) => {
    expect(native(system, name, value)).toEqual({ set: {}, refusals: [{ field: name, code, message }] })
  })

  it('knows no field of another entity', () => {
    expect(() => native('CRM', 'colour', 'red')).toThrow(RangeError)
  })
})

describe('one value for a filter', () => {
  const filter = (name: string, system: System, value: Value) =>
    toNativeValue(MAP_SET, MAP, fieldOf(name), system, value)

  it('is in native form', () => {
    expect(filter('hold', 'CRM', 'ALL')).toEqual({ ok: true, value: 11 })
    expect(filter('hold', 'CRM', null)).toEqual({ ok: true, value: null })
    expect(filter('group', 'ERP', encodeId('CustomerGroup', ['demf', '20']))).toEqual({ ok: true, value: '20' })
  })

  it('is refused where it has no partner, and unheard of where the system does not hold the field', () => {
    expect(filter('hold', 'CRM', 'NEVER')).toMatchObject({ ok: false, refusal: { field: 'hold' } })
    expect(() => filter('taxGroup', 'CRM', 'CA')).toThrow(RangeError)
  })
})

describe('there and back', () => {
  const decimal = fc.tuple(fc.integer({ min: -999999, max: 999999 }), fc.nat({ max: 99 }))
  const records = fc.record({
    company: fc.constant('usmf'),
    number: fc.stringMatching(/^[A-Z0-9-]{1,20}$/),
    name: fc.option(fc.string({ maxLength: 100 })),
    group: fc.option(fc.stringMatching(/^[A-Z0-9]{1,10}$/).map((code) => encodeId('CustomerGroup', ['usmf', code]))),
    hold: fc.option(fc.constantFrom('NO', 'ALL')),
    country: fc.option(fc.constantFrom('DE', 'FR')),
    listed: fc.option(fc.boolean()),
    credit: fc.option(decimal.map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}00`)),
    born: fc.option(
      fc
        .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
    ),
  })

  it.each<System>(['CRM', 'ERP'])('through the %s nothing is lost that is not declared', (system) => {
    fc.assert(
      fc.property(records, (record) => {
        const { set, refusals } = toNative(MAP_SET, MAP, system, record, 'usmf')
        expect(refusals).toEqual([])
        expect(unify(MAP_SET, MAP, system, set)).toMatchObject(record)
      }),
    )
  })

  it('each value of a value map leads to one native value, and back', () => {
    for (const { type, name } of MAP.fields.filter(({ type }) => type.kind === 'enum')) {
      const values = type.kind === 'enum' ? type.values : []
      const systems: readonly System[] = name === 'lead' ? ['CRM'] : ['CRM', 'ERP']
      for (const system of systems) {
        const natives = values.map((value) => Object.values(native(system, name, value).set)[0] ?? null)
        expect(new Set(natives).size).toBe(values.length)
        expect(natives.map((value) => unified(system, name, value))).toEqual(values)
      }
    }
  })
})
