import type { Computation } from '../../kit/participant/computation.ts'
import { amountOf } from '../money.ts'
import { amountsOfDocument, lineColumns } from './document-rows.ts'

/** Fills `SalesQuotationHeaders` and their `SalesQuotationLines`. */
export const quotationAmounts: Computation = {
  name: 'quotationAmounts',
  description: 'The amount, tax and charges of each line of a quotation, and the totals of the quotation.',
  *compute(quotation) {
    const { lines, total, discount, tax, charges } = yield* amountsOfDocument(quotation, 'RequestedSalesQuantity')
    return {
      row: {
        QuotationTotalAmount: amountOf(total),
        TotalDiscountAmount: amountOf(discount),
        QuotationTotalTaxAmount: amountOf(tax),
        QuotationTotalChargesAmount: amountOf(charges),
      },
      parts: lines.map((line) => lineColumns(quotation.row, line)),
    }
  },
}
