import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Change } from '../../kit/participant/rule.ts'
import { orderStatusMoves } from './order-status-moves.ts'

const KEY = recordKey(['usmf', 'SO-000001'])

function order(SalesOrderProcessingStatus: string): Row {
  return { dataAreaId: 'usmf', SalesOrderNumber: 'SO-000001', SalesOrderProcessingStatus }
}

function move(from: string | null, to: string | null): Change {
  const [before, after] = [from, to].map((status) => (status === null ? null : order(status)))
  return { table: 'SalesOrderHeaders', key: KEY, before: before ?? null, after: after ?? null }
}

/** What is said of a move of an order that has a line. */
function messages(change: Change): readonly string[] {
  const lines = orderStatusMoves.reads(change).map(() => [{ LineCreationSequenceNumber: 1 }])
  return orderStatusMoves.check(change, lines).map(({ message }) => message)
}

describe('an order', () => {
  it.each([
    ['Active', 'Confirmed'],
    ['Confirmed', 'Picked'],
    ['Picked', 'PartiallyDelivered'],
    ['PartiallyDelivered', 'Delivered'],
    ['Delivered', 'PartiallyInvoiced'],
    ['PartiallyInvoiced', 'Invoiced'],
    ['Active', 'Invoiced'],
    ['Confirmed', 'Delivered'],
    ['Active', 'Canceled'],
    ['Confirmed', 'Canceled'],
    ['Picked', 'Canceled'],
    ['Canceled', 'Canceled'],
  ])('may go from %s to %s', (from, to) => {
    expect(messages(move(from, to))).toEqual([])
  })

  it.each([
    ['Confirmed', 'Active'],
    ['Delivered', 'PartiallyDelivered'],
    ['Invoiced', 'PartiallyInvoiced'],
    ['PartiallyDelivered', 'Canceled'],
    ['Delivered', 'Canceled'],
    ['Invoiced', 'Canceled'],
    ['Canceled', 'Active'],
    ['Canceled', 'Invoiced'],
  ])('may not go from %s to %s', (from, to) => {
    expect(messages(move(from, to))).toEqual([`An order that is ${from} cannot become ${to}`])
  })

  it.each(['Active', 'Confirmed', 'Delivered', 'Invoiced'])('may be made %s', (status) => {
    expect(messages(move(null, status))).toEqual([])
  })

  it('may not be made canceled', () => {
    expect(messages(move(null, 'Canceled'))).toEqual(['An order cannot be made canceled'])
  })

  it('may be deleted in any status that the other rules allow', () => {
    expect(messages(move('Confirmed', null))).toEqual([])
  })
})

describe('an order that leaves its first status', () => {
  it('has its lines read under its own lock', () => {
    expect(orderStatusMoves.reads(move('Active', 'Confirmed'))).toEqual([
      {
        read: 'ROWS',
        table: 'SalesOrderLines',
        where: { dataAreaId: 'usmf', SalesOrderNumber: 'SO-000001' },
        limit: 1,
        guard: { table: 'SalesOrderHeaders', key: KEY },
      },
    ])
  })

  it.each(['Confirmed', 'Delivered', 'Invoiced'])('cannot become %s without a line', (status) => {
    const [violation, ...more] = orderStatusMoves.check(move('Active', status), [[]])
    expect(more).toEqual([])
    expect(violation?.message).toBe('Order SO-000001 has no lines: give it one before it is confirmed')
    expect(violation?.column).toBe('SalesOrderProcessingStatus')
  })

  it('needs no line to be canceled', () => {
    expect(orderStatusMoves.reads(move('Active', 'Canceled'))).toEqual([])
  })
})
