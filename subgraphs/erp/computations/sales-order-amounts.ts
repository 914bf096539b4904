import type { Computation } from '../../kit/participant/computation.ts'
import { amountOf } from '../money.ts'
import { openOrderCustomer } from '../sales-order.ts'
import { amountsOfDocument, lineColumns } from './document-rows.ts'

/** Fills `SalesOrderHeaders` and their `SalesOrderLines`. */
export const salesOrderAmounts: Computation = {
  name: 'salesOrderAmounts',
  description:
    'The amount, tax and charges of each line of an order, the totals of the order, and the customer whose credit it ' +
    'takes up while it is open.',
  *compute(order) {
    const { lines, total, discount, tax, charges } = yield* amountsOfDocument(order, 'OrderedSalesQuantity')
    return {
      row: {
        OrderTotalAmount: amountOf(total),
        TotalDiscountAmount: amountOf(discount),
        OrderTotalTaxAmount: amountOf(tax),
        OrderTotalChargesAmount: amountOf(charges),
        OpenOrderCustomerAccountNumber: openOrderCustomer(order.row),
      },
      parts: lines.map((line) => lineColumns(order.row, line)),
    }
  },
}
