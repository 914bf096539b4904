import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Payload, WriteError } from './lockstep.ts'
import { COMPANY, line, order, startTrade, type Trade } from './trade.ts'

let trade: Trade
beforeAll(async () => {
  trade = await startTrade()
}, 60_000)
afterAll(() => trade.stop())

interface TransactPayload {
  readonly results: readonly { readonly as: string | null; readonly entity: string; readonly id: string | null }[]
  readonly transaction: Payload['transaction']
  readonly errors: readonly WriteError[]
}

const TRANSACT = `mutation($operations: [TransactOperation!]!, $options: WriteOptions) {
  transact(operations: $operations, options: $options) {
    results { as entity id } transaction { id state legs { system state } } errors { code message path system table column retryable } } }`

async function transact(operations: readonly object[], options: object = {}): Promise<TransactPayload> {
  const answer = await trade.graph.request<{ transact: TransactPayload }>(TRANSACT, { operations, options })
  return answer.transact
}

const NEW_CUSTOMER = { company: COMPANY, name: 'Newcomer', group: { code: 'TRADE' }, currency: { code: 'USD' } }

async function count(list: string, filter: string): Promise<number> {
  const answer = await trade.graph.request<Record<string, { totalCount: number }>>(
    `{ ${list}(filter: ${filter}) { totalCount } }`,
  )
  return answer[list]?.totalCount ?? -1
}

describe('many operations', () => {
  const firstOrder = (name: string, more: object = {}) => [
    { as: 'customer', createCustomer: { input: { ...NEW_CUSTOMER, name } } },
    { as: 'contact', createContact: { input: { company: COMPANY, lastName: 'Vale', customer: { as: 'customer' } } } },
    {
      as: 'order',
      createSalesOrder: {
        input: {
          ...order('', [line('P-1', '2', '10.00')]),
          customer: { as: 'customer' },
          contactPerson: { as: 'contact' },
          ...more,
        },
      },
    },
  ]

  it('are one transaction: a customer, its contact and its first order, each named by the next', async () => {
    const { results, transaction, errors } = await transact(firstOrder('Harbour Lights'))
    expect(errors).toEqual([])
    expect(transaction?.state).toBe('COMMITTED')
    expect(results.map(({ as, entity }) => [as, entity])).toEqual([
      ['customer', 'Customer'],
      ['contact', 'Contact'],
      ['order', 'SalesOrder'],
    ])
    const { salesOrder } = await trade.graph.request<{ salesOrder: object }>(
      `query($id: ID) { salesOrder(id: $id) { totalAmount sync customer { ... on Customer { id name } } contactPerson { id lastName } } }`,
      { id: results[2]?.id },
    )
    expect(salesOrder).toEqual({
      totalAmount: '20.00',
      sync: 'IN_STEP',
      customer: { id: results[0]?.id, name: 'Harbour Lights' },
      contactPerson: { id: results[1]?.id, lastName: 'Vale' },
    })
  })

  it('leave nothing behind where one of them is refused, and say which', async () => {
    const lines = [line('P-1', '1', '1.00'), line('NONE', '1', '1.00')]
    const { transaction, errors } = await transact(firstOrder('Nobody', { lines }))
    expect(transaction?.state).toBe('REVERTED')
    expect(new Set(errors.map(({ code, path }) => `${code} ${path.join('.')}`))).toEqual(
      new Set(['REFERENCE operations.2.createSalesOrder.input.lines.1.product']),
    )
    expect(await count('customers', '{ name: { eq: "Nobody" } }')).toBe(0)
  })

  it('give the same answer again under one idempotency key', async () => {
    const options = { idempotencyKey: 'first order of Tern & Co' }
    const first = await transact(firstOrder('Tern & Co'), options)
    const second = await transact(firstOrder('Tern & Co'), options)
    expect(first.errors).toEqual([])
    expect(second.results).toEqual(first.results)
    expect(second.transaction?.id).toBe(first.transaction?.id)
    expect(await count('customers', '{ name: { eq: "Tern & Co" } }')).toBe(1)
  })

  it('may change and delete what is there, each with the revision that it expects', async () => {
    const kept = await trade.customer('T-1')
    const gone = await trade.customer('T-2')
    const stale = await transact([
      { updateCustomer: { id: kept.id, input: { phone: '1' }, expectedRevision: 1 } },
      { deleteCustomer: { id: gone.id, expectedRevision: 7 } },
    ])
    expect(stale.errors.map(({ code, path }) => [code, path])).toEqual([
      ['STALE', ['operations', '1', 'deleteCustomer', 'expectedRevision']],
    ])
    const done = await transact([
      { updateCustomer: { id: kept.id, input: { phone: '1' }, expectedRevision: 1 } },
      { deleteCustomer: { id: gone.id, expectedRevision: 1 } },
      { upsertCustomer: { input: { ...NEW_CUSTOMER, number: 'T-3' } } },
    ])
    expect(done.errors).toEqual([])
    expect(await count('customers', '{ number: { in: ["T-1", "T-2", "T-3"] } }')).toBe(2)
  })

  it('may write one record in several of them, which then is written once', async () => {
    const { id } = await trade.customer('T-4')
    const { errors } = await transact([
      { updateCustomer: { id, input: { phone: '4' } } },
      { updateCustomer: { id, input: { fax: '44' } } },
    ])
    expect(errors).toEqual([])
    const { customer } = await trade.graph.request<{ customer: object }>(
      'query($id: ID) { customer(id: $id) { phone fax revision } }',
      { id },
    )
    expect(customer).toEqual({ phone: '4', fax: '44', revision: 2 })
  })

  it('tells what is wrong where the operation that said it stands, and expects what each expects', async () => {
    const { id } = await trade.customer('T-5')
    const { errors } = await transact([
      { updateCustomer: { id, input: { phone: '4' } } },
      { updateCustomer: { id, input: { fax: '4'.repeat(60) }, expectedRevision: 99 } },
    ])
    expect(new Set(errors.map(({ code, path }) => `${code} ${path.join('.')}`))).toEqual(
      new Set([
        'STALE operations.1.updateCustomer.expectedRevision',
        'VALIDATION operations.1.updateCustomer.input.fax',
      ]),
    )
  })

  it('follow each other on one order: each sees the lines that the last one left', async () => {
    await trade.customer('T-6')
    const { id } = await trade.create('SalesOrder', order('T-6', [line('P-1', '1', '1.00')]))
    const add = { updateSalesOrder: { id, input: { lines: { create: [line('P-1', '1', '1.00')] } } } }
    const { errors } = await transact([add, add, { updateSalesOrder: { id, input: { lines: { delete: [1] } } } }])
    expect(errors).toEqual([])
    const { salesOrder } = await trade.graph.request<{ salesOrder: object }>(
      'query($id: ID) { salesOrder(id: $id) { totalAmount revision lines { edges { node { lineNumber } } } } }',
      { id },
    )
    expect(salesOrder).toEqual({
      totalAmount: '2.00',
      revision: 2,
      lines: { edges: [{ node: { lineNumber: 2 } }, { node: { lineNumber: 3 } }] },
    })
  })

  it.each([
    ['no operation in an element', [{}], 'operations.0'],
    [
      'two operations in one element',
      [{ createUnit: { input: { symbol: 'X' } }, createCurrency: { input: { code: 'X' } } }],
      'operations.0',
    ],
  ])('are refused for %s, before anything is begun', async (_, operations, path) => {
    const { transaction, errors } = await transact(operations)
    expect(transaction).toBeNull()
    expect(errors.map((error) => [error.code, error.path.join('.')])).toEqual([['VALIDATION', path]])
  })

  it.each([
    ['a name that no earlier one has', 'nobody', 'REFERENCE operations.0.createContact.input.customer.as'],
    ['its own name', 'contact', 'REFERENCE operations.0.createContact.input.customer.as'],
  ])('are refused for a reference to %s', async (_, name, wanted) => {
    const input = { company: COMPANY, lastName: 'Vale', customer: { as: name } }
    const { errors } = await transact([{ as: 'contact', createContact: { input } }])
    expect(errors.map(({ code, path }) => `${code} ${path.join('.')}`)).toContain(wanted)
  })
})

describe('ten thousand records', () => {
  it('are one transaction: all of them, or none', async () => {
    const customer = (at: number) => ({
      ...NEW_CUSTOMER,
      number: `M-${String(at).padStart(5, '0')}`,
      name: `Member ${at}`,
    })
    const operations = Array.from({ length: 10_000 }, (_, at) => ({ createCustomer: { input: customer(at) } }))
    const wrong = operations.with(9_999, { createCustomer: { input: { ...customer(9_999), group: { code: 'NONE' } } } })
    const refused = await transact(wrong, { timeoutMs: 60_000 })
    expect(refused.errors.map(({ code, path }) => `${code} ${path.join('.')}`)).toContain(
      'REFERENCE operations.9999.createCustomer.input.group',
    )
    expect(await count('customers', '{ number: { startsWith: "M-" } }')).toBe(0)
    const done = await transact(operations, { timeoutMs: 60_000 })
    expect(done.errors).toEqual([])
    expect(done.results).toHaveLength(10_000)
    const right = await trade.erp.request<{ CustomersV3: { totalCount: number } }>(
      '{ CustomersV3(filter: { CustomerAccount: { startsWith: "M-" } }) { totalCount } }',
    )
    expect([await count('customers', '{ number: { startsWith: "M-" } }'), right.CustomersV3.totalCount]).toEqual([
      10_000, 10_000,
    ])
  }, 120_000)
})
