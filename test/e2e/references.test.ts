import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMPANY, line, order, startTrade, type Trade } from './trade.ts'

let trade: Trade
beforeAll(async () => {
  trade = await startTrade()
  await trade.customer('R-1', { deliveryCountry: 'DE' })
  await trade.customer('R-2', { deliveryCountry: 'FR', billingAccount: { number: 'R-1' } })
  await trade.create('Person', {
    company: COMPANY,
    number: 'R-3',
    name: 'Ada Lovell',
    group: { code: 'TRADE' },
    deliveryCountry: 'DE',
  })
  await trade.create('Contact', { company: COMPANY, number: 'R-C', lastName: 'Vale', customer: { number: 'R-1' } })
  await trade.create('Site', { company: COMPANY, code: 'S1', name: 'Harbour' })
  await trade.create('Warehouse', { company: COMPANY, code: 'MAIN', name: 'Main store', site: { code: 'S1' } })
  await trade.create('Warehouse', {
    company: COMPANY,
    code: 'SHOP',
    name: 'Shop',
    site: { code: 'S1' },
    mainRefillingWarehouse: { code: 'MAIN' },
  })
  const place = { warehouse: { code: 'SHOP' }, contactPerson: { number: 'R-C' } }
  await trade.create(
    'SalesOrder',
    order('R-1', [line('P-1', '1', '10.00'), line('P-2', '1', '2.50')], { number: 'O-1', ...place }),
  )
  await trade.create('SalesOrder', order('R-2', [line('P-2', '3', '2.50')], { number: 'O-2' }))
  await trade.create('SalesOrder', {
    ...order('', [line('P-1', '5', '10.00')], { number: 'O-3' }),
    customer: { type: 'PERSON', number: 'R-3' },
  })
}, 60_000)
afterAll(() => trade.stop())

async function graph(query: string): Promise<unknown> {
  return trade.graph.request(query)
}

const numbers = (list: string) => `${list} { totalCount edges { node { number } } }`
const found = (...given: readonly string[]) => ({
  totalCount: given.length,
  edges: given.map((number) => ({ node: { number } })),
})

describe('references in the graph', () => {
  it('lead over several steps, to organisations and persons, and to records of the same entity', async () => {
    const answer = await graph(`{ salesOrders(orderBy: [{ field: NUMBER }]) { edges { node {
      customer { __typename ... on Customer { number group { code } billingAccount { number } } ... on Person { name group { code } } }
      warehouse { code site { name } mainRefillingWarehouse { code site { name } } }
      lines { edges { node { order { number } product { name salesUnit { symbol } } } } } } } } }`)
    expect(answer).toEqual({
      salesOrders: {
        edges: [
          {
            node: {
              customer: { __typename: 'Customer', number: 'R-1', group: { code: 'TRADE' }, billingAccount: null },
              warehouse: {
                code: 'SHOP',
                site: { name: 'Harbour' },
                mainRefillingWarehouse: { code: 'MAIN', site: { name: 'Harbour' } },
              },
              lines: {
                edges: ['Lantern', 'Wick'].map((name) => ({
                  node: { order: { number: 'O-1' }, product: { name, salesUnit: { symbol: 'PCS' } } },
                })),
              },
            },
          },
          {
            node: {
              customer: {
                __typename: 'Customer',
                number: 'R-2',
                group: { code: 'TRADE' },
                billingAccount: { number: 'R-1' },
              },
              warehouse: null,
              lines: {
                edges: [
                  { node: { order: { number: 'O-2' }, product: { name: 'Wick', salesUnit: { symbol: 'PCS' } } } },
                ],
              },
            },
          },
          {
            node: {
              customer: { __typename: 'Person', name: 'Ada Lovell', group: { code: 'TRADE' } },
              warehouse: null,
              lines: {
                edges: [
                  { node: { order: { number: 'O-3' }, product: { name: 'Lantern', salesUnit: { symbol: 'PCS' } } } },
                ],
              },
            },
          },
        ],
      },
    })
  })

  it('lead back as connections', async () => {
    const answer = await graph(`{
      customer(company: "${COMPANY}", number: "R-1") { ${numbers('orders')} ${numbers('contacts')} }
      person(company: "${COMPANY}", number: "R-3") { ${numbers('orders')} }
      product(company: "${COMPANY}", number: "P-2") { orderLines(first: 1) { totalCount pageInfo { hasNextPage } edges { node { orderNumber lineNumber } } } }
      warehouse(company: "${COMPANY}", code: "SHOP") { ${numbers('orders')} }
      contact(company: "${COMPANY}", number: "R-C") { ${numbers('orders')} }
    }`)
    expect(answer).toEqual({
      customer: { orders: found('O-1'), contacts: found('R-C') },
      person: { orders: found('O-3') },
      product: {
        orderLines: {
          totalCount: 2,
          pageInfo: { hasNextPage: true },
          edges: [{ node: { orderNumber: 'O-1', lineNumber: 2 } }],
        },
      },
      warehouse: { orders: found('O-1') },
      contact: { orders: found('O-1') },
    })
  })

  it.each([
    ['the orders of customers in one country', '{ customer: { customer: { deliveryCountry: { eq: DE } } } }', ['O-1']],
    ['the orders of persons in one country', '{ customer: { person: { deliveryCountry: { eq: DE } } } }', ['O-3']],
    [
      'the orders of either in one country',
      '{ or: [{ customer: { customer: { deliveryCountry: { eq: DE } } } }, { customer: { person: { deliveryCountry: { eq: DE } } } }] }',
      ['O-1', 'O-3'],
    ],
    [
      'the orders of customers that another one pays for',
      '{ customer: { customer: { billingAccount: { where: { number: { eq: "R-1" } } } } } }',
      ['O-2'],
    ],
    [
      'the orders that are sent from a shop of one site',
      '{ warehouse: { where: { site: { where: { name: { eq: "Harbour" } } } } } }',
      ['O-1'],
    ],
    [
      'the orders of none of them',
      '{ not: [{ customer: { customer: { deliveryCountry: { eq: DE } } } }] }',
      ['O-2', 'O-3'],
    ],
  ])('filter lists through them: %s', async (_, filter, wanted) => {
    expect(await graph(`{ ${numbers(`salesOrders(filter: ${filter}, orderBy: [{ field: NUMBER }])`)} }`)).toEqual({
      salesOrders: found(...wanted),
    })
  })

  it('filter the lists that lead back as well', async () => {
    const filter = '{ order: { where: { customer: { customer: { deliveryCountry: { eq: FR } } } } } }'
    expect(
      await graph(
        `{ product(company: "${COMPANY}", number: "P-2") { orderLines(filter: ${filter}) { totalCount edges { node { orderNumber } } } } }`,
      ),
    ).toEqual({ product: { orderLines: { totalCount: 1, edges: [{ node: { orderNumber: 'O-2' } }] } } })
  })
})

describe('references in the native APIs', () => {
  it('lead to accounts and contacts alike in the CRM, and back', async () => {
    const answer = await trade.crm.request(`{
      salesorders(orderBy: [{ field: msdyn_salesordernumber }]) { edges { node {
        customerid_record { __typename ... on accounts { accountnumber } ... on contacts { fullname } }
        msdyn_defaultshippingwarehouse_record { msdyn_mainrefillingwarehouse_record { msdyn_warehouseidentifier } } } } }
      accountsByKey(msdyn_company: "${COMPANY}", accountnumber: "R-1") {
        salesorders_by_customerid { totalCount } contacts_by_parentcustomerid { edges { node { msdyn_contactpersonid } } } } }`)
    expect(answer).toEqual({
      salesorders: {
        edges: [
          {
            node: {
              customerid_record: { __typename: 'accounts', accountnumber: 'R-1' },
              msdyn_defaultshippingwarehouse_record: {
                msdyn_mainrefillingwarehouse_record: { msdyn_warehouseidentifier: 'MAIN' },
              },
            },
          },
          {
            node: {
              customerid_record: { __typename: 'accounts', accountnumber: 'R-2' },
              msdyn_defaultshippingwarehouse_record: null,
            },
          },
          {
            node: {
              customerid_record: { __typename: 'contacts', fullname: 'Ada Lovell' },
              msdyn_defaultshippingwarehouse_record: null,
            },
          },
        ],
      },
      accountsByKey: {
        salesorders_by_customerid: { totalCount: 1 },
        contacts_by_parentcustomerid: { edges: [{ node: { msdyn_contactpersonid: 'R-C' } }] },
      },
    })
  })

  it('filter lists of the ERP through customers', async () => {
    const answer = await trade.erp.request(`{
      SalesOrderHeaders(filter: { OrderingCustomerAccountNumber_record: { DeliveryAddressCountryRegionISOCode: { eq: "DE" } } },
        orderBy: [{ field: SalesOrderNumber }]) { edges { node { SalesOrderNumber OrderingCustomerAccountNumber_record { PartyType } } } } }`)
    expect(answer).toEqual({
      SalesOrderHeaders: {
        edges: [
          { node: { SalesOrderNumber: 'O-1', OrderingCustomerAccountNumber_record: { PartyType: 'Organization' } } },
          { node: { SalesOrderNumber: 'O-3', OrderingCustomerAccountNumber_record: { PartyType: 'Person' } } },
        ],
      },
    })
  })
})

describe('a record that is referred to', () => {
  it('is not deleted, and says by what it is held', async () => {
    const answer = await trade.erp.request<Record<string, { errors: { code: string; message: string }[] }>>(
      `mutation { deleteReleasedDistinctProducts(dataAreaId: "${COMPANY}", ProductNumber: "P-1") { errors { code message } } }`,
    )
    const { errors = [] } = answer['deleteReleasedDistinctProducts'] ?? {}
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['REFERENCE']))
    expect(errors.map(({ message }) => message).join()).toContain('SalesOrderLines')
  })
})
