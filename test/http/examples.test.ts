import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  parse,
  validate,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { breakRule, createCustomer, createOrder, EXAMPLES, listCustomers } from '../../gateway/examples.ts'
import { CRM_EXAMPLES } from '../../subgraphs/crm/examples.ts'
import { ERP_EXAMPLES } from '../../subgraphs/erp/examples.ts'
import { type Lockstep, startLockstep } from '../e2e/lockstep.ts'

describe('the examples that GraphiQL opens with', () => {
  let lockstep: Lockstep
  beforeAll(async () => {
    lockstep = await startLockstep()
  })
  afterAll(() => lockstep.stop())

  const schemaAt = async (path: string): Promise<GraphQLSchema> => {
    const answer = await fetch(`${lockstep.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: getIntrospectionQuery() }),
    })
    const { data }: { data: IntrospectionQuery } = await answer.json()
    return buildClientSchema(data)
  }

  it.each([
    ['/graphql', EXAMPLES],
    ['/crm/graphql', CRM_EXAMPLES],
    ['/erp/graphql', ERP_EXAMPLES],
  ])('fit the API at %s', async (path, examples) => {
    const schema = await schemaAt(path)
    for (const { query } of examples) expect(validate(schema, parse(query))).toEqual([])
  })

  it('are all in the page', async () => {
    for (const [path, examples] of [
      ['/graphql', EXAMPLES],
      ['/crm/graphql', CRM_EXAMPLES],
      ['/erp/graphql', ERP_EXAMPLES],
    ] as const) {
      const page = await (await fetch(`${lockstep.url}${path}`, { headers: { accept: 'text/html' } })).text()
      for (const { query } of examples) expect(page).toContain(JSON.stringify(query))
    }
  })

  it('create a customer in both systems, again and again', async () => {
    for (const _time of [1, 2]) {
      expect(await lockstep.graph.request(createCustomer.query, createCustomer.variables)).toMatchObject({
        createCustomer: {
          customer: { company: 'usmf', creditLimit: '5000.00', revision: 1, sync: 'IN_STEP' },
          transaction: { state: 'COMMITTED', legs: [{ state: 'COMMITTED' }, { state: 'COMMITTED' }] },
          errors: [],
        },
      })
    }
  })

  it('enter an order in both systems, again and again', async () => {
    for (const _time of [1, 2]) {
      expect(await lockstep.graph.request(createOrder.query, createOrder.variables)).toMatchObject({
        createSalesOrder: {
          salesOrder: { status: 'ACTIVE', totalAmount: '105.22', totalTax: '6.47', revision: 1, sync: 'IN_STEP' },
          transaction: { state: 'COMMITTED', legs: [{ state: 'COMMITTED' }, { state: 'COMMITTED' }] },
          errors: [],
        },
      })
    }
  })

  it('read fields of both systems', async () => {
    const { customers } = await lockstep.graph.request<{
      customers: { totalCount: number; edges: { node: Record<string, unknown> }[] }
    }>(listCustomers.query, listCustomers.variables)
    expect(customers.edges).toHaveLength(10)
    for (const { node } of customers.edges) {
      expect(node).toMatchObject({ leadSource: expect.any(String), salesTaxGroup: expect.any(String), sync: 'IN_STEP' })
    }
  })

  it('are refused by both systems, each with its reasons, and write nothing', async () => {
    expect(await lockstep.graph.request(breakRule.query, breakRule.variables)).toMatchObject({
      updateCustomer: {
        customer: { number: 'US-0016', creditLimit: '7500.00', onHold: 'ALL', revision: 1 },
        transaction: { state: 'REVERTED' },
        errors: expect.toSatisfy((errors: { code: string; system: string; column: string | null }[]) =>
          ['CRM/', 'ERP/CreditLimit', 'ERP/PaymentTerms'].every((place) =>
            errors.some(({ code, system, column }) => code === 'RULE' && `${system}/${column ?? ''}`.startsWith(place)),
          ),
        ),
      },
    })
  })

  it('write natively and take the other system along', async () => {
    for (const [client, examples] of [
      [lockstep.crm, CRM_EXAMPLES],
      [lockstep.erp, ERP_EXAMPLES],
    ] as const) {
      for (const { query, variables } of examples) {
        const answer = await client.request<Record<string, { errors?: unknown[] }>>(query, variables)
        for (const part of Object.values(answer)) expect(part.errors ?? []).toEqual([])
      }
    }
  })
})
