import { describe, expect, it } from 'vitest'
import { SHIPPED, shippedMap } from '../../sync/shipped.fixture.ts'
import type { RecordObject } from '../source/source.ts'
import type { ColumnOptions, ColumnPlan } from './columns.ts'
import { planColumns } from './plan-columns.ts'

function plan(entity: string, header: readonly string[] | null, options: ColumnOptions = {}): ColumnPlan {
  const planned = planColumns(SHIPPED, shippedMap(entity), header, options)
  if (!planned.ok) throw new Error(planned.problems.map(({ message }) => message).join('\n'))
  return planned.plan
}

function problems(entity: string, header: readonly string[] | null, options: ColumnOptions = {}): readonly string[] {
  const planned = planColumns(SHIPPED, shippedMap(entity), header, options)
  return planned.ok ? [] : planned.problems.map(({ code, header, message }) => `${code} ${header}: ${message}`)
}

/** The input of one row, or its faults in short. */
function cells(entity: string, row: Readonly<Record<string, string>>, options: ColumnOptions = {}) {
  const mapped = plan(entity, Object.keys(row), options).map({ kind: 'CELLS', cells: Object.values(row) })
  return mapped.ok ? mapped.input : mapped.faults.map(({ code, field, header }) => [code, field.join('.'), header])
}

function record(entity: string, row: RecordObject, options: ColumnOptions = {}) {
  const mapped = plan(entity, null, options).map({ kind: 'RECORD', record: row })
  return mapped.ok ? mapped.input : mapped.faults.map(({ code, field, header }) => [code, field.join('.'), header])
}

describe('what cells stand for', () => {
  const columns = [{ from: 'land', to: 'deliveryCountry', values: { Germany: 'DE', '': 'FR', n: 'NULL' } }]
  const options: ColumnOptions = { columns, clearMarker: 'NULL' }

  it.each([
    ['is another value', 'Germany', { deliveryCountry: 'DE' }],
    ['is the cell itself, where nothing is said of it', 'IT', { deliveryCountry: 'IT' }],
    ['may be said of a blank one', '', { deliveryCountry: 'FR' }],
    ['may be the text that clears', 'n', { deliveryCountry: null }],
  ])('%s', (_case, land, input) => {
    expect(cells('Customer', { land }, options)).toEqual(input)
    expect(record('Customer', { land }, options)).toEqual(input)
  })

  it('is said of texts alone', () => {
    const some: ColumnOptions = { columns: [{ from: 'n', to: 'creditLimit', values: { '1': '2' } }] }
    expect(record('Customer', { n: 1 }, some)).toEqual({ creditLimit: '1' })
    expect(record('Customer', { n: '1' }, some)).toEqual({ creditLimit: '2' })
  })
})

describe('headers without `columns`', () => {
  it.each<[string, string, Record<string, string>, unknown]>([
    ['are field names', 'Customer', { company: 'usmf', name: 'Tern' }, { company: 'usmf', name: 'Tern' }],
    ['are paths into references', 'Customer', { 'group.code': 'RETAIL' }, { group: { code: 'RETAIL' } }],
    ['are references by the one field of their key', 'Customer', { group: 'RETAIL' }, { group: { code: 'RETAIL' } }],
    [
      'are references by more than one member',
      'SalesOrder',
      { 'customer.type': 'person', 'customer.number': 'P-1', 'customer.company': 'usmf' },
      { customer: { type: 'PERSON', number: 'P-1', company: 'usmf' } },
    ],
    [
      'are paths into parts',
      'SalesOrder',
      { number: 'S-1', 'lines.product.number': 'A', 'lines.quantity': '2' },
      { number: 'S-1', lines: [{ product: { number: 'A' }, quantity: '2' }] },
    ],
    ['are columns of the CRM', 'Customer', { emailaddress1: 'a@b.c' }, { email: 'a@b.c' }],
    ['are columns of the ERP', 'Customer', { OrganizationName: 'Tern' }, { name: 'Tern' }],
    ['are columns that one system alone has', 'Customer', { SalesTaxGroup: 'NY' }, { salesTaxGroup: 'NY' }],
    ['are columns that refer', 'Customer', { CustomerGroupId: 'RETAIL' }, { group: { code: 'RETAIL' } }],
    ['are either in any case of their letters', 'Customer', { NAME: 'Tern', organizationname: '' }, { name: 'Tern' }],
  ])('%s', (_case, entity, row, input) => {
    const options: ColumnOptions =
      'organizationname' in row ? { columns: [{ from: 'NAME', to: 'name' }], unknown: 'IGNORE' } : {}
    expect(cells(entity, row, options)).toEqual(input)
  })

  it('are field names before they are columns', () => {
    expect(cells('Customer', { Name: 'Tern', FAX: '1' })).toEqual({ name: 'Tern', fax: '1' })
  })

  it('that lead nowhere are refused together, with what may be meant', () => {
    expect(problems('Customer', ['nmae', 'name', ''])).toEqual([
      'UNKNOWN_COLUMN nmae: Column "nmae" is no field of Customer, and no column of its tables. Did you mean "name"?',
      'UNKNOWN_COLUMN : Column 3 has no name.',
    ])
  })

  it('that lead nowhere are left out, if that is wanted', () => {
    expect(cells('Customer', { nmae: 'x', name: 'Tern' }, { unknown: 'IGNORE' })).toEqual({ name: 'Tern' })
  })

  it('are refused where two lead to one field', () => {
    expect(problems('Customer', ['name', 'OrganizationName'])).toEqual([
      'MAPPED_TWICE OrganizationName: Columns "name" and "OrganizationName" both go to name.',
    ])
  })

  it('are refused where nobody writes the field', () => {
    expect(problems('SalesOrder', ['lines.lineAmount'])).toEqual([expect.stringContaining('nobody writes it')])
  })
})

describe('`columns`', () => {
  it('say which header goes where, one also to several fields', () => {
    const columns = [
      { from: 'ID', to: 'number' },
      { from: 'ID', to: 'customer.number' },
    ]
    expect(cells('Contact', { ID: 'A' }, { columns })).toEqual({ number: 'A', customer: { number: 'A' } })
  })

  it('are all that is looked at', () => {
    const columns = [{ from: 'title', to: 'name' }]
    expect(problems('Customer', ['title', 'name'], { columns })).toEqual([
      'UNKNOWN_COLUMN name: It is not among the given columns.',
    ])
    expect(cells('Customer', { title: 'Tern', name: 'x' }, { columns, unknown: 'IGNORE' })).toEqual({ name: 'Tern' })
  })

  it.each([
    ['a header that the file has not', 'x', 'name', 'UNKNOWN_COLUMN x: The file has no column "x".'],
    [
      'a field that the entity has not',
      'a',
      'nam',
      'UNKNOWN_FIELD a: Customer has no field "nam". Did you mean "name"?',
    ],
    [
      'a member that the reference has not',
      'a',
      'group.x',
      expect.stringContaining('group.id, group.company, group.code'),
    ],
    ['a member of what is no reference', 'a', 'name.x', expect.stringContaining('is no reference')],
    ['a list as a whole', 'a', 'lines', expect.stringContaining('no field "lines"')],
  ])('may not name %s', (_case, from, to, problem) => {
    expect(problems('Customer', ['a'], { columns: [{ from, to }], unknown: 'IGNORE' })).toEqual([problem])
  })

  it('are refused for every reason together', () => {
    const columns = [
      { from: 'a', to: 'x' },
      { from: 'b', to: 'lines' },
    ]
    expect(problems('SalesOrder', ['a', 'b', 'c'], { columns })).toHaveLength(3)
  })

  it('may give the id of what is to be changed', () => {
    const mapped = plan('Customer', ['Key', 'name'], {
      columns: [
        { from: 'Key', to: 'id' },
        { from: 'name', to: 'name' },
      ],
    }).map({ kind: 'CELLS', cells: ['abc', 'Tern'] })
    expect(mapped).toEqual({ ok: true, id: 'abc', input: { name: 'Tern' } })
  })
})

describe('blank cells', () => {
  const ROW = { name: 'Tern', email: ' ', group: '', 'paymentTerms.name': '' }

  it('leave their fields alone', () => {
    expect(cells('Customer', ROW)).toEqual({ name: 'Tern' })
  })

  it('clear their fields, if that is wanted', () => {
    expect(cells('Customer', ROW, { blank: 'CLEAR' })).toEqual({
      name: 'Tern',
      email: null,
      group: null,
      paymentTerms: null,
    })
  })

  it('differ from a marker, which clears', () => {
    const row = { name: 'Tern', email: 'NULL', phone: '' }
    expect(cells('Customer', row, { clearMarker: 'NULL' })).toEqual({ name: 'Tern', email: null })
    expect(cells('Customer', row)).toEqual({ name: 'Tern', email: 'NULL' })
  })

  it('leave a reference alone of which a company is all that is given', () => {
    expect(cells('Customer', { name: 'Tern', 'group.company': 'usmf', 'group.code': '' })).toEqual({ name: 'Tern' })
  })

  it('of a part alone are no part', () => {
    const row = { number: 'S-1', 'lines.product': '', 'lines.quantity': '' }
    for (const blank of ['LEAVE', 'CLEAR'] as const)
      expect(cells('SalesOrder', row, { blank })).toEqual({ number: 'S-1' })
  })

  it('everywhere are no row', () => {
    expect(cells('Customer', { name: '', email: '' }, { constants: [{ to: 'company', value: 'usmf' }] })).toEqual([
      ['EMPTY_ROW', '', null],
    ])
  })
})

describe('a cell', () => {
  it.each<[string, string, string, unknown]>([
    ['Customer', 'name', ' Tern ', ' Tern '],
    ['Customer', 'employees', ' 12 ', 12],
    ['Customer', 'employees', '-3', -3],
    ['Customer', 'creditLimit', '1250.00', '1250.00'],
    ['Customer', 'creditLimit', '+.5', '0.5'],
    ['Customer', 'creditLimit', '-12.', '-12'],
    ['Customer', 'oneTimeCustomer', 'YES', true],
    ['Customer', 'oneTimeCustomer', '0', false],
    ['Customer', 'onHold', 'invoice', 'INVOICE'],
    ['Customer', 'industry', 'Legal services', 'LEGAL_SERVICES'],
    ['Customer', 'creditReviewDate', '2024-02-29', '2024-02-29'],
    ['Customer', 'creditReviewDate', '1996-07-04 00:00:00.000', '1996-07-04'],
    ['Customer', 'msdyn_onholdstatus', '806380001', 'INVOICE'],
    ['Customer', 'OnHoldStatus', 'Invoice', 'INVOICE'],
    ['Customer', 'OnHoldStatus', 'INVOICE', 'INVOICE'],
    ['Customer', 'IsOneTimeCustomer', 'Yes', true],
    ['Contact', 'donotemail', 'true', false],
    ['Contact', 'receivesDirectMail', 'true', true],
  ])('of %s.%s: %j is %j', (entity, header, text, value) => {
    expect(Object.values(cells(entity, { [header]: text }))).toEqual([value])
  })

  it.each([
    ['employees', '1.5'],
    ['employees', '9999999999'],
    ['creditLimit', '1,250.00'],
    ['creditLimit', '1E+05'],
    ['creditLimit', '.'],
    ['oneTimeCustomer', 'perhaps'],
    ['onHold', 'INVOICES'],
    ['creditReviewDate', '2023-02-29'],
    ['creditReviewDate', '2024-01-01 10:00:00'],
    ['creditReviewDate', '01.02.2024'],
    ['msdyn_onholdstatus', '1'],
  ])('that does not fit %s: %j', (header, text) => {
    expect(cells('Customer', { [header]: text })).toEqual([['VALIDATION', expect.any(String), header]])
  })

  it('may have a comma for its decimals', () => {
    const read = (text: string) => cells('Customer', { creditLimit: text }, { decimalMark: ',' })
    expect(read('1250,5')).toEqual({ creditLimit: '1250.5' })
    expect(read('1.250,50')).toEqual([['VALIDATION', 'creditLimit', 'creditLimit']])
  })

  it('that does not fit is told with all others of its row, by field and header', () => {
    const mapped = plan('Customer', ['Staff', 'creditLimit', 'name'], {
      columns: [
        { from: 'Staff', to: 'employees' },
        { from: 'creditLimit', to: 'creditLimit' },
        { from: 'name', to: 'name' },
      ],
    }).map({ kind: 'CELLS', cells: ['many', 'much', 'Tern'] })
    expect(mapped).toEqual({
      ok: false,
      faults: [
        {
          code: 'VALIDATION',
          field: ['employees'],
          header: 'Staff',
          message: 'employees must be a whole number between -2147483647 and 2147483647',
        },
        expect.objectContaining({ field: ['creditLimit'], header: 'creditLimit' }),
      ],
      id: null,
      input: { name: 'Tern' },
    })
  })
})

describe('constants', () => {
  const constants = [
    { to: 'company', value: 'NWND' },
    { to: 'currency.code', value: 'USD' },
  ]

  it('stand in every row that gives no value itself', () => {
    expect(cells('Customer', { name: 'Tern', company: '' }, { constants })).toEqual({
      name: 'Tern',
      company: 'NWND',
      currency: { code: 'USD' },
    })
    expect(cells('Customer', { name: 'Tern', company: 'usmf' }, { constants })).toMatchObject({ company: 'usmf' })
    expect(record('Customer', { name: 'Tern', currency: null }, { constants })).toMatchObject({ currency: null })
  })

  it('stand in every part of a row', () => {
    const unit = [{ to: 'lines.unit.symbol', value: 'PCS' }]
    expect(record('SalesOrder', { lines: [{ quantity: '1' }, { quantity: '2' }] }, { constants: unit })).toEqual({
      lines: [
        { quantity: '1', unit: { symbol: 'PCS' } },
        { quantity: '2', unit: { symbol: 'PCS' } },
      ],
    })
    expect(record('SalesOrder', { number: 'S-1' }, { constants: unit })).toEqual({ number: 'S-1' })
  })

  it('are refused where they do not fit', () => {
    const wrong = [
      { to: 'employees', value: 'x' },
      { to: 'nothing', value: 'x' },
    ]
    expect(problems('Customer', ['name'], { constants: wrong })).toEqual([
      expect.stringContaining('BAD_CONSTANT employees'),
      expect.stringContaining('UNKNOWN_FIELD nothing'),
    ])
  })
})

describe('the header of an error', () => {
  const { headerOf } = plan('SalesOrder', ['Nr', 'Who', 'What'], {
    columns: [
      { from: 'Nr', to: 'number' },
      { from: 'Who', to: 'customer.number' },
      { from: 'What', to: 'lines.product.number' },
    ],
  })

  it.each([
    [['number'], 'Nr'],
    [['customer'], 'Who'],
    [['customer', 'number'], 'Who'],
    [['lines', '0', 'product'], 'What'],
    [['lines', '0', 'product', 'id'], 'What'],
    [['email'], null],
    [[], null],
  ])('at %j is %j', (path, header) => {
    expect(headerOf(path)).toBe(header)
  })
})
