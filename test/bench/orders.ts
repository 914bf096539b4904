/** What an order with its lines costs against the same number of plain rows, written to both stores side by side. */

import type { LoadGenerator } from './client.ts'
import { measure, report } from './measure.ts'
import type { Rig } from './rig.ts'

const LINES = [1, 10, 100]
const EFFORT = { rounds: 5, clients: 0, warmUpRequests: 40, loneRequests: 40, crowdRequests: 0 }

/** Many, because the open orders of one customer are looked at with each new one. */
const CUSTOMERS = Array.from({ length: 64 }, (_, at) => `BENCH-${at}`)

export async function measureOrders(load: LoadGenerator, rig: Rig): Promise<void> {
  await create(rig, 'Product', [{ company: 'usmf', number: 'BENCH', name: 'Bench', salesUnit: { symbol: 'PCS' } }])
  const terms = { group: { code: 'RETAIL' }, currency: { code: 'USD' } }
  await create(
    rig,
    'Customer',
    CUSTOMERS.map((number) => ({ company: 'usmf', number, name: number, ...terms })),
  )
  for (const count of LINES) {
    const name = `order of ${count} ${count === 1 ? 'line' : 'lines'}`
    const contenders = [
      { name, url: rig.graphUrl, bodies: CUSTOMERS.map((customer) => order(customer, count)), wanted: '"errors":[]' },
      {
        name: `${count + 1} plain rows in each store`,
        url: rig.graphUrl,
        bodies: CUSTOMERS.map((customer) => plainRows(customer, count)),
        wanted: '"plainOrder":{"customer":{"id"',
      },
    ]
    report(`An ${name}`, await measure(load, contenders, EFFORT), name)
  }
}

async function create({ app }: Rig, entity: string, inputs: readonly object[]): Promise<void> {
  const options = { idempotencyKey: null, expectedRevision: null, timeoutMs: null, dryRun: false }
  for (const given of inputs) {
    const input = { ...given }
    const { errors } = await app.sync.write({ entity, operation: 'UPSERT', id: null, input, actor: null, options })
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
  }
}

function order(customer: string, count: number): string {
  const line = { product: { number: 'BENCH' }, unit: { symbol: 'PCS' }, quantity: '2', price: '9.99' }
  return JSON.stringify({
    query:
      'mutation($input: CreateSalesOrderInput!) { createSalesOrder(input: $input) { id errors { code message } } }',
    variables: {
      input: {
        company: 'usmf',
        customer: { number: customer },
        currency: { code: 'USD' },
        lines: Array.from({ length: count }, () => line),
      },
    },
  })
}

function plainRows(customer: string, count: number): string {
  return JSON.stringify({
    query:
      'mutation($customer: String!, $lines: Int!, $number: String!) { plainOrder(customer: $customer, lines: $lines, number: $number) { customer { id } } }',
    variables: { customer, lines: count, number: 'PLAIN-{{turn}}' },
  })
}
