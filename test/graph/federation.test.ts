import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningGraph, startGraph } from './running-graph.ts'

let graph: RunningGraph

beforeAll(async () => {
  graph = await startGraph()
})

afterAll(() => graph.close())

interface Listed {
  readonly customers: { readonly edges: readonly { readonly node: Record<string, unknown> }[] }
}

const CUSTOMERS = `query Customers($first: Int) {
  customers(first: $first) {
    edges { node {
      number name creditLimit leadSource salesTaxGroup revision sync
      group { code description maximumCreditLimit sync }
    } }
  }
}`

const read = async (first: number) => {
  const { customers } = await graph.run<Listed>(CUSTOMERS, { first })
  return customers.edges.map(({ node }) => node)
}

describe('a query over both systems', () => {
  it('shows each customer with the fields of both, and its group', async () => {
    const customers = await read(50)
    expect(customers).toHaveLength(50)
    for (const customer of customers) {
      expect(customer).toMatchObject({
        name: expect.any(String),
        revision: 1,
        sync: 'IN_STEP',
        group: { code: expect.any(String), description: expect.any(String), sync: 'IN_STEP' },
      })
    }
    expect(customers.some((customer) => customer['leadSource'] !== null)).toBe(true)
    expect(customers.some((customer) => customer['salesTaxGroup'] !== null)).toBe(true)
  })

  it('calls a system once for each fetch of the plan, and the store behind it once, for fifty customers as for one', async () => {
    await read(50)
    expect(graph.calls().toSorted()).toEqual(
      [
        // The list of customers.
        ['crm', 'CRM.query'],
        // The customers' own fields of the ERP.
        ['erp', 'ERP.get'],
        // Their groups.
        ['erp', 'ERP.get'],
        // Whether customers and groups are in step: both fetches share one read of each system.
        ['unified', 'unified', 'CRM.read', 'ERP.read'],
      ]
        .flat()
        .toSorted(),
    )
    const forFifty = graph.calls().toSorted()
    await read(1)
    expect(graph.calls().toSorted()).toEqual(forFifty)
  })

  it('follows a reverse reference with one call for all the groups', async () => {
    const query = `query Groups($first: Int) {
      customerGroups(first: $first) { edges { node { code customers(first: 3) { totalCount edges { node { name salesTaxGroup } } } } } }
    }`
    await graph.run(query, { first: 2 })
    const forTwo = graph.calls().toSorted()
    await graph.run(query, { first: 50 })
    expect(graph.calls().toSorted()).toEqual(forTwo)
    expect(forTwo).toEqual([
      ...['CRM.countGroups', 'CRM.get', 'CRM.queryGroups'],
      ...['ERP.get', 'ERP.query'],
      ...['crm', 'erp', 'erp'],
    ])
  })
})

describe('a mutation', () => {
  it('is read back through both systems in one request', async () => {
    const input = {
      company: 'usmf',
      name: 'Fernhill Optics',
      group: { code: 'RETAIL' },
      currency: { code: 'USD' },
      salesTaxGroup: 'FULL',
      leadSource: 'WEB',
    }
    const { createCustomer } = await graph.run<Created>(CREATE, { input })
    expect(createCustomer).toMatchObject({
      customer: { name: 'Fernhill Optics', salesTaxGroup: 'FULL', leadSource: 'WEB', revision: 1, sync: 'IN_STEP' },
      transaction: { state: 'COMMITTED', legs: [{ state: 'COMMITTED' }, { state: 'COMMITTED' }] },
      errors: [],
    })
    expect(createCustomer.id).toBe(createCustomer.customer?.id)
  })

  it('that is refused shows why, and no record', async () => {
    const { createCustomer } = await graph.run<Created>(CREATE, { input: { company: 'usmf' } })
    expect(createCustomer.customer).toBeNull()
    expect(createCustomer.transaction).toMatchObject({ state: 'REVERTED' })
    expect(createCustomer.errors).toContainEqual({ code: 'REQUIRED', path: ['input', 'name'] })
  })
})

const CREATE = `mutation Create($input: CreateCustomerInput!) {
  createCustomer(input: $input) {
    id
    customer { id name salesTaxGroup leadSource revision sync }
    transaction { state legs { state } }
    errors { code path }
  }
}`

interface Created {
  readonly createCustomer: {
    readonly id: string | null
    readonly customer: { readonly id: string } | null
    readonly transaction: object | null
    readonly errors: readonly object[]
  }
}
