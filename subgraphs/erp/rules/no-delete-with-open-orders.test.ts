import { expect, it } from 'vitest'
import { recordKey } from '../../../schema/record-key.ts'
import { noDeleteWithOpenOrders } from './no-delete-with-open-orders.ts'

const KEY = recordKey(['usmf', 'C-000001'])
const CUSTOMER = { dataAreaId: 'usmf', CustomerAccount: 'C-000001' }
const DELETE = { table: 'CustomersV3', key: KEY, before: CUSTOMER, after: null }

it('asks for one open order of the customer, under the lock of the customer', () => {
  expect(noDeleteWithOpenOrders.reads(DELETE)).toEqual([
    {
      read: 'ROWS',
      table: 'SalesOrderHeaders',
      where: { dataAreaId: 'usmf', OpenOrderCustomerAccountNumber: 'C-000001' },
      limit: 1,
      columns: ['OpenOrderCustomerAccountNumber', 'OrderTotalAmount', 'CurrencyCode'],
      guard: { table: 'CustomersV3', key: KEY },
    },
  ])
})

it('refuses to delete a customer with an open order, and names it', () => {
  const [violation] = noDeleteWithOpenOrders.check(DELETE, [[{ SalesOrderNumber: 'SO-000007' }]])
  expect(violation?.message).toContain('SO-000007')
})

it('lets a customer without open orders go', () => {
  expect(noDeleteWithOpenOrders.check(DELETE, [[]])).toEqual([])
})

it('has nothing to say of other writes', () => {
  expect(noDeleteWithOpenOrders.reads({ ...DELETE, after: CUSTOMER })).toEqual([])
  expect(noDeleteWithOpenOrders.reads({ ...DELETE, before: null, after: CUSTOMER })).toEqual([])
})
