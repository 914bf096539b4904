import type { Row } from '../../../schema/record.ts'
import type { Change, Rule } from '../../kit/participant/rule.ts'
import { ordersTakingCredit } from './customer-credit.ts'

/** Guards `CustomersV3`. Whoever gives a customer an open order holds the customer exclusively. */
export const noDeleteWithOpenOrders: Rule = {
  name: 'noDeleteWithOpenOrders',
  description: 'A customer with open orders cannot be deleted.',
  reads: (change) => (deleted(change) === null ? [] : ordersTakingCredit(change.key, 1)),
  check: (change, answers) => {
    const customer = deleted(change)
    const order = answers[0]?.[0]
    if (customer === null || order === undefined) return []
    return [
      {
        message:
          `Customer ${customer['CustomerAccount']} has open orders, ${order['SalesOrderNumber']} among them, ` +
          'and cannot be deleted',
        column: null,
      },
    ]
  },
}

function deleted({ before, after }: Change): Row | null {
  return after === null ? before : null
}
