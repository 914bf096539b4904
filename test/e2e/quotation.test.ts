import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { write } from './lockstep.ts'
import { COMPANY, line, order, startTrade, type Trade } from './trade.ts'

let trade: Trade
beforeAll(async () => {
  trade = await startTrade()
  await trade.customer('Q-1')
}, 60_000)
afterAll(() => trade.stop())

describe('a quotation with its lines', () => {
  it('is worked out by the ERP, and leads to the order that was made of it', async () => {
    const lines = [line('P-1', '3', '10.00'), line('P-2', '2', '2.50', { discountPercentage: '10' })]
    const { id } = await trade.create('Quotation', order('Q-1', lines, { discountPercentage: '5' }))
    const made = await trade.create('SalesOrder', order('Q-1', [line('P-1', '3', '10.00')]))
    const { errors } = await write(trade.graph, 'updateQuotation', {
      id: id ?? '',
      input: { status: 'CONFIRMED', generatedOrder: { id: made.id }, lines: { delete: [2] } },
    })
    expect(errors).toEqual([])
    const { quotation } = await trade.graph.request<{ quotation: object }>(
      `query($id: ID) { quotation(id: $id) { status totalAmount totalDiscount revision sync customer { ... on Customer { number } }
        generatedOrder { id } lines { edges { node { lineNumber lineAmount quotation { id } } } } } }`,
      { id },
    )
    expect(quotation).toEqual({
      ...{ status: 'CONFIRMED', totalAmount: '28.50', totalDiscount: '1.50', revision: 2, sync: 'IN_STEP' },
      customer: { number: 'Q-1' },
      generatedOrder: { id: made.id },
      lines: { edges: [{ node: { lineNumber: 1, lineAmount: '30.00', quotation: { id } } }] },
    })
  })

  it('is entered natively in the CRM as well, and deleted there with its lines', async () => {
    const { createQuotes } = await trade.crm.request<Record<string, { errors: unknown[]; record: object }>>(`mutation {
      createQuotes(input: { msdyn_company: "${COMPANY}", msdyn_quotenumber: "SQ-1", msdyn_ordertype: 192350000, statecode: 0, name: "Lamps",
        customerid: "Q-1", customeridtype: account, transactioncurrencyid: "USD",
        quotedetails: [{ productid: "P-1", quantity: "4", priceperunit: "10.00" }] }) { record { totalamount } errors { code path message } } }`)
    expect(createQuotes).toEqual({ record: { totalamount: '40.00' }, errors: [] })
    const { deleteQuotes } = await trade.crm.request<Record<string, { errors: unknown[] }>>(
      `mutation { deleteQuotes(msdyn_company: "${COMPANY}", msdyn_quotenumber: "SQ-1") { errors { code message } } }`,
    )
    expect(deleteQuotes?.errors).toEqual([])
    const { SalesQuotationLines } = await trade.erp.request<{ SalesQuotationLines: { totalCount: number } }>(
      '{ SalesQuotationLines(filter: { SalesQuotationNumber: { eq: "SQ-1" } }) { totalCount } }',
    )
    expect(SalesQuotationLines.totalCount).toBe(0)
  })
})
