import { isInputObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NativeWrite } from '../../../schema/native-write.ts'
import { createLoaders, type SubgraphContext } from './loaders.ts'
import { nativeSchema } from './native.ts'
import { fillOrders, ordersMapSet } from './orders.fixture.ts'
import { ask, counted, dataOf, LIMITS, openTestSystem, type TestSystem } from './system.fixture.ts'

const PAYLOAD = 'key transaction { state } errors { code path table column message }'

interface Payload {
  readonly key: unknown
  readonly transaction: { readonly state: string } | null
  readonly errors: readonly { readonly code: string; readonly path: readonly string[] }[]
}

describe("orders in a system's native API", () => {
  const submitted: NativeWrite[] = []
  let crm: TestSystem
  beforeAll(async () => {
    const submit = async (write: NativeWrite) => {
      submitted.push(write)
      return { key: null, transaction: null, errors: [] }
    }
    crm = await openTestSystem('CRM', submit, ordersMapSet())
    await fillOrders(crm)
  })
  afterAll(() => crm[Symbol.asyncDispose]())

  const query = (source: string, variables = {}): Promise<unknown> => dataOf(ask(crm, crm.native, source, variables))
  const write = async (source: string, variables = {}): Promise<Payload> => {
    const [payload] = Object.values((await query(source, variables)) as Record<string, Payload>)
    if (payload === undefined) throw new TypeError('no payload')
    return payload
  }
  const codesOf = ({ errors }: Payload) => errors.map(({ code, path }) => [code, path.join('.')]).toSorted()

  describe('a column that names records of several tables', () => {
    it('leads to the record of the table that another column tells', async () => {
      const source = `{ orders { edges { node { number buyerid_record {
        __typename ... on accounts { country } ... on contacts { name }
      } } } } }`
      const node = (number: string, buyerid_record: object | null) => ({ node: { number, buyerid_record } })
      expect(await query(source)).toEqual({
        orders: {
          edges: [
            node('O-1', { __typename: 'accounts', country: 'DE' }),
            node('O-2', { __typename: 'contacts', name: 'Ada' }),
            node('O-3', { __typename: 'accounts', country: 'DE' }),
            node('O-4', { __typename: 'accounts', country: 'DE' }),
            node('O-5', null),
          ],
        },
      })
    })

    it('leads back from the records of each table, with one call for all of them', async () => {
      const source = `{
        accounts { edges { node { number orders_by_buyerid { totalCount edges { node { number } } } } } }
        contacts { edges { node { number orders_by_buyerid(filter: {kind: {eq: 1}}) { totalCount } } } }
      }`
      const { store, calls } = counted(crm.participant)
      const context: SubgraphContext = { actor: null, CRM: createLoaders(store) }
      const node = (number: string, ...orders: string[]) => ({
        node: {
          number,
          orders_by_buyerid: {
            totalCount: orders.length,
            edges: orders.map((one) => ({ node: { number: one } })),
          },
        },
      })
      expect(await dataOf(ask({ context: () => context }, crm.native, source))).toEqual({
        accounts: { edges: [node('A-3', 'O-3'), node('C-1', 'O-1', 'O-4'), node('C-2')] },
        contacts: { edges: [{ node: { number: 'C-1', orders_by_buyerid: { totalCount: 1 } } }] },
      })
      expect(calls.toSorted()).toEqual([
        'countGroups orders',
        'countGroups orders',
        'query accounts',
        'query contacts',
        'queryGroups orders',
      ])
    })

    it.each([
      [{ buyerid_accounts: { country: { eq: 'DE' } } }, ['O-1', 'O-3', 'O-4']],
      [{ buyerid_contacts: { name: { eq: 'Ada' } } }, ['O-2']],
      [{ not: { or: [{ buyerid_accounts: {} }, { buyerid_contacts: {} }] } }, ['O-5']],
      [{ payerid_record: { country: { eq: 'FR' } }, buyeridtype: { eq: 'contact' } }, ['O-2']],
    ])('is filtered by %j', async (filter, expected) => {
      const source = 'query ($filter: OrdersFilter) { orders(filter: $filter) { edges { node { number } } } }'
      const edges = expected.map((number) => ({ node: { number } }))
      expect(await query(source, { filter })).toEqual({ orders: { edges } })
    })
  })

  describe('parts', () => {
    it('are listed by their whole, under a name that is clear of its columns', async () => {
      const source = `{
        ordersByKey(co: "usmf", number: "O-1") {
          orderlines _orderlines { edges { node { position orderid_record { title } } } }
        }
        orderlines(filter: {orderid_record: {buyerid_contacts: {}}}) { edges { node { orderid position } } }
      }`
      expect(await query(source)).toEqual({
        ordersByKey: {
          orderlines: null,
          _orderlines: {
            edges: [2, 10].map((position) => ({ node: { position, orderid_record: { title: 'Order O-1' } } })),
          },
        },
        orderlines: { edges: [{ node: { orderid: 'O-2', position: 1 } }] },
      })
    })

    it('are found by the key of their whole and their own number', async () => {
      const source = `{
        a: orderlinesByKey(co: "usmf", orderid: "O-1", position: 10) { quantity }
        b: orderlinesByKey(co: "usmf", orderid: "O-1", position: 1) { quantity }
      }`
      expect(await query(source)).toEqual({ a: { quantity: '1.00' }, b: null })
    })

    it('of a mapped record go to the gateway with it, each with its place in the arguments', async () => {
      const source = `mutation { createOrders(input: {
        co: "usmf", number: "O-9", _orderlines: [{ position: 1, quantity: "2" }, { productid: "NUT" }]
      }) { errors { code } } }`
      await query(source)
      await query('mutation { updateOrders(co: "usmf", number: "O-1", input: {title: "x"}) { errors { code } } }')
      const place = { system: 'CRM', table: 'orders', actor: 'alice' }
      expect(submitted.map(({ options: _, ...rest }) => rest)).toEqual([
        {
          ...place,
          operation: 'CREATE',
          key: null,
          set: { co: 'usmf', number: 'O-9' },
          parts: [
            { table: 'orderlines', set: { position: 1, quantity: '2' }, at: ['input', '_orderlines', '0'] },
            { table: 'orderlines', set: { productid: 'NUT' }, at: ['input', '_orderlines', '1'] },
          ],
        },
        { ...place, operation: 'UPDATE', key: '["usmf","O-1"]', set: { title: 'x' }, parts: [] },
      ])
    })
  })

  describe('a record that no map names, with its parts', () => {
    const CREATE = `mutation ($input: CreateMemosInput!, $options: WriteOptions) {
      createMemos(input: $input, options: $options) { record { memolines { edges { node { position text } } } } ${PAYLOAD} }
    }`
    const memo = (code: string, ...memolines: object[]) => ({
      input: { co: 'usmf', code, subject: code, memolines },
    })
    const count = async (code: string) => {
      const found = await query(`{
        memos(filter: {code: {eq: "${code}"}}) { totalCount } memolines(filter: {memo: {eq: "${code}"}}) { totalCount }
      }`)
      return Object.values(found as Record<string, { totalCount: number }>).map(({ totalCount }) => totalCount)
    }

    it('is made in one transaction', async () => {
      const made = await write(CREATE, memo('M-1', { position: 2, text: 'two' }, { position: 1, text: 'one' }))
      expect(made).toEqual({
        record: {
          memolines: { edges: [{ node: { position: 1, text: 'one' } }, { node: { position: 2, text: 'two' } }] },
        },
        key: ['usmf', 'M-1'],
        transaction: { state: 'COMMITTED' },
        errors: [],
      })
    })

    it('is not made at all where one part is refused, and each reason has its place', async () => {
      const lines = [{ position: 1, text: 'one' }, { position: 2 }, { position: 3, text: 'three', about: 'C-404' }]
      const refused = await write(CREATE, memo('M-2', ...lines))
      expect(codesOf(refused)).toEqual([
        ['REFERENCE', 'input.memolines.2.about'],
        ['REQUIRED', 'input.memolines.1.text'],
      ])
      expect(refused.transaction).toEqual({ state: 'REVERTED' })
      expect(await count('M-2')).toEqual([0, 0])
    })

    it('is not made where parts have no number, or the same', async () => {
      const keyless = await write(
        CREATE,
        memo('M-3', { text: 'a' }, { text: 'b' }, { position: 1, text: 'x'.repeat(21) }),
      )
      expect(codesOf(keyless)).toEqual([
        ['REQUIRED', 'input.memolines.0.position'],
        ['REQUIRED', 'input.memolines.1.position'],
        ['VALIDATION', 'input.memolines.2.text'],
      ])
      const twice = await write(CREATE, memo('M-3', { position: 1, text: 'a' }, { position: 1, text: 'b' }))
      expect(codesOf(twice)).toEqual([['VALIDATION', 'input.memolines.1']])
      expect(await count('M-3')).toEqual([0, 0])
    })

    it('reports what is missing of its own key together with the faults of its parts', async () => {
      const refused = await write(CREATE, { input: { subject: 'x', memolines: [{ position: 1 }] } })
      expect(codesOf(refused)).toEqual([
        ['REQUIRED', 'input.co'],
        ['REQUIRED', 'input.code'],
        ['REQUIRED', 'input.memolines.0.text'],
      ])
    })

    it('is another request under an idempotency key where its parts are others', async () => {
      const options = { idempotencyKey: 'memo' }
      const lines = memo('M-4', { position: 1, text: 'one' })
      const first = await write(CREATE, { ...lines, options })
      expect(await write(CREATE, { ...lines, options })).toEqual(first)
      const other = await write(CREATE, { ...memo('M-4'), options })
      expect(codesOf(other)).toEqual([['IDEMPOTENCY_MISMATCH', 'options.idempotencyKey']])
    })

    it('has parts that are added, changed and deleted by themselves, and stays while it has any', async () => {
      await write(CREATE, memo('M-5', { position: 1, text: 'one' }))
      const added = await write(
        `mutation { createMemolines(input: {co: "usmf", memo: "M-5", position: 2, text: "two"}) { ${PAYLOAD} } }`,
      )
      expect(added).toMatchObject({ key: ['usmf', 'M-5', 2], errors: [] })
      const at = (position: number) => `co: "usmf", memo: "M-5", position: ${position}`
      const changed = await write(
        `mutation { updateMemolines(${at(2)}, input: {text: "2"}) { record { text } ${PAYLOAD} } }`,
      )
      expect(changed).toMatchObject({ record: { text: '2' }, errors: [] })
      const remove = `mutation { deleteMemos(co: "usmf", code: "M-5") { ${PAYLOAD} } }`
      expect(codesOf(await write(remove))).toContainEqual(['REFERENCE', 'code'])
      for (const position of [1, 2]) {
        expect(await write(`mutation { deleteMemolines(${at(position)}) { ${PAYLOAD} } }`)).toMatchObject({
          errors: [],
        })
      }
      expect(await write(remove)).toMatchObject({ errors: [] })
    })
  })

  it('takes no computed column, and says which they are', () => {
    const { tables } = crm.mapSet
    const unused = () => Promise.reject(new Error('nothing is written'))
    const parts = { system: 'ERP', mapSet: crm.mapSet, limits: LIMITS, submit: unused, writeLocally: unused } as const
    const schema = nativeSchema({ ...parts, onError: () => {} }, [...tables.ERP.values()])
    for (const name of ['CreateOrdersInput', 'UpdateOrdersInput']) {
      const type = schema.getType(name)
      expect(isInputObjectType(type) && Object.keys(type.getFields())).not.toContain('Total')
    }
    expect(JSON.stringify(schema.getType('Orders')?.toConfig())).toContain('Computed by the ERP: nobody writes it.')
  })
})
