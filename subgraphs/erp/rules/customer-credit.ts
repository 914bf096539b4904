/** The credit of a customer, as the rules about open orders see it. */

import type { RecordKey, RecordRef, Row, Value } from '../../../schema/record.ts'
import { keyValues, recordKey } from '../../../schema/record-key.ts'
import type { RuleRead } from '../../kit/participant/rule.ts'
import { hundredths } from '../money.ts'
import { OPEN_STATUSES } from '../sales-order.ts'

/** What the rules look at in an open order. */
const CREDIT_COLUMNS = ['OpenOrderCustomerAccountNumber', 'OrderTotalAmount', 'CurrencyCode']

/**
 * The open orders that take up a customer's credit, under the customer's lock: whoever changes which these are, or what
 * they come to, holds it exclusively.
 */
export function ordersTakingCredit(customer: RecordKey, limit: number): readonly RuleRead[] {
  const [company = null, number = null] = keyValues(customer)
  const where = { dataAreaId: company, OpenOrderCustomerAccountNumber: number }
  const guard = { table: 'CustomersV3', key: customer }
  return [{ read: 'ROWS', table: 'SalesOrderHeaders', where, limit, columns: CREDIT_COLUMNS, guard }]
}

/** Every open order of a company, under the company's lock, which an order that takes up more credit holds shared. */
export function openOrdersOf(company: RecordRef): readonly RuleRead[] {
  const [code = null] = keyValues(company.key)
  return OPEN_STATUSES.map((status) => ({
    read: 'ROWS',
    table: 'SalesOrderHeaders',
    where: { dataAreaId: code, SalesOrderProcessingStatus: status },
    limit: Number.MAX_SAFE_INTEGER,
    columns: CREDIT_COLUMNS,
    guard: company,
  }))
}

/** The groups that make credit limits mandatory, under the company's lock, which whoever changes them holds exclusively. */
export function mandatoryGroupsOf(company: RecordRef): readonly RuleRead[] {
  const [code = null] = keyValues(company.key)
  const where = { dataAreaId: code, CreditLimitIsMandatory: 'Yes' }
  return [{ read: 'ROWS', table: 'CustomerGroups', where, limit: Number.MAX_SAFE_INTEGER, guard: company }]
}

export function companyOf(row: Row): RecordRef | null {
  const company = row['dataAreaId'] ?? null
  return company === null ? null : { table: 'LegalEntities', key: recordKey([company]) }
}

export function isMandatory(customerOrGroup: Row | null): boolean {
  return customerOrGroup?.['CreditLimitIsMandatory'] === 'Yes'
}

/**
 * In hundredths; null where nothing limits the customer: its limit is zero, and neither it nor its group makes it
 * mandatory. Null as well for a limit below zero, which is refused for what it is.
 */
export function creditLimitOf(customer: Row, groups: readonly Row[]): bigint | null {
  const limit = hundredths(customer['CreditLimit'])
  if (limit === null || limit < 0n) return null
  const binds = (group: Row) => isMandatory(group) && group['CustomerGroupId'] === customer['CustomerGroupId']
  return limit !== 0n || isMandatory(customer) || groups.some(binds) ? limit : null
}

/**
 * The credit that the orders take up together, in hundredths. An order that comes to less than zero takes up none and
 * makes no room for others: so nothing that leaves, as an order that is deleted, closed or moved, can raise the sum.
 */
export function creditTakenBy(orders: readonly Row[]): bigint {
  return orders.reduce((sum, order) => {
    const total = hundredths(order['OrderTotalAmount']) ?? 0n
    return total > 0n ? sum + total : sum
  }, 0n)
}

/** The currency that a customer's open orders count in: its own, or where it has none that of its orders. */
export function creditCurrencyOf(customer: Row, orders: readonly Row[]): Value {
  return customer['SalesCurrencyCode'] ?? orders[0]?.['CurrencyCode'] ?? null
}
