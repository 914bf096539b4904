/** What rules and computations know of a sales order: how it goes on, and who takes up credit with it. */

import type { Row, Value } from '../../schema/record.ts'

/** The statuses in the order in which an order passes through them; it may skip any. */
export const PROGRESS: readonly string[] = [
  'Active',
  'Confirmed',
  'Picked',
  'PartiallyDelivered',
  'Delivered',
  'PartiallyInvoiced',
  'Invoiced',
]
export const CANCELED = 'Canceled'
export const INVOICED = 'Invoiced'

/** An order in one of these is still to be paid for. */
export const OPEN_STATUSES: readonly string[] = PROGRESS.filter((status) => status !== INVOICED)

export function statusOf(order: Row | null): Value {
  return order?.['SalesOrderProcessingStatus'] ?? null
}

/** Number of the customer whose credit the order takes up: who is invoiced, while it is open; null once it is not. */
export function openOrderCustomer(order: Row): Value {
  const status = statusOf(order)
  if (typeof status !== 'string' || !OPEN_STATUSES.includes(status)) return null
  return order['InvoiceCustomerAccountNumber'] ?? order['OrderingCustomerAccountNumber'] ?? null
}
