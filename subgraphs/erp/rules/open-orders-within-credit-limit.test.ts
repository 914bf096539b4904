import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Change } from '../../kit/participant/rule.ts'
import { openOrdersWithinCreditLimit as rule } from './open-orders-within-credit-limit.ts'

const COMPANY = { table: 'LegalEntities', key: recordKey(['usmf']) }
const C1 = { table: 'CustomersV3', key: recordKey(['usmf', 'C1']) }
const C2 = { table: 'CustomersV3', key: recordKey(['usmf', 'C2']) }
const GROUP = { table: 'CustomerGroups', key: recordKey(['usmf', 'RETAIL']) }
const ALL = Number.MAX_SAFE_INTEGER

function order(OrderTotalAmount: string, values: Row = {}): Row {
  return {
    dataAreaId: 'usmf',
    SalesOrderNumber: 'SO-000001',
    OpenOrderCustomerAccountNumber: 'C1',
    CurrencyCode: 'USD',
    OrderTotalAmount,
    ...values,
  }
}

function customer(CreditLimit: string, values: Row = {}): Row {
  return {
    dataAreaId: 'usmf',
    CustomerAccount: 'C1',
    CustomerGroupId: 'RETAIL',
    CreditLimit,
    CreditLimitIsMandatory: 'No',
    SalesCurrencyCode: 'USD',
    ...values,
  }
}

function group(CreditLimitIsMandatory: string): Row {
  return { dataAreaId: 'usmf', CustomerGroupId: 'RETAIL', CreditLimitIsMandatory }
}

function changeOf(table: string, before: Row | null, after: Row | null): Change {
  const keys: Record<string, Change['key']> = { CustomersV3: C1.key, CustomerGroups: GROUP.key }
  return { table, key: keys[table] ?? recordKey(['usmf', 'SO-000001']), before, after }
}

const ordersOf = (customer: typeof C1, number: string) => ({
  read: 'ROWS',
  table: 'SalesOrderHeaders',
  where: { dataAreaId: 'usmf', OpenOrderCustomerAccountNumber: number },
  limit: ALL,
  columns: ['OpenOrderCustomerAccountNumber', 'OrderTotalAmount', 'CurrencyCode'],
  guard: customer,
})

describe('an order that takes up credit', () => {
  const placed = changeOf('SalesOrderHeaders', null, order('200.00'))
  const other = order('5000.00', { SalesOrderNumber: 'SO-000002' })

  function messages(of: Row, orders: readonly Row[], groups: readonly Row[] = []): readonly string[] {
    return rule.check(placed, [[of], groups, orders]).map(({ message }) => message)
  }

  it('reads customer, mandatory groups and open orders, the last two under locks that others hold exclusively', () => {
    expect(rule.reads(placed)).toEqual([
      { read: 'RECORD', ...C1 },
      {
        read: 'ROWS',
        table: 'CustomerGroups',
        where: { dataAreaId: 'usmf', CreditLimitIsMandatory: 'Yes' },
        limit: ALL,
        guard: COMPANY,
      },
      ordersOf(C1, 'C1'),
    ])
    expect(rule.exclusive?.(placed)).toEqual([C1])
  })

  it('is refused where the open orders would come to more than the limit', () => {
    expect(messages(customer('5000.00'), [order('200.00'), other])).toEqual([
      'Open orders of customer C1 would come to 5200.00, above its credit limit of 5000.00',
    ])
  })

  it('may use the limit up', () => {
    expect(messages(customer('5200.00'), [order('200.00'), other])).toEqual([])
  })

  it('is free under a limit of zero', () => {
    expect(messages(customer('0.00'), [order('200.00')])).toEqual([])
  })

  it('is refused under a limit of zero that the customer makes mandatory', () => {
    const strict = customer('0.00', { CreditLimitIsMandatory: 'Yes' })
    expect(messages(strict, [order('200.00')])).toEqual([
      'Open orders of customer C1 would come to 200.00, above its credit limit of 0.00',
    ])
  })

  it('is refused under a limit of zero that the group of the customer makes mandatory, and of no other', () => {
    expect(messages(customer('0.00'), [order('200.00')], [group('Yes')])).toHaveLength(1)
    const elsewhere = customer('0.00', { CustomerGroupId: 'PUBLIC' })
    expect(messages(elsewhere, [order('200.00')], [group('Yes')])).toEqual([])
  })

  it("counts in the customer's currency", () => {
    expect(messages(customer('5000.00', { SalesCurrencyCode: 'EUR' }), [order('200.00')])).toEqual([
      'The credit limit of customer C1 counts in EUR: give the order that currency',
    ])
    expect(messages(customer('0.00', { SalesCurrencyCode: 'EUR' }), [order('200.00')])).toEqual([])
  })

  it('counts in the currency of the other orders where the customer has none', () => {
    const unsettled = customer('9000.00', { SalesCurrencyCode: null })
    expect(messages(unsettled, [order('200.00'), other])).toEqual([])
    expect(messages(unsettled, [order('200.00'), { ...other, CurrencyCode: 'EUR' }])).toHaveLength(1)
    expect(messages(unsettled, [order('200.00')])).toEqual([])
  })

  it('finds no room made by an order that comes to less than zero', () => {
    const credit = order('-5000.00', { SalesOrderNumber: 'SO-000003' })
    expect(messages(customer('5000.00'), [order('200.00'), other, credit])).toEqual([
      'Open orders of customer C1 would come to 5200.00, above its credit limit of 5000.00',
    ])
  })

  it('leaves a missing customer to the check of references', () => {
    expect(rule.check(placed, [[], [], [order('200.00')]])).toEqual([])
  })
})

describe('a change of an order', () => {
  const change = (before: Row | null, after: Row | null) => changeOf('SalesOrderHeaders', before, after)

  it.each([
    ['grows', order('200.00'), order('200.01')],
    ['changes its currency', order('200.00'), order('200.00', { CurrencyCode: 'EUR' })],
    ['is opened again', order('200.00', { OpenOrderCustomerAccountNumber: null }), order('200.00')],
    ['comes from another customer', order('200.00', { OpenOrderCustomerAccountNumber: 'C2' }), order('200.00')],
  ])('is judged where it %s', (_, before, after) => {
    expect(rule.reads(change(before, after))).toHaveLength(3)
  })

  it.each([
    ['shrinks', order('200.00'), order('199.99')],
    ['comes to more and still to less than zero', order('-200.00'), order('-100.00')],
    ['stays what it comes to', order('200.00'), order('200.00', { Email: 'new@larkspur.example' })],
    ['is closed', order('200.00'), order('300.00', { OpenOrderCustomerAccountNumber: null })],
    ['is deleted', order('200.00'), null],
    ['was never open', null, order('200.00', { OpenOrderCustomerAccountNumber: null })],
  ])('is not judged where it %s', (_, before, after) => {
    expect(rule.reads(change(before, after))).toEqual([])
    expect(rule.check(change(before, after), [])).toEqual([])
  })

  it.each([
    ['moves', order('200.00', { OpenOrderCustomerAccountNumber: 'C2' }), order('200.00'), [C2, C1]],
    ['shrinks', order('200.00'), order('100.00'), [C1, C1]],
    ['is closed', order('200.00'), order('200.00', { OpenOrderCustomerAccountNumber: null }), [C1]],
    ['is deleted', order('200.00'), null, [C1]],
    ['stays what it comes to', order('200.00'), order('200.00', { Email: 'new@larkspur.example' }), []],
  ])('holds the customers on both sides exclusively where it %s', (_, before, after, customers) => {
    expect(rule.exclusive?.(change(before, after))).toEqual(customers)
  })
})

describe('a change of a customer', () => {
  const lowered = changeOf('CustomersV3', customer('5000.00'), customer('4000.00'))
  const orders = [order('4200.00')]

  it('reads its open orders under its own lock, and its group', () => {
    expect(rule.reads(lowered)).toEqual([ordersOf(C1, 'C1'), { read: 'RECORD', ...GROUP }])
    expect(rule.exclusive?.(lowered)).toEqual([])
  })

  it.each([
    ['creates it', null, customer('4000.00')],
    ['deletes it', customer('5000.00'), null],
    ['leaves its credit alone', customer('5000.00'), customer('5000.00', { SalesMemo: 'New note' })],
  ])('is not judged where it %s', (_, before, after) => {
    expect(rule.reads(changeOf('CustomersV3', before, after))).toEqual([])
  })

  it('is refused where the limit would be below what is open', () => {
    const [violation, ...more] = rule.check(lowered, [orders, [group('No')]])
    expect(more).toEqual([])
    expect(violation?.column).toBe('CreditLimit')
    expect(violation?.message).toBe('Open orders of customer C1 come to 4200.00, above a credit limit of 4000.00')
  })

  it('may lower the limit to what is open', () => {
    const exact = changeOf('CustomersV3', customer('5000.00'), customer('4200.00'))
    expect(rule.check(exact, [orders, [group('No')]])).toEqual([])
  })

  it('is left to the rule about them where the limit is below zero', () => {
    const negative = changeOf('CustomersV3', customer('0.00'), customer('-5.00'))
    expect(rule.check(negative, [orders, []])).toEqual([])
  })

  it('is refused where a limit of zero becomes mandatory while orders are open', () => {
    const own = changeOf('CustomersV3', customer('0.00'), customer('0.00', { CreditLimitIsMandatory: 'Yes' }))
    expect(rule.check(own, [orders, [group('No')]])).toHaveLength(1)
    const moved = changeOf('CustomersV3', customer('0.00', { CustomerGroupId: 'PUBLIC' }), customer('0.00'))
    expect(rule.check(moved, [orders, [group('Yes')]])).toHaveLength(1)
    expect(rule.check(moved, [orders, [group('No')]])).toEqual([])
  })

  it('is refused where a limit would count in another currency than an open order', () => {
    const euro = changeOf('CustomersV3', customer('5000.00'), customer('5000.00', { SalesCurrencyCode: 'EUR' }))
    expect(rule.check(euro, [orders, []]).map(({ column }) => column)).toEqual(['SalesCurrencyCode'])
  })
})

describe('a group that makes credit limits mandatory', () => {
  const strict = changeOf('CustomerGroups', group('No'), group('Yes'))

  it('holds its company exclusively and reads its customers and every open order', () => {
    expect(rule.exclusive?.(strict)).toEqual([COMPANY])
    const [customers, ...orders] = rule.reads(strict)
    expect(customers).toMatchObject({ table: 'CustomersV3', where: { CustomerGroupId: 'RETAIL' }, guard: GROUP })
    expect(orders.length).toBeGreaterThan(0)
    for (const read of orders) expect(read).toMatchObject({ table: 'SalesOrderHeaders', guard: COMPANY })
  })

  it('is refused where a customer of it has open orders and a limit of zero', () => {
    const [violation] = rule.check(strict, [[customer('0.00')], [order('200.00')]])
    expect(violation?.column).toBe('CreditLimitIsMandatory')
    expect(violation?.message).toContain('Customer C1')
  })

  it.each([
    ['have a limit', [customer('200.00')], [order('200.00')]],
    ['have no open order', [customer('0.00')], [order('200.00', { OpenOrderCustomerAccountNumber: 'C2' })]],
  ])('may do so where its customers %s', (_, customers, orders) => {
    expect(rule.check(strict, [customers, orders])).toEqual([])
  })

  it.each([
    ['makes them optional', group('Yes'), group('No')],
    ['is made with them', null, group('Yes')],
    ['is deleted with them', group('Yes'), null],
  ])('is not judged where it %s, but holds its company', (_, before, after) => {
    const change = changeOf('CustomerGroups', before, after)
    expect(rule.reads(change)).toEqual([])
    expect(rule.exclusive?.(change)).toEqual([COMPANY])
  })

  it('concerns nobody where something else of it changes', () => {
    const renamed = changeOf('CustomerGroups', group('Yes'), { ...group('Yes'), Description: 'Shops' })
    expect(rule.reads(renamed)).toEqual([])
    expect(rule.exclusive?.(renamed)).toEqual([])
  })
})

describe('whatever is done to orders one after another', () => {
  const CUSTOMERS = [customer('100.00'), customer('100.00', { CustomerAccount: 'C2' })]

  /** An order is made or changed, in either customer's hands, closed (taking up nobody's credit), or deleted. */
  const numbers = fc.constantFrom('SO-000001', 'SO-000002', 'SO-000003', 'SO-000004')
  const totals = fc.integer({ min: -150, max: 150 }).map((total) => `${total}.00`)
  const payers = fc.constantFrom('C1', 'C2', null)
  const images = fc.record({
    SalesOrderNumber: numbers,
    OrderTotalAmount: totals,
    OpenOrderCustomerAccountNumber: payers,
  })
  const deletions = fc.constantFrom(true, false, false)
  const sequences = fc.array(fc.tuple(images, deletions), { maxLength: 30, size: 'max' })

  type Orders = ReadonlyMap<string, Row>

  function ordersTakenBy(account: unknown, orders: Orders): readonly Row[] {
    return [...orders.values()].filter((one) => one['OpenOrderCustomerAccountNumber'] === account)
  }

  /** The orders after the write, or as they were where the rule refuses it. */
  function written(orders: Orders, image: Row, isDeleted: boolean): Orders {
    const number = String(image['SalesOrderNumber'])
    const after = isDeleted ? null : order('0.00', image)
    const next = new Map(orders)
    if (after === null) next.delete(number)
    else next.set(number, after)
    const change = changeOf('SalesOrderHeaders', orders.get(number) ?? null, after)
    const account = image['OpenOrderCustomerAccountNumber']
    const customers = CUSTOMERS.filter(({ CustomerAccount }) => CustomerAccount === account)
    const answers = rule.reads(change).length === 0 ? [] : [customers, [], ordersTakenBy(account, next)]
    return rule.check(change, answers).length === 0 ? next : orders
  }

  it('leaves what is open of each customer within its limit', () => {
    fc.assert(
      fc.property(sequences, (writes) => {
        const orders = writes.reduce<Orders>((now, [image, isDeleted]) => written(now, image, isDeleted), new Map())
        for (const account of ['C1', 'C2']) {
          const open = ordersTakenBy(account, orders).reduce((sum, one) => sum + Number(one['OrderTotalAmount']), 0)
          expect(open).toBeLessThanOrEqual(100)
        }
      }),
    )
  })
})
