import { createHash } from 'node:crypto'
import { HeaderMap } from '@apollo/server'
import { GraphQLError, getIntrospectionQuery } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NO_FEED } from '../../test/graph/no-feed.ts'
import { NO_IMPORTS } from '../../test/graph/no-imports.ts'
import {
  coordinatorKnowing,
  crmSubgraph,
  customerId,
  erpSubgraph,
  participantHolding,
  syncAnswering,
} from '../../test/graph/sample-graph.ts'
import { sampleMapSet } from '../../test/graph/sample-maps.ts'
import { createGraph } from './server.ts'

type Extra = Parameters<typeof crmSubgraph>[1]

/** A graph of fifty customers, and everything that was written to its log. */
async function startGraph(extra: Extra = {}) {
  const lines: Record<string, unknown>[] = []
  const fetches: string[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const graph = await createGraph({
    mapSet: sampleMapSet,
    subgraphs: [crmSubgraph(50, extra), erpSubgraph()],
    sync: syncAnswering(({ id }) => ({ id, transaction: null, errors: [] })),
    coordinator: coordinatorKnowing([]),
    participants: new Map([
      ['CRM', participantHolding('CRM', new Map(), () => fetches.push('read of CRM'))],
      ['ERP', participantHolding('ERP', new Map(), () => fetches.push('read of ERP'))],
    ]),
    feed: () => NO_FEED,
    imports: NO_IMPORTS,
    contextFor: (actor) => ({ greeting: `hello ${actor}` }),
    limits: { queryDepthMax: 15, queryTokensMax: 5_000, pageSizeMax: 500 },
    log,
    onFetch: (subgraph) => fetches.push(subgraph),
  })
  onTestFinished(() => graph.stop())
  const run = async (query: string | undefined, rest: object = {}) => {
    const request = { ...(query === undefined ? {} : { query }), ...rest }
    const { body, http } = await graph.server.executeOperation(request, { contextValue: graph.context('ada') })
    if (body.kind !== 'single') throw new Error('incremental')
    return { ...body.singleResult, status: http.status }
  }
  return { graph, lines, fetches, run }
}

const http = (headers: Record<string, string>, body: object = { query: '{ __typename }' }) => ({
  method: 'POST',
  headers: new HeaderMap(Object.entries(headers)),
  search: '',
  body,
})

describe('a federated read', () => {
  it('asks each system at most once for each step of the plan, however many records there are', async () => {
    const { run, fetches } = await startGraph()
    const { data, errors } = await run('{ customers { name taxGroup sync group { title sync } } }')
    expect(errors).toBeUndefined()
    expect(data?.['customers']).toHaveLength(50)
    expect(data?.['customers']).toContainEqual({
      name: 'Customer 7',
      taxGroup: 'FULL',
      sync: 'IN_STEP',
      group: { title: 'Retail', sync: 'IN_STEP' },
    })
    expect(fetches[0]).toBe('crm')
    expect(fetches.slice(1).sort()).toEqual(['erp', 'erp', 'read of CRM', 'read of ERP', 'unified', 'unified'])
  })

  it('gives every subgraph the request’s own context', async () => {
    const seen: unknown[] = []
    const { run } = await startGraph({
      customers: (_, __, context: { actor: string; greeting: string }) => {
        seen.push(context.actor, context.greeting)
        return []
      },
    })
    await run('{ customers { id } }')
    expect(seen).toEqual(['ada', 'hello ada'])
  })
})

describe('bad requests', () => {
  const nested = (levels: number): string => (levels === 0 ? 'id' : `friend { ${nested(levels - 1)} }`)
  const times = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index)).join(' ')

  it.each([
    ['a document that does not parse', '{ customers', 'GRAPHQL_PARSE_FAILED', 'Expected Name, found <EOF>'],
    ['more tokens than allowed', `{ ${times(5_000, (i) => `a${i}`)} }`, 'GRAPHQL_PARSE_FAILED', '5000 tokens'],
    ['an unknown field', '{ customers { nmae } }', 'GRAPHQL_VALIDATION_FAILED', 'Did you mean "name"?'],
    [
      'too deep a query',
      `{ customers { ${nested(20)} } }`,
      'GRAPHQL_VALIDATION_FAILED',
      'nested deeper than 15 levels',
    ],
    [
      'nesting as deep as tokens go',
      `{ customers { ${nested(1_600)} } }`,
      'GRAPHQL_VALIDATION_FAILED',
      'nested deeper than 15 levels',
    ],
    [
      'a thousand aliases',
      `{ customers { ${times(1_000, (i) => `a${i}: name`)} } }`,
      'GRAPHQL_VALIDATION_FAILED',
      'more than 250 aliases',
    ],
    [
      'a thousand mutations',
      `mutation { ${times(200, (i) => `m${i}: deleteCustomer(id: "1") { id }`)} }`,
      'GRAPHQL_VALIDATION_FAILED',
      'more than 50 top-level fields',
    ],
    [
      'a number for a decimal',
      'mutation { createCustomer(input: {creditLimit: 12.5}) { id } }',
      'GRAPHQL_VALIDATION_FAILED',
      'Decimal takes a string',
    ],
  ])('%s is refused in so many words', async (_, query, code, message) => {
    const { run, fetches, lines } = await startGraph()
    const { errors, status } = await run(query)
    expect(errors?.map((error) => error.extensions?.['code'])).toContain(code)
    expect(errors?.map((error) => error.message)).toContainEqual(expect.stringContaining(message))
    expect(status).toBe(400)
    expect(fetches).toEqual([])
    expect(lines).toEqual([])
  })

  it('an operation that the document does not have is refused', async () => {
    const { run } = await startGraph()
    const { errors, status } = await run('query A { customers { id } }', { operationName: 'B' })
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })])
    expect(status).toBe(400)
  })

  it('a subscription is refused where no stream can answer it', async () => {
    const { run, lines } = await startGraph()
    const { errors, status } = await run('subscription { changes { cursor } }')
    expect(errors).toEqual([
      { message: expect.stringContaining('/graphql/stream'), extensions: { code: 'BAD_REQUEST' } },
    ])
    expect(status).toBe(400)
    expect(lines).toEqual([])
  })

  it('a value of the wrong type is refused at its place', async () => {
    const { run } = await startGraph()
    const { errors, status } = await run(
      'mutation M($input: CreateCustomerInput!) { createCustomer(input: $input) { id } }',
      {
        variables: { input: { creditLimit: 12.5, onHold: 'MAYBE', nmae: 'x' } },
      },
    )
    expect(errors?.map((error) => error.extensions?.['code'])).toEqual(Array(3).fill('BAD_USER_INPUT'))
    expect(errors?.map((error) => error.message)).toEqual([
      expect.stringContaining('"input.creditLimit": Decimal takes a string'),
      expect.stringContaining('"input.onHold"'),
      expect.stringContaining('Did you mean "name"?'),
    ])
    expect(status).toBe(400)
  })

  it('a hundred thousand unknown fields are answered briefly', async () => {
    const { run } = await startGraph()
    const input = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`field${index}`, index]))
    const { errors } = await run('mutation M($input: CreateCustomerInput!) { createCustomer(input: $input) { id } }', {
      variables: { input },
    })
    expect(errors?.length).toBeGreaterThan(1)
    expect(JSON.stringify(errors).length).toBeLessThan(100_000)
  })

  it('a subgraph’s refusal keeps its code and its path in the client’s own query', async () => {
    const { run, lines } = await startGraph({
      customers: () => {
        throw new GraphQLError('`first` is at most 500', {
          extensions: { code: 'BAD_USER_INPUT', argumentName: 'first' },
        })
      },
    })
    const { errors } = await run('{ mine: customers { id } }')
    expect(errors).toEqual([
      {
        message: '`first` is at most 500',
        path: ['mine'],
        extensions: { code: 'BAD_USER_INPUT', argumentName: 'first', serviceName: 'crm' },
      },
    ])
    expect(lines).toEqual([])
  })

  it('what goes wrong inside is masked, with its path, and logged as it was', async () => {
    const { run, lines } = await startGraph()
    const { data, errors } = await run('query Q($id: ID) { customer(id: $id) { name broken } }', {
      variables: { id: customerId(1) },
    })
    expect(data).toEqual({ customer: { name: 'Customer 1', broken: null } })
    expect(errors).toEqual([
      {
        message: 'Something went wrong inside. It has been logged.',
        path: ['customer', 'broken'],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      },
    ])
    expect(lines).toContainEqual(
      expect.objectContaining({
        path: ['customer', 'broken'],
        subgraph: 'crm',
        err: expect.objectContaining({ message: expect.stringContaining('SQLITE_IOERR'), stack: expect.any(String) }),
      }),
    )
  })
})

describe('GraphQL over HTTP', () => {
  it('knows a persisted query by its hash once it was sent', async () => {
    const { run } = await startGraph()
    const query = '{ customers { id } }'
    const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') }
    const unknown = await run(undefined, { extensions: { persistedQuery } })
    expect(unknown.errors?.[0]?.extensions).toEqual({ code: 'PERSISTED_QUERY_NOT_FOUND' })
    await run(query, { extensions: { persistedQuery } })
    const known = await run(undefined, { extensions: { persistedQuery } })
    expect(known.data?.['customers']).toHaveLength(50)
  })

  it('refuses what a page of another site could send in a user’s name', async () => {
    const { graph } = await startGraph()
    const context = async () => graph.context(null)
    const send = (headers: Record<string, string>) =>
      graph.server.executeHTTPGraphQLRequest({ httpGraphQLRequest: http(headers), context })
    expect((await send({ 'content-type': 'text/plain' })).status).toBe(400)
    expect((await send({ 'content-type': 'application/json' })).status ?? 200).toBe(200)
  })

  it('answers introspection', async () => {
    const { run } = await startGraph()
    const { data, errors } = await run(getIntrospectionQuery())
    expect(errors).toBeUndefined()
    expect(JSON.stringify(data)).toContain('"CreateCustomerInput"')
  })
})
