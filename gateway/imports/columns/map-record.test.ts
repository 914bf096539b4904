import { describe, expect, it } from 'vitest'
import { SHIPPED, shippedMap } from '../../sync/shipped.fixture.ts'
import type { RecordObject } from '../source/source.ts'
import type { ColumnOptions } from './columns.ts'
import { planColumns } from './plan-columns.ts'

/** The input of one row, or its faults in short. */
function record(entity: string, row: RecordObject, options: ColumnOptions = {}) {
  const planned = planColumns(SHIPPED, shippedMap(entity), null, options)
  if (!planned.ok) throw new Error(planned.problems.map(({ message }) => message).join('\n'))
  const mapped = planned.plan.map({ kind: 'RECORD', record: row })
  return mapped.ok ? mapped.input : mapped.faults.map(({ code, field, header }) => [code, field.join('.'), header])
}

describe('a JSON row', () => {
  it('is an input by its names, with references and parts within it', () => {
    const row = {
      number: 10248,
      customer: { number: 'VINET' },
      'currency.code': 'USD',
      processingStopped: false,
      lines: [
        { product: 'A', quantity: 12, price: '9.80' },
        { product: { number: 'B' }, quantity: 0.5 },
      ],
      email: null,
    }
    expect(record('SalesOrder', row)).toEqual({
      number: '10248',
      customer: { number: 'VINET' },
      currency: { code: 'USD' },
      processingStopped: false,
      lines: [
        { product: { number: 'A' }, quantity: '12', price: '9.80' },
        { product: { number: 'B' }, quantity: '0.5' },
      ],
      email: null,
    })
  })

  it('is looked into by `columns`', () => {
    const columns = [
      { from: 'address.town', to: 'deliveryCity' },
      { from: 'grp', to: 'group' },
    ]
    const row = { address: { town: 'Reims', zip: 'x' }, grp: { code: 'RETAIL' } }
    expect(record('Customer', row, { columns })).toEqual({ deliveryCity: 'Reims', group: { code: 'RETAIL' } })
    expect(record('Customer', { ...row, other: 1 }, { columns })).toEqual([['UNKNOWN_COLUMN', '', 'other']])
    expect(record('Customer', { ...row, other: 1 }, { columns, unknown: 'IGNORE' })).toMatchObject({
      deliveryCity: 'Reims',
    })
  })

  it.each<[string, RecordObject, unknown]>([
    ['a name that is no field', { nmae: 'x' }, ['UNKNOWN_COLUMN', '', 'nmae']],
    ['a name of every object', { constructor: 'x' }, ['UNKNOWN_COLUMN', '', 'constructor']],
    ['a member that is none', { customer: { x: 1 } }, ['UNKNOWN_COLUMN', '', 'customer.x']],
    ['a name in a part that is no field', { lines: [{ x: 1 }] }, ['UNKNOWN_COLUMN', '', 'lines.0.x']],
    ['an object for a text', { email: {} }, ['VALIDATION', 'email', 'email']],
    ['a list for a reference', { customer: ['x'] }, ['VALIDATION', 'customer.number', 'customer']],
    ['an object for a list', { lines: {} }, ['VALIDATION', 'lines', 'lines']],
    ['a text for a part', { lines: ['x'] }, ['VALIDATION', 'lines', 'lines.0']],
    ['a number for a truth value', { processingStopped: 1 }, ['VALIDATION', 'processingStopped', 'processingStopped']],
    ['a truth value for a text', { email: true }, ['VALIDATION', 'email', 'email']],
    ['a field twice', { currency: 'USD', 'currency.code': 'EUR' }, ['MAPPED_TWICE', 'currency.code', 'currency.code']],
    ['nothing', {}, ['EMPTY_ROW', '', null]],
  ])('may not have %s', (_case, row, fault) => {
    expect(record('SalesOrder', row)).toEqual([fault])
  })
})
