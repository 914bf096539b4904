import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { customerId } from '../../../test/graph/sample-graph.ts'
import type { OperationRequest } from '../operations.ts'
import { startOperations, written } from './operations.fixture.ts'

describe('a query or a mutation', () => {
  it('is done, with its result', async () => {
    const { run } = await startOperations()
    const variables = { id: customerId(7) }
    expect(written(await run({ query: 'query ($id: ID) { customer(id: $id) { name } }', variables }))).toEqual({
      operation: 'DONE',
      result: { data: { customer: { name: 'Customer 7' } } },
    })
    const query = 'mutation { createCustomer(input: {name: "x"}) { id errors { code } } }'
    expect(await run({ query })).toMatchObject({
      operation: 'DONE',
      result: { data: { createCustomer: { errors: [] } } },
    })
  })

  it('is done with errors that say nothing of what went wrong inside', async () => {
    const { run, lines } = await startOperations()
    const query = 'query ($id: ID) { customer(id: $id) { name broken } }'
    expect(written(await run({ query, variables: { id: customerId(1) } }))).toEqual({
      operation: 'DONE',
      result: {
        data: { customer: { name: 'Customer 1', broken: null } },
        errors: [
          {
            message: 'Something went wrong inside. It has been logged.',
            path: ['customer', 'broken'],
            extensions: { code: 'INTERNAL_SERVER_ERROR' },
          },
        ],
      },
    })
    expect(JSON.stringify(lines)).toContain('SQLITE_IOERR')
  })

  it('is known by its hash once it was sent', async () => {
    const { run } = await startOperations()
    const query = '{ customers { id } }'
    const sha256Hash = createHash('sha256').update(query).digest('hex')
    const extensions = { persistedQuery: { version: 1, sha256Hash } }
    expect(await run({ extensions })).toMatchObject({
      operation: 'REFUSED',
      errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    })
    expect(await run({ query, extensions })).toMatchObject({ operation: 'DONE' })
    expect(await run({ extensions })).toMatchObject({ operation: 'DONE' })
  })
})

describe('an operation is refused before it begins', () => {
  it.each<[string, Partial<OperationRequest>, string, string]>([
    ['does not parse', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED', 'Syntax Error'],
    ['has too many tokens', { query: `{ ${'a '.repeat(500)} }` }, 'GRAPHQL_PARSE_FAILED', '500 tokens'],
    ['is not valid', { query: 'subscription { nope }' }, 'GRAPHQL_VALIDATION_FAILED', 'Cannot query field "nope"'],
    [
      'is nested too deep',
      {
        query: `subscription { customerChanged { ... on CustomerChange { customer { ${'friend { '.repeat(20)} id ${'}'.repeat(20)} } } } }`,
      },
      'GRAPHQL_VALIDATION_FAILED',
      'nested deeper than 15 levels',
    ],
    [
      'subscribes twice',
      { query: 'subscription { changes { cursor } customerChanged { cursor } }' },
      'GRAPHQL_VALIDATION_FAILED',
      'only one top level field',
    ],
    [
      'may leave out what it subscribes to',
      { query: 'subscription ($x: Boolean!) { changes @include(if: $x) { cursor } }', variables: { x: true } },
      'GRAPHQL_VALIDATION_FAILED',
      'cannot be left out',
    ],
    [
      'has variables that do not fit',
      { query: 'subscription ($a: String) { changes(after: $a) { cursor } }', variables: { a: 7 } },
      'BAD_USER_INPUT',
      '"$a" is wrong',
    ],
    [
      'is not in the document',
      { query: '{ customers { id } }', operationName: 'B' },
      'OPERATION_RESOLUTION_FAILURE',
      'B',
    ],
    [
      'filters by what does not exist',
      { query: 'subscription { changes(filter: {entities: ["Client"]}) { cursor } }' },
      'BAD_USER_INPUT',
      'no entity "Client"',
    ],
  ])('where it %s', async (_, request, code, message) => {
    const { run, feed, fetches, lines } = await startOperations()
    const operation = await run(request)
    expect(operation).toMatchObject({ operation: 'REFUSED', errors: expect.anything() })
    const errors = operation.operation === 'REFUSED' ? operation.errors : []
    expect(errors.map((error) => error.extensions['code'])).toContain(code)
    if (code !== 'OPERATION_RESOLUTION_FAILURE') expect(errors.map((error) => error.message).join()).toContain(message)
    expect([feed.requests, fetches, lines]).toEqual([[], [], []])
  })
})
