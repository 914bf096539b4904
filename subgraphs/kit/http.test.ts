import { fastifyApolloHandler } from '@as-integrations/fastify'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fill, openTestSystem, type TestSystem } from './graph/system.fixture.ts'
import { nativeServer } from './http.ts'

const LIMITS = { queryDepthMax: 5, queryTokensMax: 400 }

async function serve({ native, context }: TestSystem, onError: (error: unknown) => void): Promise<FastifyInstance> {
  const server = await nativeServer({ schema: native, limits: LIMITS, onError })
  const app = fastify()
  app.route({
    method: ['GET', 'POST'],
    url: '/crm/graphql',
    handler: fastifyApolloHandler(server, { context: async () => context(null) }),
  })
  return app
}

const post = (app: FastifyInstance, query: string, variables = {}) =>
  app.inject({ method: 'POST', url: '/crm/graphql', payload: { query, variables } })

const errorsIn = (body: string) =>
  (JSON.parse(body) as { errors: { message: string; extensions: { code: string } }[] }).errors

describe('the native API over HTTP', () => {
  const errors: unknown[] = []
  let crm: TestSystem
  let app: FastifyInstance
  beforeAll(async () => {
    crm = await openTestSystem('CRM')
    await fill(crm, 'cdm_companies', [{ cdm_companycode: 'usmf', cdm_name: 'US' }])
    app = await serve(crm, (error) => errors.push(error))
  })
  afterAll(async () => {
    await app.close()
    await crm[Symbol.asyncDispose]()
  })

  it('answers queries and introspection', async () => {
    const query = '{ cdm_companies { edges { node { cdm_name } } } __schema { queryType { name } } }'
    const { statusCode, body } = await post(app, query)
    expect(statusCode).toBe(200)
    expect(JSON.parse(body)).toEqual({
      data: { cdm_companies: { edges: [{ node: { cdm_name: 'US' } }] }, __schema: { queryType: { name: 'Query' } } },
    })
  })

  it.each([
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ accounts', 'GRAPHQL_PARSE_FAILED'],
    ['{ accounts(first: -1) { totalCount } }', 'BAD_USER_INPUT'],
    ['{ accounts(filter: {creditlimit: {gt: 5}}) { totalCount } }', 'GRAPHQL_VALIDATION_FAILED'],
    [`{ ${'a: __typename '.repeat(200)} }`, 'GRAPHQL_PARSE_FAILED'],
    [`{ ${Array.from({ length: 51 }, (_, at) => `a${at}: __typename`).join(' ')} }`, 'GRAPHQL_VALIDATION_FAILED'],
    [
      '{ tasks { edges { node { regardingobjectid_record { msdyn_company_record { cdm_name } } } } } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('refuses %s', async (query, code) => {
    expect(errorsIn((await post(app, query)).body).map(({ extensions }) => extensions.code)).toEqual([code])
    expect(errors).toEqual([])
  })

  it('does not send back a value of any length that it refuses', async () => {
    const query = 'query ($first: Int) { accounts(first: $first) { totalCount } }'
    const { body } = await post(app, query, { first: 'x'.repeat(100_000) })
    expect(errorsIn(body)[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(body.length).toBeLessThan(2_000)
  })

  it('does not carry out a request that a foreign page could have made', async () => {
    const { statusCode, body } = await app.inject({
      url: '/crm/graphql?query=%7B__typename%7D',
      headers: { 'content-type': 'text/plain' },
    })
    expect(statusCode).toBe(400)
    expect(body).toContain('CSRF')
  })

  it('tells of an internal error nothing but that, and the log everything', async () => {
    const heard: unknown[] = []
    const closed = await openTestSystem('CRM')
    await using other = await serve(closed, (error) => heard.push(error))
    await closed[Symbol.asyncDispose]()
    const { body } = await post(other, '{ accounts { totalCount } }')
    expect(JSON.parse(body)).toEqual({
      data: null,
      errors: [
        {
          message: 'Something went wrong inside. It has been logged.',
          locations: [{ line: 1, column: 14 }],
          path: ['accounts', 'totalCount'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    })
    expect(heard).toEqual([expect.objectContaining({ name: 'StoreClosed' })])
  })
})
