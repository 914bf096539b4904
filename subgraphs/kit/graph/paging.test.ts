import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../../maps/identity.ts'
import type { Row } from '../../../schema/record.ts'
import { ask, dataOf, fill, openTestSystem, type TestSystem } from './system.fixture.ts'

const RECORDS = 60

/** Few distinct values, empty ones among them, so that every order has ties. */
const tied = (position: number): Row => ({
  name: ['Ä', 'a', 'B', '', '\u{1F600}', '\uFFFD'][position % 6] ?? '',
  creditlimit: ['0.00', '10.00', '9.99', '1000.00'][position % 4] ?? '0.00',
  numberofemployees: position % 5 === 0 ? null : position % 7,
  leadsourcecode: position % 3 === 0 ? null : 8,
})

interface Found {
  readonly totalCount: number
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

const PAGE = `fragment page on CustomerConnection {
  totalCount edges { cursor node { id } } pageInfo { hasNextPage startCursor endCursor }
}`
const LIST = `query ($filter: CustomerFilter, $orderBy: [CustomerOrderBy!], $first: Int, $after: String) {
  found: customers(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { ...page }
} ${PAGE}`
const REVERSE = `query ($filter: CustomerFilter, $orderBy: [CustomerOrderBy!], $first: Int, $after: String) {
  customerGroup(company: "usmf", code: "RETAIL") {
    found: customers(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { ...page }
  }
} ${PAGE}`

describe('paging to the end', () => {
  let crm: TestSystem
  beforeAll(async () => {
    crm = await openTestSystem('CRM')
    await fill(crm, 'cdm_companies', [{ cdm_companycode: 'usmf', cdm_name: 'US' }])
    await fill(crm, 'msdyn_customergroups', [{ msdyn_company: 'usmf', msdyn_groupid: 'RETAIL' }])
    const accounts = Array.from({ length: RECORDS }, (_, position) => ({
      msdyn_company: 'usmf',
      accountnumber: `C-${position}`,
      customertypecode: 3,
      msdyn_customergroupid: 'RETAIL',
      ...tied(position),
    }))
    await fill(crm, 'accounts', accounts)
  })
  afterAll(() => crm[Symbol.asyncDispose]())

  const fields = fc.uniqueArray(
    fc.constantFrom('NAME', 'CREDIT_LIMIT', 'EMPLOYEES', 'LEAD_SOURCE', 'NUMBER', 'GROUP'),
    {
      maxLength: 3,
    },
  )
  const orders = fields.chain((names) =>
    fc.tuple(
      ...names.map((field) => fc.record({ field: fc.constant(field), direction: fc.constantFrom('ASC', 'DESC') })),
    ),
  )
  const filters = fc.constantFrom(
    {},
    { creditLimit: { gt: '0.00' } },
    { employees: { isNull: true } },
    { or: [{ name: { gte: 'a' } }, { leadSource: { isNull: true } }] },
    { not: [{ employees: { lt: 3 } }] },
    { name: { eq: 'nobody' } },
  )

  it.each([
    ['a list', LIST],
    ['a reverse reference', REVERSE],
  ])('of %s visits each record exactly once, in the order of one large page', async (_what, source) => {
    const page = async (variables: object): Promise<Found> => {
      const data = (await dataOf(ask(crm, crm.subgraph.schema, source, { ...variables }))) as {
        found?: Found
        customerGroup?: { found: Found }
      }
      const found = data.found ?? data.customerGroup?.found
      if (found === undefined) throw new TypeError('no page')
      return found
    }
    await fc.assert(
      fc.asyncProperty(filters, orders, fc.integer({ min: 7, max: RECORDS + 1 }), async (filter, orderBy, first) => {
        const whole = await page({ filter, orderBy, first: 500 })
        const visited: string[] = []
        let after: string | null = null
        for (let pages = 0; pages <= RECORDS; pages += 1) {
          const { edges, pageInfo, totalCount } = await page({ filter, orderBy, first, after })
          expect(totalCount).toBe(whole.totalCount)
          expect(pageInfo.startCursor).toBe(edges[0]?.cursor ?? null)
          expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor ?? null)
          visited.push(...edges.map(({ node }) => node.id))
          after = pageInfo.endCursor
          if (!pageInfo.hasNextPage) break
        }
        expect(visited).toEqual(whole.edges.map(({ node }) => node.id))
        expect(new Set(visited).size).toBe(whole.totalCount)
      }),
      { numRuns: 40 },
    )
  })

  it('goes on behind a record that is gone, and finds one that came', async () => {
    const asked = { orderBy: [{ field: 'NUMBER', direction: 'ASC' }], filter: { number: { startsWith: 'Z' } } }
    const page = async (after: string | null, first: number) =>
      (await dataOf(ask(crm, crm.subgraph.schema, LIST, { ...asked, after, first }))) as { found: Found }
    const account = (number: string) => ({
      msdyn_company: 'usmf',
      accountnumber: number,
      name: number,
      customertypecode: 3,
    })
    await fill(crm, 'accounts', ['Z-1', 'Z-3'].map(account))
    const first = await page(null, 1)
    await fill(crm, 'accounts', [account('Z-2')])
    const second = await page(first.found.pageInfo.endCursor, 5)
    expect(second.found.edges.map(({ node }) => node.id)).toEqual(
      ['Z-2', 'Z-3'].map((number) => encodeId('Customer', ['usmf', number])),
    )
  })
})
