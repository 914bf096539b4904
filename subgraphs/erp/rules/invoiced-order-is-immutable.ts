import type { Row } from '../../../schema/record.ts'
import type { Change, Rule, RuleViolation } from '../../kit/participant/rule.ts'
import { recordNamedBy } from '../named-record.ts'
import { INVOICED, statusOf } from '../sales-order.ts'

/**
 * Guards `SalesOrderHeaders` and `SalesOrderLines`. What counts is the order as it was: the write that invoices it may
 * change it as well.
 */
export const invoicedOrderIsImmutable: Rule = {
  name: 'invoicedOrderIsImmutable',
  description:
    'An order that is invoiced can be neither changed nor deleted, and its lines stay as they are. This holds for what ' +
    "the ERP keeps of it: the CRM's own notes stay open.",
  reads: (change) => {
    const row = change.after ?? change.before
    if (change.table === 'SalesOrderHeaders' || row === null || isUnchanged(change)) return []
    const order = recordNamedBy(row, 'SalesOrderNumber', 'SalesOrderHeaders')
    return order === null ? [] : [{ read: 'RECORD', ...order, image: 'BEFORE' }]
  },
  check: (change, answers) => {
    if (isUnchanged(change)) return []
    const order = change.table === 'SalesOrderHeaders' ? change.before : (answers[0]?.[0] ?? null)
    return order !== null && statusOf(order) === INVOICED ? [refusal(change, order)] : []
  },
}

function isUnchanged({ before, after }: Change): boolean {
  if (before === null || after === null) return false
  return Object.keys(after).every((column) => after[column] === before[column])
}

function refusal({ table, before, after }: Change, order: Row): RuleViolation {
  const what = after === null ? 'deleted' : before === null ? 'added' : 'changed'
  const cannot = table === 'SalesOrderHeaders' ? `it cannot be ${what}` : `none of its lines can be ${what}`
  const message = `Order ${order['SalesOrderNumber']} is invoiced: ${before === null ? 'no line can be added' : cannot}`
  return { message, column: null }
}
