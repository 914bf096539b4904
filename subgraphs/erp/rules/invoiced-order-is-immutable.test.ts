import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Change } from '../../kit/participant/rule.ts'
import { invoicedOrderIsImmutable } from './invoiced-order-is-immutable.ts'

const ORDER_KEY = recordKey(['usmf', 'SO-000001'])

function order(SalesOrderProcessingStatus: string, Email: string | null = null): Row {
  return { dataAreaId: 'usmf', SalesOrderNumber: 'SO-000001', SalesOrderProcessingStatus, Email }
}

function line(OrderedSalesQuantity: string): Row {
  return { dataAreaId: 'usmf', SalesOrderNumber: 'SO-000001', LineCreationSequenceNumber: 1, OrderedSalesQuantity }
}

function orderChange(before: Row | null, after: Row | null): Change {
  return { table: 'SalesOrderHeaders', key: ORDER_KEY, before, after }
}

function lineChange(before: Row | null, after: Row | null): Change {
  return { table: 'SalesOrderLines', key: recordKey(['usmf', 'SO-000001', 1]), before, after }
}

function messages(change: Change, ...answers: readonly (readonly Row[])[]): readonly string[] {
  return invoicedOrderIsImmutable.check(change, answers).map(({ message }) => message)
}

describe('an order that is invoiced', () => {
  it.each([
    ['changed', order('Invoiced', 'new@larkspur.example')],
    ['deleted', null],
  ])('cannot be %s', (what, after) => {
    const change = orderChange(order('Invoiced'), after)
    expect(messages(change)).toEqual([`Order SO-000001 is invoiced: it cannot be ${what}`])
  })

  it('may be written without being changed', () => {
    expect(messages(orderChange(order('Invoiced'), order('Invoiced')))).toEqual([])
  })

  it('keeps its lines', () => {
    const invoiced = [order('Invoiced')]
    expect(messages(lineChange(null, line('1.0000')), invoiced)).toEqual([
      'Order SO-000001 is invoiced: no line can be added',
    ])
    expect(messages(lineChange(line('1.0000'), line('2.0000')), invoiced)).toEqual([
      'Order SO-000001 is invoiced: none of its lines can be changed',
    ])
    expect(messages(lineChange(line('1.0000'), null), invoiced)).toEqual([
      'Order SO-000001 is invoiced: none of its lines can be deleted',
    ])
  })
})

describe('any other order', () => {
  it.each([
    ['be invoiced and changed at once', order('Delivered'), order('Invoiced', 'new@larkspur.example')],
    ['be made invoiced', null, order('Invoiced')],
    ['be deleted', order('Delivered'), null],
  ])('may %s', (_, before, after) => {
    expect(messages(orderChange(before, after))).toEqual([])
  })

  it('is read as it was before the transaction, so that it may be invoiced together with a last change of a line', () => {
    const change = lineChange(line('1.0000'), line('2.0000'))
    expect(invoicedOrderIsImmutable.reads(change)).toEqual([
      { read: 'RECORD', table: 'SalesOrderHeaders', key: ORDER_KEY, image: 'BEFORE' },
    ])
    expect(messages(change, [order('Delivered')])).toEqual([])
  })

  it('may be made invoiced together with its lines', () => {
    expect(messages(lineChange(null, line('1.0000')), [])).toEqual([])
  })
})
