import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Change } from '../../kit/participant/rule.ts'
import { customerOnHoldTakesNoOrder } from './customer-on-hold-takes-no-order.ts'

function order(customer: string, payer: string | null, status = 'Active', values: Row = {}): Row {
  return {
    dataAreaId: 'usmf',
    SalesOrderNumber: 'SO-000001',
    OrderingCustomerAccountNumber: customer,
    InvoiceCustomerAccountNumber: payer,
    SalesOrderProcessingStatus: status,
    ...values,
  }
}

function changeOf(before: Row | null, after: Row | null): Change {
  return { table: 'SalesOrderHeaders', key: recordKey(['usmf', 'SO-000001']), before, after }
}

/** The columns at fault where the customers have these holds. */
function refused(change: Change, holds: Readonly<Record<string, string>>): readonly (string | null)[] {
  const answers = customerOnHoldTakesNoOrder.reads(change).map((read) => {
    const number = Object.keys(holds).find((one) => read.read === 'RECORD' && read.key === recordKey(['usmf', one]))
    return number === undefined ? [] : [{ CustomerAccount: number, OnHoldStatus: holds[number] ?? null }]
  })
  return customerOnHoldTakesNoOrder.check(change, answers).map(({ column }) => column)
}

describe('a customer on hold for everything', () => {
  it('takes no new order', () => {
    const change = changeOf(null, order('C1', null))
    expect(refused(change, { C1: 'All' })).toEqual(['OrderingCustomerAccountNumber'])
    const [violation] = customerOnHoldTakesNoOrder.check(change, [[{ CustomerAccount: 'C1', OnHoldStatus: 'All' }]])
    expect(violation?.message).toBe('Customer C1 is on hold for everything and takes no order until the hold is lifted')
  })

  it('pays for no new order', () => {
    expect(refused(changeOf(null, order('C1', 'C2')), { C1: 'No', C2: 'All' })).toEqual([
      'InvoiceCustomerAccountNumber',
    ])
  })

  it('takes no order over from another customer', () => {
    expect(refused(changeOf(order('C1', null), order('C2', null)), { C2: 'All' })).toEqual([
      'OrderingCustomerAccountNumber',
    ])
  })

  it('is told of once where it orders and pays', () => {
    expect(refused(changeOf(null, order('C1', 'C1')), { C1: 'All' })).toEqual(['OrderingCustomerAccountNumber'])
  })

  it('may have the orders changed that it has', () => {
    const change = changeOf(order('C1', null), order('C1', null, 'Confirmed', { Email: 'new@larkspur.example' }))
    expect(customerOnHoldTakesNoOrder.reads(change)).toEqual([])
  })
})

describe.each(['Invoice', 'All'])('a customer on hold for %s', (hold) => {
  it.each(['PartiallyInvoiced', 'Invoiced'])('has no order that becomes %s', (status) => {
    const change = changeOf(order('C1', null, 'Delivered'), order('C1', null, status))
    expect(refused(change, { C1: hold })).toEqual(['SalesOrderProcessingStatus'])
  })

  it('has its order deleted without a question', () => {
    expect(customerOnHoldTakesNoOrder.reads(changeOf(order('C1', null), null))).toEqual([])
  })
})

describe('a customer on hold for something else', () => {
  it.each(['No', 'Invoice', 'Payment', 'Requisition', 'Never'])('takes orders while the hold is %s', (hold) => {
    expect(refused(changeOf(null, order('C1', null)), { C1: hold })).toEqual([])
  })
})
