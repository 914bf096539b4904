import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { write } from './lockstep.ts'
import { COMPANY, line, order, startTrade, type Trade } from './trade.ts'

let trade: Trade
beforeAll(async () => {
  trade = await startTrade()
  await trade.customer('C-1')
}, 60_000)
afterAll(() => trade.stop())

interface Line {
  readonly lineNumber: number
  readonly quantity: string
  readonly lineAmount: string
}

interface Order {
  readonly number: string
  readonly revision: number
  readonly sync: string
  readonly status: string
  readonly state: string
  readonly totalAmount: string
  readonly totalTax: string
  readonly totalCharges: string
  readonly totalDiscount: string
  readonly lines: { readonly edges: readonly { readonly node: Line }[] }
}

const ORDER = `number revision sync status state totalAmount totalTax totalCharges totalDiscount
  lines { edges { node { lineNumber quantity lineAmount } } }`

async function read(id: string | null): Promise<Order> {
  const { salesOrder } = await trade.graph.request<{ salesOrder: Order }>(
    `query($id: ID) { salesOrder(id: $id) { ${ORDER} } }`,
    { id },
  )
  return salesOrder
}

function linesOf({ lines }: Order): readonly (readonly [number, string, string])[] {
  return lines.edges.map(({ node }) => [node.lineNumber, node.quantity, node.lineAmount])
}

async function placed(lines: Parameters<typeof order>[1], more: object = {}): Promise<string> {
  const { id } = await trade.create('SalesOrder', order('C-1', lines, more))
  if (id === null) throw new Error('the order has no id')
  return id
}

async function change(id: string, input: object) {
  return write(trade.graph, 'updateSalesOrder', { id, input })
}

describe('an order with its lines', () => {
  it('is one transaction of both systems, whose amounts the ERP works out and the CRM shows', async () => {
    const input = order('C-1', [line('P-1', '3', '10.00'), line('P-2', '7', '2.49', { discountPercentage: '15' })], {
      salesTaxGroup: 'FULL',
      headerCharges: '4.20',
    })
    const payload = await write(trade.graph, 'createSalesOrder', { input })
    expect(payload.errors).toEqual([])
    expect(payload.transaction).toMatchObject({
      state: 'COMMITTED',
      legs: [
        { system: 'CRM', state: 'COMMITTED' },
        { system: 'ERP', state: 'COMMITTED' },
      ],
    })
    const made = await read(payload.id)
    expect(made).toMatchObject({ revision: 1, sync: 'IN_STEP', status: 'ACTIVE', state: 'NEW' })
    // 7 × 2.49 × 0.85 is 14.8155, and a fifth of 30.00 and of 14.82 is the tax.
    expect(linesOf(made)).toEqual([
      [1, '3.0000', '30.00'],
      [2, '7.0000', '14.82'],
    ])
    expect(made).toMatchObject({ totalTax: '8.96', totalCharges: '4.20', totalAmount: '57.98' })
  })

  it('is the same in both native APIs', async () => {
    await placed([line('P-1', '2', '10.00')], { number: 'SO-NATIVE', headerCharges: '1.00' })
    const crm = await trade.crm.request(`{
      salesordersByKey(msdyn_company: "${COMPANY}", msdyn_salesordernumber: "SO-NATIVE") {
        revision totalamount freightamount customerid customeridtype statuscode transactioncurrencyid msdyn_isocurrencycode
        salesorderdetails { edges { node { sequencenumber extendedamount baseamount productid ispriceoverridden revision } } } } }`)
    expect(crm).toEqual({
      salesordersByKey: {
        revision: 1,
        totalamount: '21.00',
        freightamount: '1.00',
        customerid: 'C-1',
        customeridtype: 'account',
        statuscode: 1,
        transactioncurrencyid: 'USD',
        msdyn_isocurrencycode: 'USD',
        salesorderdetails: {
          edges: [
            {
              node: {
                sequencenumber: 1,
                extendedamount: '20.00',
                baseamount: '20.00',
                productid: 'P-1',
                ispriceoverridden: true,
                revision: 1,
              },
            },
          ],
        },
      },
    })
    const erp = await trade.erp.request(`{
      SalesOrderHeadersByKey(dataAreaId: "${COMPANY}", SalesOrderNumber: "SO-NATIVE") {
        revision OrderTotalAmount OrderTotalChargesAmount OrderingCustomerAccountNumber
        SalesOrderLines { edges { node { LineCreationSequenceNumber LineAmount ProductNumber revision } } } } }`)
    expect(erp).toEqual({
      SalesOrderHeadersByKey: {
        revision: 1,
        OrderTotalAmount: '21.00',
        OrderTotalChargesAmount: '1.00',
        OrderingCustomerAccountNumber: 'C-1',
        SalesOrderLines: {
          edges: [{ node: { LineCreationSequenceNumber: 1, LineAmount: '20.00', ProductNumber: 'P-1', revision: 1 } }],
        },
      },
    })
  })

  it('rounds to the digits of its currency, half away from zero, also below zero', async () => {
    const lines = [line('P-1', '3', '0.5'), line('P-1', '-3', '0.5'), line('P-1', '5', '0.2')]
    const id = await placed(lines, { currency: { code: 'JPY' } })
    expect(linesOf(await read(id)).map(([, , amount]) => amount)).toEqual(['2.00', '-2.00', '1.00'])
  })

  it('keeps every digit of amounts beyond what a number holds', async () => {
    const id = await placed([line('P-1', '1', '90071992547409.93'), line('P-1', '1', '0.01')])
    expect((await read(id)).totalAmount).toBe('90071992547409.94')
  })

  it('is refused whole where a line is wrong, and says which', async () => {
    const lines = [line('P-1', '1', '10.00'), line('NONE', '1', '1.00'), line('P-2', '1.00001', '1.00')]
    const refused = await write(trade.graph, 'createSalesOrder', { input: order('C-1', lines, { number: 'SO-WRONG' }) })
    expect(refused.transaction?.state).toBe('REVERTED')
    const places = refused.errors.map(({ code, path }) => `${code} ${path.join('.')}`)
    expect(new Set(places)).toEqual(new Set(['REFERENCE input.lines.1.product', 'VALIDATION input.lines.2.quantity']))
    const { salesOrder } = await trade.graph.request<{ salesOrder: unknown }>(
      `{ salesOrder(company: "${COMPANY}", number: "SO-WRONG") { number } }`,
    )
    expect(salesOrder).toBeNull()
  })
})

describe('changing lines', () => {
  it('adds, changes and deletes them in one transaction, and the totals follow', async () => {
    const id = await placed([line('P-1', '1', '10.00'), line('P-1', '2', '10.00'), line('P-1', '3', '10.00')])
    const { errors } = await change(id, {
      lines: {
        create: [line('P-2', '4', '2.50')],
        update: [{ lineNumber: 2, quantity: '5' }],
        delete: [1],
      },
    })
    expect(errors).toEqual([])
    const changed = await read(id)
    expect(changed).toMatchObject({ revision: 2, totalAmount: '90.00', sync: 'IN_STEP' })
    expect(linesOf(changed)).toEqual([
      [2, '5.0000', '50.00'],
      [3, '3.0000', '30.00'],
      [4, '4.0000', '10.00'],
    ])
  })

  it('replaces them all: named ones change, new ones come, the others go', async () => {
    const id = await placed([line('P-1', '1', '10.00'), line('P-1', '2', '10.00')])
    const { errors } = await change(id, {
      lines: { replace: [{ lineNumber: 2, ...line('P-1', '7', '10.00') }, line('P-2', '2', '2.50')] },
    })
    expect(errors).toEqual([])
    expect(linesOf(await read(id))).toEqual([
      [2, '7.0000', '70.00'],
      [3, '2.0000', '5.00'],
    ])
  })

  it('changes nothing where an upsert brings the same order again', async () => {
    const input = order('C-1', [line('P-1', '1', '10.00'), line('P-2', '2', '2.50')], { number: 'SO-TWICE' })
    await trade.create('SalesOrder', input)
    const again = await write(trade.graph, 'upsertSalesOrder', { input })
    expect(again).toMatchObject({ transaction: null, errors: [] })
    expect((await read(again.id)).revision).toBe(1)
  })

  it('leaves nothing of a line behind that another one replaces', async () => {
    const gift = line('P-1', '2', '10.00', { discountPercentage: '50', description: 'gift' })
    const input = order('C-1', [gift, line('P-2', '3', '2.50')], { number: 'SO-GIFT' })
    await trade.create('SalesOrder', input)
    const { id, errors } = await write(trade.graph, 'upsertSalesOrder', {
      input: { ...input, lines: [line('P-2', '3', '2.50')] },
    })
    expect(errors).toEqual([])
    const { salesOrder } = await trade.graph.request<{ salesOrder: object }>(
      `query($id: ID) { salesOrder(id: $id) { totalAmount lines { edges { node {
        lineNumber product { number } description discountPercentage lineAmount } } } } }`,
      { id },
    )
    expect(salesOrder).toEqual({
      totalAmount: '7.50',
      lines: {
        edges: [
          {
            node: {
              lineNumber: 1,
              product: { number: 'P-2' },
              description: null,
              discountPercentage: null,
              lineAmount: '7.50',
            },
          },
        ],
      },
    })
  })

  it('moves the totals also where only a field of the ERP alone is given', async () => {
    const id = await placed([line('P-1', '1', '10.00')])
    const { errors } = await change(id, { headerCharges: '2.50' })
    expect(errors).toEqual([])
    expect(await read(id)).toMatchObject({ revision: 2, totalAmount: '12.50', totalCharges: '2.50', sync: 'IN_STEP' })
  })

  it('works the lines out again where the whole changes what they are worked out from', async () => {
    const id = await placed([line('P-1', '3', '0.335')])
    expect(linesOf(await read(id))).toEqual([[1, '3.0000', '1.01']])
    const { errors } = await change(id, { currency: { code: 'JPY' } })
    expect(errors).toEqual([])
    const changed = await read(id)
    expect(linesOf(changed)).toEqual([[1, '3.0000', '1.00']])
    expect(changed).toMatchObject({ totalAmount: '1.00', sync: 'IN_STEP' })
  })

  it.each([
    [
      'a line that is not there',
      { update: [{ lineNumber: 9, quantity: '1' }] },
      'NOT_FOUND input.lines.update.0.lineNumber',
    ],
    ['a line that is not there, to delete', { delete: [9] }, 'NOT_FOUND input.lines.delete.0'],
    [
      'a number that is taken',
      { create: [{ lineNumber: 1, ...line('P-1', '1', '1') }] },
      'DUPLICATE input.lines.create.0.lineNumber',
    ],
    [
      'an empty replace beside others',
      { replace: [], create: [line('P-1', '1', '1')] },
      'VALIDATION input.lines.replace',
    ],
    ['replace beside others', { replace: [line('P-1', '1', '1')], delete: [1] }, 'VALIDATION input.lines.replace'],
  ])('is refused for %s', async (_, lines, wanted) => {
    const id = await placed([line('P-1', '1', '10.00')])
    const { errors } = await change(id, { lines })
    expect(new Set(errors.map(({ code, path }) => `${code} ${path.join('.')}`))).toEqual(new Set([wanted]))
    expect(await read(id)).toMatchObject({ revision: 1, totalAmount: '10.00' })
  })

  it('never loses a line to another that is added at the same moment', async () => {
    const id = await placed([line('P-1', '1', '1.00')])
    const adding = Array.from({ length: 12 }, (_, at) =>
      change(id, { lines: { create: [line('P-2', String(at + 1), '1.00')] } }),
    )
    expect((await Promise.all(adding)).flatMap(({ errors }) => errors)).toEqual([])
    const changed = await read(id)
    expect(linesOf(changed).map(([number]) => number)).toEqual(Array.from({ length: 13 }, (_, at) => at + 1))
    expect(changed).toMatchObject({ revision: 13, totalAmount: '79.00' })
  })
})

describe('deleting an order', () => {
  it('takes its lines along on both sides', async () => {
    const id = await placed([line('P-1', '1', '10.00'), line('P-2', '1', '2.50')], { number: 'SO-GONE' })
    expect((await write(trade.graph, 'deleteSalesOrder', { id })).errors).toEqual([])
    const left = await trade.crm.request<{ salesorderdetails: { totalCount: number } }>(
      '{ salesorderdetails(filter: { salesorderid: { eq: "SO-GONE" } }) { totalCount } }',
    )
    const right = await trade.erp.request<{ SalesOrderLines: { totalCount: number } }>(
      '{ SalesOrderLines(filter: { SalesOrderNumber: { eq: "SO-GONE" } }) { totalCount } }',
    )
    expect([left.salesorderdetails.totalCount, right.SalesOrderLines.totalCount]).toEqual([0, 0])
  })
})

describe('an order entered natively in the CRM', () => {
  const CREATE = `mutation($input: CreateSalesordersInput!) { createSalesorders(input: $input) {
    key record { totalamount msdyn_processingstatus statuscode } transaction { state legs { system state } } errors { code path message } } }`
  const input = (more: object = {}) => ({
    msdyn_company: COMPANY,
    msdyn_ordertype: 192350000,
    customerid: 'C-1',
    customeridtype: 'account',
    transactioncurrencyid: 'USD',
    salesorderdetails: [{ productid: 'P-1', uomid: 'PCS', quantity: '2', priceperunit: '10.00' }],
    ...more,
  })

  interface Answer {
    readonly createSalesorders: {
      readonly key: readonly string[] | null
      readonly record: object | null
      readonly transaction: { readonly state: string; readonly legs: readonly object[] } | null
      readonly errors: readonly { readonly code: string; readonly path: readonly string[] }[]
    }
  }

  it('is confirmed by the ERP in the same transaction, which gives it its total', async () => {
    const given = input()
    const { createSalesorders } = await trade.crm.request<Answer>(CREATE, { input: given })
    expect(createSalesorders.errors).toEqual([])
    expect(createSalesorders).toMatchObject({
      record: { totalamount: '20.00', statuscode: 1 },
      transaction: { state: 'COMMITTED', legs: [{ system: 'CRM' }, { system: 'ERP' }] },
    })
  })

  it('is refused there where the ERP refuses it, in the terms of the CRM', async () => {
    const lines = [{ productid: 'NONE', uomid: 'PCS', quantity: '2', priceperunit: '10.00' }]
    const given = input({ salesorderdetails: lines, msdyn_salesordernumber: 'SO-NO' })
    const { createSalesorders } = await trade.crm.request<Answer>(CREATE, { input: given })
    expect(createSalesorders.record).toBeNull()
    expect(new Set(createSalesorders.errors.map(({ code, path }) => `${code} ${path.join('.')}`))).toEqual(
      new Set(['REFERENCE input.salesorderdetails.0.productid']),
    )
  })

  it('does not let the CRM write what the ERP computes', async () => {
    const { createSalesorders } = await trade.crm.request<Answer>(CREATE, {
      input: input({ totalamount: '1.00' }),
    })
    expect(createSalesorders.errors.map(({ code, path }) => [code, path.at(-1)])).toEqual([
      ['READ_ONLY', 'totalamount'],
    ])
  })

  it('takes line changes that are made natively in either system', async () => {
    const id = await placed([line('P-1', '1', '10.00')], { number: 'SO-LINES' })
    const crm = await trade.crm.request<Record<string, { errors: unknown[] }>>(`mutation {
      createSalesorderdetails(input: { msdyn_company: "${COMPANY}", salesorderid: "SO-LINES", productid: "P-2", uomid: "PCS",
        quantity: "2", priceperunit: "2.50" }) { key errors { code path message } } }`)
    expect(crm['createSalesorderdetails']).toEqual({ key: [COMPANY, 'SO-LINES', 2], errors: [] })
    const erp = await trade.erp.request<Record<string, { errors: unknown[] }>>(`mutation {
      updateSalesOrderLines(dataAreaId: "${COMPANY}", SalesOrderNumber: "SO-LINES", LineCreationSequenceNumber: 1,
        input: { OrderedSalesQuantity: "3" }) { errors { code path message } } }`)
    expect(erp['updateSalesOrderLines']?.errors).toEqual([])
    expect(await read(id)).toMatchObject({ revision: 3, totalAmount: '35.00', sync: 'IN_STEP' })
    const gone = await trade.crm.request<Record<string, { errors: unknown[] }>>(`mutation {
      deleteSalesorderdetails(msdyn_company: "${COMPANY}", salesorderid: "SO-LINES", sequencenumber: 1) { errors { code path message } } }`)
    expect(gone['deleteSalesorderdetails']?.errors).toEqual([])
    expect(await read(id)).toMatchObject({ revision: 4, totalAmount: '5.00', sync: 'IN_STEP' })
  })

  it('deletes its lines on both sides when it is deleted natively', async () => {
    const id = await placed([line('P-1', '1', '10.00')], { number: 'SO-AWAY' })
    const { deleteSalesOrderHeaders } = await trade.erp.request<Record<string, { errors: unknown[] }>>(
      `mutation { deleteSalesOrderHeaders(dataAreaId: "${COMPANY}", SalesOrderNumber: "SO-AWAY") { errors { code message } } }`,
    )
    expect(deleteSalesOrderHeaders?.errors).toEqual([])
    expect(await read(id)).toBeNull()
  })

  it('takes its lines along when it enters the map', async () => {
    const given = input({ msdyn_ordertype: 690970002, msdyn_salesordernumber: 'PC-2' })
    expect((await trade.crm.request<Answer>(CREATE, { input: given })).createSalesorders.errors).toEqual([])
    const { updateSalesorders } = await trade.crm.request<Record<string, { errors: unknown[] }>>(`mutation {
      updateSalesorders(msdyn_company: "${COMPANY}", msdyn_salesordernumber: "PC-2", input: { msdyn_ordertype: 192350000 }) { errors { code path message } } }`)
    expect(updateSalesorders?.errors).toEqual([])
    const { salesOrder } = await trade.graph.request<{ salesOrder: object }>(
      `{ salesOrder(company: "${COMPANY}", number: "PC-2") { totalAmount sync lines { edges { node { lineAmount sync } } } } }`,
    )
    expect(salesOrder).toEqual({
      totalAmount: '20.00',
      sync: 'IN_STEP',
      lines: { edges: [{ node: { lineAmount: '20.00', sync: 'IN_STEP' } }] },
    })
  })

  it('keeps a project contract, which shares the table, to the CRM', async () => {
    const given = input({ msdyn_ordertype: 690970002, msdyn_salesordernumber: 'PC-1' })
    const { createSalesorders } = await trade.crm.request<Answer>(CREATE, { input: given })
    expect(createSalesorders.errors).toEqual([])
    expect(createSalesorders.transaction?.legs).toMatchObject([{ system: 'CRM' }])
    const { SalesOrderHeaders } = await trade.erp.request<{ SalesOrderHeaders: { totalCount: number } }>(
      '{ SalesOrderHeaders(filter: { SalesOrderNumber: { eq: "PC-1" } }) { totalCount } }',
    )
    expect(SalesOrderHeaders.totalCount).toBe(0)
  })
})

describe('products, which the ERP keeps', () => {
  it('are neither made nor deleted natively in the CRM', async () => {
    const made = await trade.crm.request<Record<string, { errors: { code: string }[] }>>(`mutation {
      createUoms(input: { msdyn_symbol: "BOX", name: "BOX" }) { errors { code message } }
      deleteUoms(msdyn_symbol: "PCS") { errors { code message } } }`)
    for (const payload of Object.values(made)) expect(payload.errors.map(({ code }) => code)).toContain('READ_ONLY')
  })
})

describe('a customer who is a person', () => {
  it.each([
    ['a person under the name of an organisation', { number: 'PN-0' }],
    ['an organisation under the name of a person', { type: 'PERSON', number: 'C-1' }],
    ['a person that is not there', { type: 'PERSON', number: 'PN-9' }],
  ])('is not %s', async (_, customer) => {
    await write(trade.graph, 'upsertPerson', {
      input: { company: COMPANY, number: 'PN-0', name: 'Max Ferry', group: { code: 'TRADE' } },
    })
    const given = { ...order('', [line('P-1', '1', '10.00')]), customer }
    const { errors, transaction } = await write(trade.graph, 'createSalesOrder', { input: given })
    expect(transaction?.state).toBe('REVERTED')
    expect(new Set(errors.map(({ code, path }) => `${code} ${path.join('.')}`))).toEqual(
      new Set(['REFERENCE input.customer']),
    )
  })

  it('orders like an organisation, whichever system the order is entered in', async () => {
    await trade.create('Person', { company: COMPANY, number: 'PN-1', name: 'Ada Lovell', group: { code: 'TRADE' } })
    const { id } = await trade.create('SalesOrder', {
      ...order('C-1', [line('P-1', '1', '10.00')]),
      customer: { type: 'PERSON', number: 'PN-1' },
    })
    const { createSalesOrderHeaders } = await trade.erp.request<
      Record<string, { errors: unknown[]; key: string[] }>
    >(`mutation {
      createSalesOrderHeaders(input: { dataAreaId: "${COMPANY}", OrderingCustomerAccountNumber: "PN-1", CurrencyCode: "USD",
        SalesOrderLines: [{ ProductNumber: "P-2", OrderedSalesQuantity: "1", SalesPrice: "2.50" }] }) { key errors { code path message } } }`)
    expect(createSalesOrderHeaders?.errors).toEqual([])
    const { person, salesOrder } = await trade.graph.request<{ person: object; salesOrder: object }>(
      `query($id: ID) { person(company: "${COMPANY}", number: "PN-1") { orders { totalCount } }
        salesOrder(id: $id) { customer { __typename ... on Person { name } ... on Customer { number } } } }`,
      { id },
    )
    expect(person).toEqual({ orders: { totalCount: 2 } })
    expect(salesOrder).toEqual({ customer: { __typename: 'Person', name: 'Ada Lovell' } })
  })
})
