import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../../maps/identity.ts'
import type { Row } from '../../../schema/record.ts'
import { createLoaders, type SubgraphContext } from './loaders.ts'
import { ask, counted, dataOf, fill, openTestSystem, type TestSystem } from './system.fixture.ts'

const GROUPS = ['RETAIL', 'TRADE', 'EMPTY']

const accounts: readonly Row[] = [
  { number: 'C-001', name: 'Ärzte', type: 3, group: 'RETAIL', credit: '100.00', employees: 5, lead: 8 },
  { number: 'C-002', name: 'Berg', type: 3, group: 'RETAIL', credit: '9.50', employees: null, lead: null },
  { number: 'C-003', name: 'Corvo_%', type: 3, group: 'TRADE', credit: '0.50', employees: 70, lead: 8 },
  { number: 'P-004', name: 'A partner', type: 5, group: 'TRADE', credit: '1.00', employees: 1, lead: null },
].map(({ number, name, type, group, credit, employees, lead }) => ({
  msdyn_company: 'usmf',
  accountnumber: number ?? null,
  name: name ?? null,
  customertypecode: type ?? null,
  msdyn_customergroupid: group ?? null,
  creditlimit: credit ?? null,
  numberofemployees: employees ?? null,
  leadsourcecode: lead ?? null,
}))

const id = (entity: string, ...key: string[]) => encodeId(entity, key)
/** The answer of one request, and the calls of the store that it took. */
async function callsOf(system: TestSystem, source: string, variables = {}) {
  const { store, calls } = counted(system.participant)
  const context: SubgraphContext = { actor: null, [system.system]: createLoaders(store) }
  const data = await dataOf(ask({ context: () => context }, system.subgraph.schema, source, variables))
  return { data, calls }
}

const customer = (number: string) => id('Customer', 'usmf', number)

describe('the CRM as a subgraph', () => {
  let crm: TestSystem
  beforeAll(async () => {
    crm = await openTestSystem('CRM')
    await fill(crm, 'cdm_companies', [
      { cdm_companycode: 'usmf', cdm_name: 'US' },
      { cdm_companycode: 'demf', cdm_name: 'DE' },
    ])
    for (const company of ['usmf', 'demf']) {
      const groups = GROUPS.map((group) => ({ msdyn_company: company, msdyn_groupid: group }))
      await fill(crm, 'msdyn_customergroups', groups)
    }
    await fill(crm, 'accounts', accounts)
  })
  afterAll(() => crm[Symbol.asyncDispose]())

  const query = (source: string, variables = {}) => dataOf(ask(crm, crm.subgraph.schema, source, variables))
  const refusal = async (source: string, variables = {}) => {
    const { errors } = await ask(crm, crm.subgraph.schema, source, variables)
    return errors?.map(({ message, extensions }) => ({ message, ...extensions }))
  }
  const numbers = async (filter: object) => {
    const found = await query(
      'query ($filter: CustomerFilter) { customers(filter: $filter) { edges { node { number } } } }',
      {
        filter,
      },
    )
    const { customers } = found as { customers: { edges: { node: { number: string } }[] } }
    return customers.edges.map(({ node }) => node.number)
  }

  describe('one record', () => {
    it('is found by its key, in any case, with the fields of the reads side', async () => {
      const source = `{ customer(company: "USMF", number: " c-001 ") {
        id company number name creditLimit employees leadSource onHold revision updatedAt group { id code company }
      } }`
      expect(await query(source)).toEqual({
        customer: {
          id: customer('C-001'),
          company: 'usmf',
          number: 'C-001',
          name: 'Ärzte',
          creditLimit: '100.00',
          employees: 5,
          leadSource: 'WEB',
          onHold: 'NO',
          revision: 1,
          updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
          group: { id: id('CustomerGroup', 'usmf', 'RETAIL'), code: 'RETAIL', company: 'usmf' },
        },
      })
    })

    it('is found by its id', async () => {
      const found = await query('query ($id: ID) { customer(id: $id) { name } }', { id: customer('C-002') })
      expect(found).toEqual({ customer: { name: 'Berg' } })
    })

    it('is null where there is none, or where the map does not hold it', async () => {
      const source =
        '{ a: customer(company: "usmf", number: "X") { id } b: customer(company: "usmf", number: "P-004") { id } }'
      expect(await query(source)).toEqual({ a: null, b: null })
    })

    it.each([
      ['{ customer { id } }', 'company', 'by its `id`, or by `company` and `number` together'],
      ['{ customer(company: "usmf") { id } }', 'number', 'by its `id`, or by `company` and `number` together'],
      [`{ customer(id: "${customer('C')}", number: "C") { id } }`, 'id', 'not both'],
      ['{ customer(id: "rubbish") { id } }', 'id', 'not the id of a Customer'],
      [`{ customer(id: "${id('CustomerGroup', 'usmf', 'X')}") { id } }`, 'id', 'not the id of a Customer'],
    ])('is refused for %s', async (source, argumentName, message) => {
      expect(await refusal(source)).toEqual([
        { message: expect.stringContaining(message), code: 'BAD_USER_INPUT', argumentName },
      ])
    })
  })

  describe('a list', () => {
    it('holds the records of the map, not of the table, in key order, and counts them', async () => {
      const source = '{ customers { totalCount edges { node { number } } pageInfo { hasNextPage hasPreviousPage } } }'
      expect(await query(source)).toEqual({
        customers: {
          totalCount: 3,
          edges: ['C-001', 'C-002', 'C-003'].map((number) => ({ node: { number } })),
          pageInfo: { hasNextPage: false, hasPreviousPage: false },
        },
      })
    })

    it.each([
      [{ name: { eq: 'Berg' } }, ['C-002']],
      [{ name: { contains: '_%' } }, ['C-003']],
      [{ name: { startsWith: 'Ä' } }, ['C-001']],
      [{ name: { eq: 'x'.repeat(500) } }, []],
      [{ number: { in: ['c-001', 'C-003'] } }, ['C-001', 'C-003']],
      [{ number: { in: [] } }, []],
      [{ creditLimit: { gt: '9.5' } }, ['C-001']],
      [{ creditLimit: { gte: '9.50', lte: '100' } }, ['C-001', 'C-002']],
      [{ employees: { isNull: true } }, ['C-002']],
      [{ employees: { ne: 5 } }, ['C-002', 'C-003']],
      [{ employees: { gte: 5, lt: 70 } }, ['C-001']],
      [{ leadSource: { eq: 'WEB' } }, ['C-001', 'C-003']],
      [{ leadSource: { isNull: false } }, ['C-001', 'C-003']],
      [{ onHold: { in: ['NO', 'ALL'] } }, ['C-001', 'C-002', 'C-003']],
      [{ group: { eq: id('CustomerGroup', 'usmf', 'RETAIL') } }, ['C-001', 'C-002']],
      [{ group: { eq: id('CustomerGroup', 'demf', 'RETAIL') } }, []],
      [{ group: { ne: id('CustomerGroup', 'usmf', 'RETAIL') } }, ['C-003']],
      [{ group: { in: [id('CustomerGroup', 'usmf', 'TRADE'), id('CustomerGroup', 'demf', 'RETAIL')] } }, ['C-003']],
      [{ id: { eq: customer('C-002') } }, ['C-002']],
      [{ id: { in: [customer('C-002'), customer('P-004')] } }, ['C-002']],
      [{ id: { isNull: true } }, []],
      [{ or: [{ name: { eq: 'Berg' } }, { employees: { eq: 70 } }] }, ['C-002', 'C-003']],
      [{ and: [{ employees: { gt: 1 } }, { leadSource: { eq: 'WEB' } }], name: { ne: 'Ärzte' } }, ['C-003']],
      [{ not: { or: [{ name: { eq: 'Berg' } }] } }, ['C-001', 'C-003']],
      [{ not: [{ name: { eq: 'Berg' } }, { employees: { eq: 70 } }] }, ['C-001']],
      [{ or: [] }, []],
      [{}, ['C-001', 'C-002', 'C-003']],
    ])('is filtered by %j', async (filter, expected) => {
      expect(await numbers(filter)).toEqual(expected)
    })

    it.each([
      [{ name: null }, 'filter.name is null'],
      [{ name: { eq: null } }, 'filter.name.eq is null'],
      [{ or: [{ group: { eq: 'rubbish' } }] }, 'must be the id of a CustomerGroup'],
      [{ id: { eq: id('Currency', 'EUR') } }, 'not the id of a Customer'],
      [{ creditLimit: { eq: '1.2345' } }, 'at most 2 decimal places'],
      [{ name: { contains: 'a\u0000b' } }, 'NUL character'],
      [{ or: Array.from({ length: 300 }, () => ({ name: { eq: 'x' } })) }, 'at most 200 conditions'],
      [{ number: { in: Array.from({ length: 1001 }, String) } }, 'at most 1000 values'],
      [Array.from({ length: 12 }).reduce<object>((inner) => ({ and: [inner] }), {}), 'at most 10 levels'],
    ])('refuses a filter that cannot be asked: %#', async (filter, message) => {
      const source = 'query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }'
      expect(await refusal(source, { filter })).toEqual([
        { message: expect.stringContaining(message), code: 'BAD_USER_INPUT', argumentName: 'filter' },
      ])
    })

    it.each([
      ['CREDIT_LIMIT', 'ASC', ['C-003', 'C-002', 'C-001']],
      ['CREDIT_LIMIT', 'DESC', ['C-001', 'C-002', 'C-003']],
      ['EMPLOYEES', 'ASC', ['C-002', 'C-001', 'C-003']],
      ['EMPLOYEES', 'DESC', ['C-003', 'C-001', 'C-002']],
      ['NAME', 'ASC', ['C-002', 'C-003', 'C-001']],
      ['GROUP', 'DESC', ['C-003', 'C-001', 'C-002']],
    ])('is ordered by %s %s', async (field, direction, expected) => {
      const source = 'query ($by: [CustomerOrderBy!]) { customers(orderBy: $by) { edges { node { number } } } }'
      const found = (await query(source, { by: [{ field, direction }] })) as {
        customers: { edges: { node: { number: string } }[] }
      }
      expect(found.customers.edges.map(({ node }) => node.number)).toEqual(expected)
    })

    it.each([
      ['customers(first: -1)', 'first', 'cannot be negative'],
      ['customers(first: 501)', 'first', 'at most 500'],
      ['customers(after: "rubbish")', 'after', 'not a cursor that a list gave'],
      ['customers(orderBy: [{field: NAME}, {field: NAME, direction: DESC}])', 'orderBy', 'NAME is in `orderBy` twice'],
    ])('refuses %s', async (field, argumentName, message) => {
      expect(await refusal(`{ ${field} { totalCount } }`)).toEqual([
        { message: expect.stringContaining(message), code: 'BAD_USER_INPUT', argumentName },
      ])
    })

    it('refuses the cursor of another filter, order or list', async () => {
      const source = '{ customers(first: 1, orderBy: {field: NAME}) { pageInfo { endCursor } } }'
      const found = (await query(source)) as { customers: { pageInfo: { endCursor: string } } }
      const after = found.customers.pageInfo.endCursor
      const others = [
        'customers(orderBy: {field: NAME, direction: DESC}, after: $after)',
        'customers(orderBy: {field: NAME}, filter: {name: {ne: "x"}}, after: $after)',
        'customers(after: $after)',
        'currencies(after: $after)',
      ]
      for (const other of others) {
        expect(await refusal(`query ($after: String) { ${other} { totalCount } }`, { after })).toEqual([
          {
            message: expect.stringContaining('belongs to another list'),
            code: 'BAD_USER_INPUT',
            argumentName: 'after',
          },
        ])
      }
    })
  })

  describe('its calls of the store', () => {
    const representations = ['C-001', 'C-002', 'C-003', 'C-001', 'C-404', 'P-004'].map((number) => ({
      __typename: 'Customer',
      id: customer(number),
    }))

    it('are one for all references of an entity, repeated, missing and foreign ones included', async () => {
      const source = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Customer { name } } }'
      const { data, calls } = await callsOf(crm, source, { all: representations })
      expect(calls).toEqual(['get accounts'])
      expect(data).toEqual({
        _entities: [{ name: 'Ärzte' }, { name: 'Berg' }, { name: 'Corvo_%' }, { name: 'Ärzte' }, null, null],
      })
    })

    it('are none for references of which only the key is wanted', async () => {
      const source =
        '{ customers { edges { node { group { ...key ... on CustomerGroup { company } } } } } } fragment key on CustomerGroup { id code __typename }'
      expect((await callsOf(crm, source)).calls).toEqual(['query accounts'])
    })

    it('are none for a count, or for records, that are not selected', async () => {
      expect((await callsOf(crm, '{ customers { totalCount } }')).calls).toEqual(['count accounts'])
      expect((await callsOf(crm, '{ customers { pageInfo { endCursor } edges { cursor } } }')).calls).toEqual([
        'query accounts',
      ])
    })

    it('are one for a reverse reference of all records, and one for their counts', async () => {
      const all = GROUPS.map((code) => ({ __typename: 'CustomerGroup', id: id('CustomerGroup', 'usmf', code) }))
      const source = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on CustomerGroup {
        customers(first: 1, orderBy: {field: NUMBER, direction: DESC}) {
          totalCount pageInfo { hasNextPage } edges { node { number } }
        }
      } } }`
      const { data, calls } = await callsOf(crm, source, { all })
      expect(calls.toSorted()).toEqual(['countGroups accounts', 'get msdyn_customergroups', 'queryGroups accounts'])
      const page = (totalCount: number, hasNextPage: boolean, ...found: string[]) => ({
        customers: { totalCount, pageInfo: { hasNextPage }, edges: found.map((number) => ({ node: { number } })) },
      })
      expect(data).toEqual({ _entities: [page(2, true, 'C-002'), page(1, false, 'C-003'), page(0, false)] })
    })
  })

  it('pages through a reverse reference', async () => {
    const source = `query ($all: [_Any!]!, $after: String) { _entities(representations: $all) { ... on CustomerGroup {
      customers(first: 1, after: $after) { pageInfo { hasNextPage endCursor } edges { node { number } } }
    } } }`
    const all = [{ __typename: 'CustomerGroup', id: id('CustomerGroup', 'usmf', 'RETAIL') }]
    type Page = { _entities: [{ customers: { pageInfo: { endCursor: string }; edges: unknown[] } }] }
    const first = (await query(source, { all })) as Page
    const after = first._entities[0].customers.pageInfo.endCursor
    const second = (await query(source, { all, after })) as Page
    expect(second._entities[0].customers).toEqual({
      pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
      edges: [{ node: { number: 'C-002' } }],
    })
  })
})

describe('the ERP as a subgraph', () => {
  let erp: TestSystem
  beforeAll(async () => {
    erp = await openTestSystem('ERP')
    await fill(erp, 'LegalEntities', [{ LegalEntityId: 'usmf', Name: 'US' }])
    await fill(erp, 'PaymentTerms', [{ dataAreaId: 'usmf', Name: 'NET30', NumberOfDays: 30 }])
    await fill(erp, 'CustomerGroups', [
      { dataAreaId: 'usmf', CustomerGroupId: 'RETAIL', PaymentTermId: 'NET30', MaximumCreditLimit: '500.00' },
      { dataAreaId: 'usmf', CustomerGroupId: 'TRADE', PaymentTermId: 'NET30' },
    ])
    await fill(
      erp,
      'CustomersV3',
      ['C-001', 'C-002'].map((number) => ({
        dataAreaId: 'usmf',
        CustomerAccount: number,
        OrganizationName: number,
        PartyType: 'Organization',
        CustomerGroupId: 'RETAIL',
        WarehouseId: number === 'C-001' ? 'WH1' : null,
      })),
    )
  })
  afterAll(() => erp[Symbol.asyncDispose]())
  const query = (source: string, variables = {}) => dataOf(ask(erp, erp.subgraph.schema, source, variables))

  it('adds its own fields to the key', async () => {
    const all = [{ __typename: 'Customer', id: customer('C-001') }]
    const source =
      'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Customer { number warehouse } } }'
    expect(await query(source, { all })).toEqual({ _entities: [{ number: 'C-001', warehouse: 'WH1' }] })
  })

  it('lists records by its own fields', async () => {
    const source =
      '{ customersByErp(filter: {warehouse: {isNull: false}}) { totalCount edges { node { id warehouse } } } }'
    expect(await query(source)).toEqual({
      customersByErp: { totalCount: 1, edges: [{ node: { id: customer('C-001'), warehouse: 'WH1' } }] },
    })
  })

  it('reads a list with one call of the store, and all records referred to with another', async () => {
    const { data, calls } = await callsOf(erp, '{ customerGroups { edges { node { code paymentTerms { days } } } } }')
    expect(calls).toEqual(['query CustomerGroups', 'get PaymentTerms'])
    const nodes = ['RETAIL', 'TRADE'].map((code) => ({ node: { code, paymentTerms: { days: 30 } } }))
    expect(data).toEqual({ customerGroups: { edges: nodes } })
  })

  it('serves whole entities that it is the reads side of, with what refers to them', async () => {
    const source =
      '{ paymentTerm(company: "usmf", name: "net30") { days customerGroups { edges { node { code maximumCreditLimit } } } } }'
    expect(await query(source)).toEqual({
      paymentTerm: {
        days: 30,
        customerGroups: {
          edges: [
            { node: { code: 'RETAIL', maximumCreditLimit: '500.00' } },
            { node: { code: 'TRADE', maximumCreditLimit: null } },
          ],
        },
      },
    })
  })
})
