import { expect, it } from 'vitest'
import { computed } from './documents.fixture.ts'
import { quotationAmounts } from './quotation-amounts.ts'

it('work the amounts of a quotation out, its own discount among them', () => {
  const quotation = {
    dataAreaId: 'usmf',
    SalesQuotationNumber: 'SQ-000001',
    CurrencyCode: 'USD',
    SalesTaxGroupCode: 'FULL',
    ArePricesIncludingSalesTax: 'Yes',
    HeaderChargesAmount: '5.00',
    TotalDiscountPercentage: '10.000000',
  }
  const line = { RequestedSalesQuantity: '2.0000', SalesPrice: '60.0000', TotalDiscountAmount: '20.00' }
  const records = { 'TaxGroups ["usmf","FULL"]': { TaxRate: '20.000000' } }
  expect(computed(quotationAmounts, quotation, [line], records)).toEqual({
    row: {
      QuotationTotalAmount: '95.00',
      TotalDiscountAmount: '30.00',
      QuotationTotalTaxAmount: '15.00',
      QuotationTotalChargesAmount: '5.00',
    },
    parts: [{ CurrencyCode: 'USD', LineAmount: '120.00', TotalChargesAmount: '0.00', TotalTaxAmount: '15.00' }],
  })
})
