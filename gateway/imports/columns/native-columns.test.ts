import { describe, expect, it } from 'vitest'
import { columnOf, tableOf } from '../../../schema/table.fixture.ts'
import type { RecordObject } from '../source/source.ts'
import type { ColumnOptions } from './columns.ts'
import { planNativeColumns } from './native-columns.ts'

const TABLE = tableOf(
  'CustomersV3',
  ['CustomerAccount'],
  [
    ...[columnOf('CustomerAccount'), columnOf('OrganizationName'), columnOf('Name'), columnOf('NAME')],
    columnOf('CreditLimit', { type: 'decimal', precision: 18, scale: 2 }),
    columnOf('OnHold', { type: 'boolean' }),
    columnOf('Since', { type: 'date' }),
    columnOf('RecordId', { type: 'guid', generated: true }),
    columnOf('OpenOrders', { type: 'decimal', precision: 18, scale: 2, computed: true }),
  ],
)

function planOf(header: readonly string[] | null, options: ColumnOptions = {}) {
  const planned = planNativeColumns(TABLE, header, options)
  if (!planned.ok) throw new Error(planned.problems.map(({ message }) => message).join('\n'))
  return planned.plan
}

function problemsOf(header: readonly string[] | null, options: ColumnOptions = {}) {
  const planned = planNativeColumns(TABLE, header, options)
  return planned.ok ? [] : planned.problems.map(({ code, header: at }) => [code, at])
}

type Found = ReturnType<ReturnType<typeof planOf>['map']>
const shortly = (found: Found) =>
  found.ok ? found.set : found.faults.map(({ code, field, header }) => [code, field.join('.'), header])

/** What one row of cells sets, or its faults in short. */
const cells = (header: readonly string[], row: readonly string[], options: ColumnOptions = {}) =>
  shortly(planOf(header, options).map({ kind: 'CELLS', cells: row }))
const record = (row: RecordObject, options: ColumnOptions = {}) =>
  shortly(planOf(null, options).map({ kind: 'RECORD', record: row }))

describe('A row of cells', () => {
  it('sets the columns of the table that its headers name, each as the system has it', () => {
    expect(
      cells(['CustomerAccount', 'CreditLimit', 'OnHold', 'Since'], ['C-1', '1500.5', 'yes', '2026-03-01']),
    ).toEqual({ CustomerAccount: 'C-1', CreditLimit: '1500.5', OnHold: true, Since: '2026-03-01' })
  })

  it('names columns whatever the letters’ case, where only one is meant', () => {
    expect(cells(['customeraccount', 'NAME', 'Name'], ['C-1', 'a', 'b'])).toEqual({
      ...{ CustomerAccount: 'C-1', NAME: 'a', Name: 'b' },
    })
    expect(problemsOf(['name'])).toEqual([['UNKNOWN_COLUMN', 'name']])
  })

  it('goes where `columns` say, and its cells stand for what these say', () => {
    const columns = [
      { from: 'No', to: 'CustomerAccount' },
      { from: 'Blocked', to: 'onhold', values: { x: 'true', '-': 'false' } },
      { from: 'No', to: 'OrganizationName' },
    ]
    expect(cells(['No', 'Blocked'], ['C-1', 'x'], { columns })).toEqual({
      ...{ CustomerAccount: 'C-1', OrganizationName: 'C-1', OnHold: true },
    })
  })

  it('leaves a column alone with a blank cell, clears it where that is asked for, and with the marker', () => {
    const header = ['CustomerAccount', 'OrganizationName', 'CreditLimit']
    expect(cells(header, ['C-1', ' ', ''])).toEqual({ CustomerAccount: 'C-1' })
    const cleared = { CustomerAccount: 'C-1', OrganizationName: null, CreditLimit: null }
    expect(cells(header, ['C-1', ' ', ''], { blank: 'CLEAR' })).toEqual(cleared)
    expect(cells(header, ['C-1', 'NULL', 'NULL'], { clearMarker: 'NULL' })).toEqual(cleared)
  })

  it('has what constants say where it says nothing itself', () => {
    const options = { constants: [{ to: 'CreditLimit', value: '10,50' }], decimalMark: ',' } as const
    expect(cells(['CustomerAccount', 'CreditLimit'], ['C-1', ''], options)).toMatchObject({ CreditLimit: '10.50' })
    expect(cells(['CustomerAccount', 'CreditLimit'], ['C-1', '7,00'], options)).toMatchObject({ CreditLimit: '7.00' })
  })

  it('tells every cell at fault together, under its own header', () => {
    const columns = [
      { from: 'No', to: 'CustomerAccount' },
      { from: 'Limit', to: 'CreditLimit' },
      { from: 'Blocked', to: 'OnHold' },
    ]
    expect(cells(['No', 'Limit', 'Blocked'], ['C-1', 'much', 'perhaps'], { columns })).toEqual([
      ['VALIDATION', 'CreditLimit', 'Limit'],
      ['VALIDATION', 'OnHold', 'Blocked'],
    ])
  })

  it('that sets nothing is at fault, whatever constants say', () => {
    const options = { constants: [{ to: 'OrganizationName', value: 'Tern' }] }
    expect(cells(['CustomerAccount', 'CreditLimit'], ['', ''], options)).toEqual([['EMPTY_ROW', '', null]])
  })

  it('is told under the header that gives a column', () => {
    const plan = planOf(['No'], { columns: [{ from: 'No', to: 'CustomerAccount' }] })
    expect([plan.headerOf('CustomerAccount'), plan.headerOf('CreditLimit')]).toEqual(['No', null])
  })
})

describe('A row of JSON', () => {
  it('sets the columns that it names, by values of JSON or as they would be written', () => {
    const row = { CustomerAccount: 'C-1', creditlimit: 12.5, OnHold: false, OrganizationName: null }
    expect(record(row)).toEqual({ CustomerAccount: 'C-1', CreditLimit: '12.5', OnHold: false, OrganizationName: null })
  })

  it.each<[string, RecordObject, ColumnOptions, unknown]>([
    ['names what is no column', { nmae: 'x' }, {}, ['UNKNOWN_COLUMN', '', 'nmae']],
    [
      'names what `columns` do not',
      { Name: 'x' },
      { columns: [{ from: 'No', to: 'NAME' }] },
      ['UNKNOWN_COLUMN', '', 'Name'],
    ],
    ['names what nobody writes', { RecordId: 'x' }, {}, ['UNKNOWN_COLUMN', '', 'RecordId']],
    [
      'gives an object for a text',
      { OrganizationName: {} },
      {},
      ['VALIDATION', 'OrganizationName', 'OrganizationName'],
    ],
    ['gives a column twice', { OnHold: true, onhold: false }, {}, ['MAPPED_TWICE', 'OnHold', 'onhold']],
  ])('is at fault where it %s', (_case, row, options, fault) => {
    expect(record({ ...row, CustomerAccount: 'C-1' }, options)).toContainEqual(fault)
  })

  it('may name what leads nowhere where that is to be passed over', () => {
    expect(record({ CustomerAccount: 'C-1', nmae: 'x' }, { unknown: 'IGNORE' })).toEqual({ CustomerAccount: 'C-1' })
  })
})

describe('Columns that cannot be used', () => {
  it.each<[string, readonly string[], ColumnOptions, readonly unknown[]]>([
    ['no column of the table', ['CustomerAcount'], {}, ['UNKNOWN_COLUMN', 'CustomerAcount']],
    ['one that the system fills', ['RecordId'], {}, ['READ_ONLY', 'RecordId']],
    ['one that the system works out', ['OpenOrders'], {}, ['READ_ONLY', 'OpenOrders']],
    ['one and the same', ['CreditLimit', 'creditlimit'], {}, ['MAPPED_TWICE', 'creditlimit']],
    [
      'a header that is not there',
      ['Name'],
      { columns: [{ from: 'No', to: 'NAME' }], unknown: 'IGNORE' },
      ['UNKNOWN_COLUMN', 'No'],
    ],
    ['a header that nobody has named', ['Name'], { columns: [] }, ['UNKNOWN_COLUMN', 'Name']],
    [
      'a constant of the wrong kind',
      ['Name'],
      { constants: [{ to: 'CreditLimit', value: 'much' }] },
      ['BAD_CONSTANT', 'CreditLimit'],
    ],
    [
      'a constant that leads nowhere',
      ['Name'],
      { constants: [{ to: 'Nothing', value: 'x' }] },
      ['UNKNOWN_COLUMN', 'Nothing'],
    ],
  ])('lead to %s', (_case, header, options, problem) => {
    expect(problemsOf(header, options)).toEqual([problem])
  })

  it('are told all together, with a name that may have been meant', () => {
    const planned = planNativeColumns(TABLE, ['CustomerAcount', 'RecordId'])
    expect(planned).toMatchObject({ ok: false, problems: [{ header: 'CustomerAcount' }, { header: 'RecordId' }] })
    expect(planned.ok ? '' : planned.problems[0]?.message).toContain('CustomerAccount')
  })

  it('are passed over where that is asked for, but not those that were named on purpose', () => {
    expect(cells(['CustomerAccount', 'Nothing'], ['C-1', 'x'], { unknown: 'IGNORE' })).toEqual({
      CustomerAccount: 'C-1',
    })
    const columns = [{ from: 'No', to: 'Nothing' }]
    expect(problemsOf(['No'], { columns, unknown: 'IGNORE' })).toEqual([['UNKNOWN_COLUMN', 'No']])
  })
})
