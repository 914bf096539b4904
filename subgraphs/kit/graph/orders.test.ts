import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLoaders, type SubgraphContext } from './loaders.ts'
import { fillOrders, idOf, ordersMapSet } from './orders.fixture.ts'
import { ask, counted, dataOf, openTestSystem, type TestSystem } from './system.fixture.ts'

describe('orders as a subgraph', () => {
  let crm: TestSystem
  beforeAll(async () => {
    crm = await openTestSystem('CRM', undefined, ordersMapSet())
    await fillOrders(crm)
  })
  afterAll(() => crm[Symbol.asyncDispose]())

  const query = (source: string, variables = {}): Promise<unknown> =>
    dataOf(ask(crm, crm.subgraph.schema, source, variables))
  const refusal = async (source: string, variables = {}) => {
    const { errors } = await ask(crm, crm.subgraph.schema, source, variables)
    return errors?.map(({ message, extensions }) => ({ message, ...extensions }))
  }
  /** The calls of the store that one request takes. */
  const callsOf = async (source: string) => {
    const { store, calls } = counted(crm.participant)
    const context: SubgraphContext = { actor: null, CRM: createLoaders(store) }
    await dataOf(ask({ context: () => context }, crm.subgraph.schema, source))
    return calls.toSorted()
  }
  const numbersOf = (connection: { edges: { node: Record<string, unknown> }[] }, ...names: string[]) =>
    connection.edges.map(({ node }) => names.map((name) => node[name]).join(' '))
  const orders = async (filter: object) => {
    const source = 'query ($filter: OrderFilter) { orders(filter: $filter) { edges { node { number } } } }'
    const found = (await query(source, { filter })) as { orders: Parameters<typeof numbersOf>[0] }
    return numbersOf(found.orders, 'number')
  }
  const lines = async (filter: object) => {
    const source =
      'query ($filter: OrderLineFilter) { orderLines(filter: $filter) { edges { node { orderNumber lineNumber } } } }'
    const found = (await query(source, { filter })) as { orderLines: Parameters<typeof numbersOf>[0] }
    return numbersOf(found.orderLines, 'orderNumber', 'lineNumber')
  }

  describe('a part', () => {
    it('is found by its id, and by the key of its whole with its own number', async () => {
      const source = `query ($id: ID) {
        byId: orderLine(id: $id) { quantity order { title } }
        byKey: orderLine(company: "usmf", orderNumber: "o-1", lineNumber: 10) { id quantity }
        none: orderLine(company: "usmf", orderNumber: "O-1", lineNumber: 3) { id }
      }`
      expect(await query(source, { id: idOf('OrderLine', 'O-1', '2') })).toEqual({
        byId: { quantity: '4.00', order: { title: 'Order O-1' } },
        byKey: { id: idOf('OrderLine', 'O-1', '10'), quantity: '1.00' },
        none: null,
      })
    })

    it('is listed by its whole, in the order of the numbers', async () => {
      const source = `{ order(company: "usmf", number: "O-1") {
        lines { totalCount edges { node { id lineNumber } } }
        large: lines(filter: {quantity: {gt: "2"}}) { edges { node { lineNumber } } }
      } }`
      expect(await query(source)).toEqual({
        order: {
          lines: {
            totalCount: 2,
            edges: [2, 10].map((lineNumber) => ({
              node: { id: idOf('OrderLine', 'O-1', String(lineNumber)), lineNumber },
            })),
          },
          large: { edges: [{ node: { lineNumber: 2 } }] },
        },
      })
    })

    it('is in its map only while its whole is', async () => {
      expect(await lines({})).toEqual(['O-1 2', 'O-1 10', 'O-2 1'])
      expect(await query('{ orderLine(company: "usmf", orderNumber: "O-4", lineNumber: 1) { id } }')).toEqual({
        orderLine: null,
      })
      const source =
        'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Product { orderLines { totalCount } } } }'
      const all = [{ __typename: 'Product', id: idOf('Product', 'BOLT') }]
      expect(await query(source, { all })).toEqual({ _entities: [{ orderLines: { totalCount: 2 } }] })
    })

    it.each([
      ['{ orderLine(company: "usmf", lineNumber: 1) { id } }', '`company`, `orderNumber` and `lineNumber` together'],
      [`{ orderLine(id: "${idOf('OrderLine', 'O-1', 'two')}") { id } }`, 'not the id of a OrderLine'],
      [`{ orderLine(id: "${idOf('Order', 'O-1')}") { id } }`, 'not the id of a OrderLine'],
    ])('is refused for %s', async (source, message) => {
      expect(await refusal(source)).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })])
    })

    it('leads to its whole without a read where the key is all that is wanted, and once for all its lines else', async () => {
      const source = (wanted: string) => `{ orderLines { edges { node { order { ${wanted} } } } } }`
      expect(await callsOf(source('id number __typename'))).toEqual(['query orderlines'])
      expect(await callsOf(source('title'))).toEqual(['get orders', 'query orderlines'])
    })

    it('is found once by paging to the end', async () => {
      const source = `query ($after: String) { orderLines(first: 1, after: $after) {
        edges { node { orderNumber lineNumber } } pageInfo { hasNextPage endCursor }
      } }`
      type Page = {
        orderLines: Parameters<typeof numbersOf>[0] & { pageInfo: { hasNextPage: boolean; endCursor: string } }
      }
      const pages: string[] = []
      for (let after: string | null = null, hasNext = true; hasNext; ) {
        const { orderLines } = (await query(source, { after })) as Page
        pages.push(...numbersOf(orderLines, 'orderNumber', 'lineNumber'))
        after = orderLines.pageInfo.endCursor
        hasNext = orderLines.pageInfo.hasNextPage
      }
      expect(pages).toEqual(['O-1 2', 'O-1 10', 'O-2 1'])
    })

    it('is listed for all wholes with one call', async () => {
      expect(await callsOf('{ orders { edges { node { lines { totalCount edges { node { id } } } } } } }')).toEqual([
        'countGroups orderlines',
        'query orders',
        'queryGroups orderlines',
      ])
    })
  })

  describe('a reference to one of several entities', () => {
    const BUYER = 'buyer { __typename ... on Customer { id name country } ... on Person { id name } }'

    it('shows the record of the entity that it names, and none where that is in no map', async () => {
      expect(await query(`{ orders { edges { node { number ${BUYER} } } } }`)).toEqual({
        orders: {
          edges: [
            {
              node: {
                number: 'O-1',
                buyer: { __typename: 'Customer', id: idOf('Customer', 'C-1'), name: 'C-1', country: 'DE' },
              },
            },
            { node: { number: 'O-2', buyer: { __typename: 'Person', id: idOf('Person', 'C-1'), name: 'Ada' } } },
            { node: { number: 'O-3', buyer: null } },
            { node: { number: 'O-5', buyer: null } },
          ],
        },
      })
    })

    it('reads each table once, and none for the keys of an entity that has the whole of one', async () => {
      expect(await callsOf(`{ orders { edges { node { ${BUYER} } } } }`)).toEqual([
        'get accounts',
        'get contacts',
        'query orders',
      ])
      const keys =
        '{ orders { edges { node { buyer { __typename ... on Customer { id } ... on Person { id number } } } } } }'
      expect(await callsOf(keys)).toEqual(['get accounts', 'query orders'])
    })

    it('leads back from each entity to its own', async () => {
      const source = `{
        customer(company: "usmf", number: "C-1") { orders { totalCount edges { node { number } } } }
        person(company: "usmf", number: "C-1") { orders { totalCount edges { node { number } } } }
        other: customer(company: "usmf", number: "C-2") { orders { totalCount edges { node { number } } } }
      }`
      const page = (...numbers: string[]) => ({
        orders: { totalCount: numbers.length, edges: numbers.map((number) => ({ node: { number } })) },
      })
      expect(await query(source)).toEqual({ customer: page('O-1'), person: page('O-2'), other: page() })
    })
  })

  describe('a filter', () => {
    const customer = { eq: idOf('Customer', 'C-1') }

    it.each([
      [{ buyer: customer }, ['O-1']],
      [{ buyer: { eq: idOf('Person', 'C-1') } }, ['O-2']],
      [{ buyer: { in: [idOf('Person', 'C-1'), idOf('Customer', 'C-1')] } }, ['O-1', 'O-2']],
      [{ buyer: { ne: idOf('Customer', 'C-1') } }, ['O-2', 'O-3', 'O-5']],
      [{ buyer: { isNull: true } }, ['O-5']],
      [{ buyer: { customer: { country: { eq: 'DE' } } } }, ['O-1']],
      [{ buyer: { customer: { country: { eq: 'FR' } } } }, []],
      [{ buyer: { person: { name: { eq: 'Ada' } } } }, ['O-2']],
      [{ buyer: { customer: {} } }, ['O-1']],
      [{ or: [{ buyer: { customer: {} } }, { buyer: { person: {} } }] }, ['O-1', 'O-2']],
      [{ not: [{ buyer: { customer: {} } }] }, ['O-2', 'O-3', 'O-5']],
      [{ payer: { where: { country: { eq: 'FR' } } }, number: { gt: 'O-2' } }, ['O-3', 'O-5']],
      [{ payer: { where: { country: { eq: 'DE' } } } }, []],
      [{ payer: { eq: idOf('Customer', 'C-2'), where: { not: { country: { eq: 'FR' } } } } }, []],
    ])('of orders by %j', async (filter, expected) => {
      expect(await orders(filter)).toEqual(expected)
    })

    it.each([
      [{ order: { eq: idOf('Order', 'O-1') } }, ['O-1 2', 'O-1 10']],
      [{ order: { in: [idOf('Order', 'O-2'), idOf('Order', 'O-4')] } }, ['O-2 1']],
      [{ order: { where: { title: { eq: 'Order O-2' } } } }, ['O-2 1']],
      [{ order: { where: { buyer: { customer: { country: { eq: 'DE' } } } } } }, ['O-1 2', 'O-1 10']],
      [{ order: { where: { buyer: { person: {} } } }, quantity: { gt: '5' } }, ['O-2 1']],
      [{ not: [{ order: { where: { buyer: customer } } }] }, ['O-2 1']],
      [{ lineNumber: { gte: 2, lt: 10 } }, ['O-1 2']],
      [{ id: { in: [idOf('OrderLine', 'O-1', '10'), idOf('OrderLine', 'O-4', '1')] } }, ['O-1 10']],
      [{ product: { eq: idOf('Product', 'BOLT') } }, ['O-1 2', 'O-2 1']],
    ])('of lines by %j', async (filter, expected) => {
      expect(await lines(filter)).toEqual(expected)
    })

    it.each([
      [{ buyer: { eq: idOf('Order', 'O-1') } }, 'buyer must be the id of a Customer or a Person'],
      [{ payer: { where: null } }, 'filter.payer.where is null'],
      [{ buyer: { customer: { country: { eq: null } } } }, 'filter.buyer.customer.country.eq is null'],
      [{ or: Array.from({ length: 21 }, () => ({ payer: { where: {} } })) }, 'looks through at most 20 references'],
      [{ payer: { where: { or: Array.from({ length: 200 }, () => ({})) } } }, 'at most 200 conditions'],
      [
        { payer: { where: Array.from({ length: 9 }).reduce<object>((inner) => ({ and: [inner] }), {}) } },
        'at most 10 levels',
      ],
    ])('that cannot be asked is refused: %#', async (filter, message) => {
      const source = 'query ($filter: OrderFilter) { orders(filter: $filter) { totalCount } }'
      expect(await refusal(source, { filter })).toEqual([
        { message: expect.stringContaining(message), code: 'BAD_USER_INPUT', argumentName: 'filter' },
      ])
    })
  })
})
