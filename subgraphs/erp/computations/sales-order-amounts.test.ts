import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { computed } from './documents.fixture.ts'
import { salesOrderAmounts } from './sales-order-amounts.ts'

const ORDER: Row = {
  dataAreaId: 'usmf',
  SalesOrderNumber: 'SO-000001',
  OrderingCustomerAccountNumber: 'C1',
  InvoiceCustomerAccountNumber: null,
  SalesOrderProcessingStatus: 'Active',
  CurrencyCode: 'CHF',
  SalesTaxGroupCode: 'FULL',
  ArePricesIncludingSalesTax: 'No',
  HeaderChargesAmount: '32.38',
}
const LINE: Row = { OrderedSalesQuantity: '10.0000', SalesPrice: '9.8000', FixedPriceCharges: '1.50' }
const RECORDS = {
  'Currencies ["CHF"]': { CurrencyCode: 'CHF', RoundingRuleGeneral: '0.050000' },
  'TaxGroups ["usmf","FULL"]': { TaxGroupCode: 'FULL', TaxRate: '8.100000' },
}

describe('the amounts of a sales order', () => {
  it('follow from its lines, its tax group and its currency', () => {
    expect(computed(salesOrderAmounts, ORDER, [LINE], RECORDS)).toEqual({
      row: {
        OrderTotalAmount: '139.83',
        TotalDiscountAmount: '0.00',
        OrderTotalTaxAmount: '7.95',
        OrderTotalChargesAmount: '33.88',
        OpenOrderCustomerAccountNumber: 'C1',
      },
      parts: [{ CurrencyCode: 'CHF', LineAmount: '98.00', TotalChargesAmount: '1.50', TotalTaxAmount: '7.95' }],
    })
  })

  it('are of two decimal places and without tax where currency and tax group say nothing', () => {
    const { row } = computed(salesOrderAmounts, { ...ORDER, CurrencyCode: null, SalesTaxGroupCode: null }, [LINE])
    expect(row).toMatchObject({ OrderTotalAmount: '131.88', OrderTotalTaxAmount: '0.00' })
  })

  it.each([
    [2, '0.99'],
    [1, '1.00'],
    [0, '1.00'],
  ])('keep to the %d decimal places of the currency', (DecimalPlaces, amount) => {
    const records = { 'Currencies ["CHF"]': { RoundingRuleGeneral: '0.010000', DecimalPlaces } }
    const line = { OrderedSalesQuantity: '1.0000', SalesPrice: '0.9876' }
    expect(computed(salesOrderAmounts, ORDER, [line], records).parts).toMatchObject([{ LineAmount: amount }])
  })

  it.each([null, '0.0000'])('take the price for one unit where the price quantity is %s', (SalesPriceQuantity) => {
    const { parts } = computed(salesOrderAmounts, ORDER, [{ ...LINE, SalesPriceQuantity }], RECORDS)
    expect(parts).toMatchObject([{ LineAmount: '98.00' }])
  })

  it('take off the 5 percent that a line of the Northwind traders is discounted by', () => {
    const line = { OrderedSalesQuantity: '15.0000', SalesPrice: '16.8000', LineDiscountPercentage: '5.000000' }
    expect(computed(salesOrderAmounts, ORDER, [line]).parts).toMatchObject([{ LineAmount: '239.40' }])
  })

  it('are there for a line of which nothing is known', () => {
    expect(computed(salesOrderAmounts, {}, [{}])).toMatchObject({
      row: { OrderTotalAmount: '0.00', OpenOrderCustomerAccountNumber: null },
      parts: [{ LineAmount: '0.00', CurrencyCode: null }],
    })
  })
})

describe('the customer whose credit an order takes up', () => {
  function customer(values: Row): Row[string] | undefined {
    return computed(salesOrderAmounts, { ...ORDER, ...values }, []).row['OpenOrderCustomerAccountNumber']
  }

  it('is who is invoiced', () => {
    expect(customer({ InvoiceCustomerAccountNumber: 'C2' })).toBe('C2')
  })

  it.each(['Active', 'Confirmed', 'Picked', 'PartiallyDelivered', 'Delivered', 'PartiallyInvoiced'])(
    'is there while the order is %s',
    (SalesOrderProcessingStatus) => {
      expect(customer({ SalesOrderProcessingStatus })).toBe('C1')
    },
  )

  it.each(['Invoiced', 'Canceled'])('is nobody once the order is %s', (SalesOrderProcessingStatus) => {
    expect(customer({ SalesOrderProcessingStatus })).toBeNull()
  })
})
