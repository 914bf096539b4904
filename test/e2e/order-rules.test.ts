import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Payload, write } from './lockstep.ts'
import { COMPANY, line, order, startTrade, type Trade } from './trade.ts'

let trade: Trade
beforeAll(async () => {
  trade = await startTrade()
}, 60_000)
afterAll(() => trade.stop())

const CLIENTS = 50

/** As often as it takes to be let in: a lock is no answer. */
async function insist(attempt: () => Promise<Payload>): Promise<Payload> {
  for (;;) {
    const payload = await attempt()
    if (!payload.errors.some(({ code }) => code === 'LOCKED')) return payload
  }
}

/** All at once. */
async function race(attempt: (at: number) => Promise<Payload>): Promise<readonly Payload[]> {
  return Promise.all(Array.from({ length: CLIENTS }, (_, at) => insist(() => attempt(at))))
}

function createOrder(input: object): Promise<Payload> {
  return write(trade.graph, 'createSalesOrder', { input })
}

function update(entity: string, id: string | null, input: object): Promise<Payload> {
  return write(trade.graph, `update${entity}`, { id: id ?? '', input })
}

function reasons(payloads: readonly Payload[]): readonly string[] {
  return payloads.flatMap(({ errors }) => errors.map(({ code }) => code))
}

function committed(payloads: readonly Payload[]): number {
  return payloads.filter(({ errors }) => errors.length === 0).length
}

interface Totals {
  readonly orders: {
    readonly edges: readonly { readonly node: { readonly totalAmount: string; readonly status: string } }[]
  }
}

async function openTotal(number: string): Promise<number> {
  const { customer } = await trade.graph.request<{ customer: Totals }>(
    `{ customer(company: "${COMPANY}", number: "${number}") { orders(first: 200) { edges { node { totalAmount status } } } } }`,
  )
  const open = customer.orders.edges.filter(({ node }) => !['INVOICED', 'CANCELED'].includes(node.status))
  return open.reduce((sum, { node }) => sum + Number(node.totalAmount), 0)
}

describe('the credit limit', () => {
  it('holds for the open orders of a customer together, and says by how much', async () => {
    await trade.customer('L-1', { creditLimit: '100.00' })
    const first = await createOrder(order('L-1', [line('P-1', '9', '10.00')]))
    expect(first.errors).toEqual([])
    const second = await createOrder(order('L-1', [line('P-1', '2', '10.00')]))
    expect(second.errors).toMatchObject([{ code: 'RULE', system: 'ERP' }])
    expect(second.errors[0]?.message).toMatch(/110\.00.*100\.00/)
    const less = await createOrder(order('L-1', [line('P-1', '1', '10.00')]))
    expect(less.errors).toEqual([])
    const more = await update('SalesOrder', less.id, { lines: { update: [{ lineNumber: 1, quantity: '2' }] } })
    expect(reasons([more])).toEqual(['RULE'])
    const invoiced = await update('SalesOrder', first.id, { status: 'INVOICED' })
    expect(invoiced.errors).toEqual([])
    expect((await createOrder(order('L-1', [line('P-1', '9', '10.00')]))).errors).toEqual([])
  })

  it('of zero is none, unless the customer or its group makes it mandatory', async () => {
    await trade.customer('L-2')
    expect((await createOrder(order('L-2', [line('P-1', '999', '10.00')]))).errors).toEqual([])
    await trade.customer('L-3', { creditLimitMandatory: true })
    expect(reasons([await createOrder(order('L-3', [line('P-1', '1', '10.00')]))])).toEqual(['RULE'])
    await trade.create('CustomerGroup', { company: COMPANY, code: 'STRICT', creditLimitMandatory: true })
    await trade.customer('L-4', { group: { code: 'STRICT' } })
    expect(reasons([await createOrder(order('L-4', [line('P-1', '1', '10.00')]))])).toEqual(['RULE'])
  })

  it('is never passed by fifty orders at once', async () => {
    await trade.customer('L-5', { creditLimit: '100.00' })
    const payloads = await race(() => createOrder(order('L-5', [line('P-1', '1', '10.00')])))
    expect(committed(payloads)).toBe(10)
    expect(new Set(reasons(payloads))).toEqual(new Set(['RULE']))
    expect(await openTotal('L-5')).toBe(100)
  }, 60_000)

  it('is never passed by orders and a lower limit at once', async () => {
    const { id } = await trade.customer('L-6', { creditLimit: '1000.00' })
    const payloads = await race((at) =>
      at % 10 === 9
        ? update('Customer', id, { creditLimit: `${900 - at * 10}.00` })
        : createOrder(order('L-6', [line('P-1', '3', '10.00')])),
    )
    expect(new Set(reasons(payloads)).difference(new Set(['RULE', 'STALE']))).toEqual(new Set())
    const { customer } = await trade.graph.request<{ customer: { creditLimit: string } }>(
      `{ customer(company: "${COMPANY}", number: "L-6") { creditLimit } }`,
    )
    expect(await openTotal('L-6')).toBeLessThanOrEqual(Number(customer.creditLimit))
  }, 60_000)
})

describe('the products on lines', () => {
  it('are those released in the company, and discontinued ones on old orders only', async () => {
    await trade.customer('P-C')
    const gone = { company: COMPANY, number: 'OLD-1', name: 'Oil lamp', salesUnit: { symbol: 'PCS' } }
    await trade.create('Product', { ...gone, state: 'DISCONTINUED', discontinuedOn: '2024-01-01' })
    const late = await createOrder(order('P-C', [line('OLD-1', '1', '5.00')], { orderDate: '2024-01-01' }))
    expect(late.errors).toMatchObject([{ code: 'RULE', path: ['input', 'lines', '0', 'product'] }])
    const early = await createOrder(order('P-C', [line('OLD-1', '1', '5.00')], { orderDate: '2023-12-31' }))
    expect(early.errors).toEqual([])
    const changed = await update('SalesOrder', early.id, { lines: { update: [{ lineNumber: 1, quantity: '2' }] } })
    expect(changed.errors).toEqual([])
  })

  it('are never new ones of a product that is discontinued at the same moment', async () => {
    await trade.customer('P-D')
    const product = { company: COMPANY, number: 'OLD-2', name: 'Tallow', salesUnit: { symbol: 'PCS' } }
    const { id } = await trade.create('Product', product)
    const payloads = await race((at) =>
      at === 25
        ? update('Product', id, { state: 'DISCONTINUED' })
        : createOrder(order('P-D', [line('OLD-2', '1', '1.00')])),
    )
    expect(new Set(reasons(payloads)).difference(new Set(['RULE']))).toEqual(new Set())
    expect(payloads[25]?.errors).toEqual([])
    expect(reasons([await createOrder(order('P-D', [line('OLD-2', '1', '1.00')]))])).toEqual(['RULE'])
  }, 60_000)
})

describe('an invoiced order', () => {
  it('is never changed again: neither its header nor its lines, nor is it deleted', async () => {
    await trade.customer('I-1')
    const { id } = await createOrder(order('I-1', [line('P-1', '1', '10.00')], { status: 'INVOICED' }))
    for (const input of [
      { customersReference: 'late' },
      { headerCharges: '1.00' },
      { status: 'ACTIVE' },
      { lines: { create: [line('P-1', '1', '10.00')] } },
      { lines: { delete: [1] } },
    ]) {
      expect(new Set(reasons([await update('SalesOrder', id, input)]))).toEqual(new Set(['RULE']))
    }
    expect(new Set(reasons([await write(trade.graph, 'deleteSalesOrder', { id: id ?? '' })]))).toEqual(
      new Set(['RULE']),
    )
  })

  it('has no line that came while it was invoiced', async () => {
    await trade.customer('I-2')
    const { id } = await createOrder(order('I-2', [line('P-1', '1', '1.00')]))
    const payloads = await race((at) =>
      at === 25
        ? update('SalesOrder', id, { status: 'INVOICED' })
        : update('SalesOrder', id, { lines: { create: [line('P-1', '1', '1.00')] } }),
    )
    expect(payloads[25]?.errors).toEqual([])
    const added = committed(payloads) - 1
    const { salesOrder } = await trade.graph.request<{ salesOrder: object }>(
      'query($id: ID) { salesOrder(id: $id) { status revision totalAmount lines { totalCount } } }',
      { id },
    )
    expect(salesOrder).toEqual({
      status: 'INVOICED',
      revision: added + 2,
      totalAmount: `${added + 1}.00`,
      lines: { totalCount: added + 1 },
    })
  }, 60_000)
})

describe('a customer', () => {
  it('with open orders cannot be deleted, whoever comes first', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: CLIENTS }, async (_, at) => {
        const number = `D-${at}`
        const { id } = await trade.customer(number)
        const [ordered, deleted] = await Promise.all([
          insist(() => createOrder(order(number, [line('P-1', '1', '1.00')]))),
          insist(() => write(trade.graph, 'deleteCustomer', { id: id ?? '' })),
        ])
        return [ordered, deleted].filter(({ errors }) => errors.length === 0).length
      }),
    )
    expect(outcomes).toEqual(outcomes.map(() => 1))
    const { id } = await trade.customer('D-OPEN')
    expect((await createOrder(order('D-OPEN', [line('P-1', '1', '1.00')]))).errors).toEqual([])
    const refused = await write(trade.graph, 'deleteCustomer', { id: id ?? '' })
    expect(reasons([refused])).toContain('RULE')
  }, 60_000)

  it('on hold takes no new order, whoever comes first', async () => {
    const { id } = await trade.customer('H-1')
    const payloads = await race((at) =>
      at === 25 ? update('Customer', id, { onHold: 'ALL' }) : createOrder(order('H-1', [line('P-1', '1', '1.00')])),
    )
    expect(new Set(reasons(payloads)).difference(new Set(['RULE']))).toEqual(new Set())
    expect(payloads[25]?.errors).toEqual([])
    const refused = await createOrder(order('H-1', [line('P-1', '1', '1.00')]))
    expect(refused.errors).toMatchObject([{ code: 'RULE', system: 'ERP', path: ['input', 'customer'] }])
  }, 60_000)
})

describe("a contact's e-mail", () => {
  const contact = (customer: string, email: string) => {
    return { company: COMPANY, lastName: 'Vale', customer: { number: customer }, email }
  }

  it('is unique within its account, and free in another', async () => {
    await trade.customer('E-1')
    await trade.customer('E-2')
    await trade.create('Contact', contact('E-1', 'vale@example.com'))
    const twice = await write(trade.graph, 'createContact', { input: contact('E-1', 'vale@example.com') })
    expect(twice.errors).toMatchObject([{ code: 'RULE', path: ['input', 'email'] }])
    await trade.create('Contact', contact('E-2', 'vale@example.com'))
  })

  it('is given once where fifty claim it', async () => {
    await trade.customer('E-3')
    const payloads = await race(() => write(trade.graph, 'createContact', { input: contact('E-3', 'one@example.com') }))
    expect(committed(payloads)).toBe(1)
    expect(new Set(reasons(payloads))).toEqual(new Set(['RULE']))
  }, 60_000)
})

describe('the status of an order', () => {
  it('moves forward, and the CRM shows what it stands for', async () => {
    await trade.customer('S-1')
    const { id } = await createOrder(order('S-1', [line('P-1', '1', '1.00')]))
    const states: unknown[] = []
    for (const status of ['CONFIRMED', 'PICKED', 'PARTIALLY_DELIVERED', 'DELIVERED', 'INVOICED']) {
      expect((await update('SalesOrder', id, { status })).errors).toEqual([])
      const { salesOrder } = await trade.graph.request<{ salesOrder: { state: string } }>(
        'query($id: ID) { salesOrder(id: $id) { state } }',
        { id },
      )
      states.push(salesOrder.state)
    }
    expect(states).toEqual(['IN_PROGRESS', 'IN_PROGRESS', 'PARTIAL', 'COMPLETE', 'INVOICED'])
  })

  it('never moves back', async () => {
    await trade.customer('S-2')
    const { id } = await createOrder(order('S-2', [line('P-1', '1', '1.00')], { status: 'PICKED' }))
    expect(reasons([await update('SalesOrder', id, { status: 'CONFIRMED' })])).toEqual(['RULE'])
  })
})
