import fastify from 'fastify'
import { buildSchema, GraphQLError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { subgraphRoutes } from './subgraph-http.ts'

const TOKEN = 'a-token'

function schemaOfGreetings() {
  const schema = buildSchema(
    'type Query { hello(name: String!): String  broken: String  refused: String  who: String }',
  )
  const fields = schema.getQueryType()?.getFields() ?? {}
  const resolvers: Record<string, (given: Record<string, unknown>, context: { who: string }) => unknown> = {
    hello: ({ name }) => `hello ${name}`,
    who: (_, { who }) => who,
    broken: () => {
      throw new RangeError('disk I/O error at /data/erp.sqlite')
    },
    refused: () => {
      throw new GraphQLError('`first` is at most 500', { extensions: { code: 'BAD_USER_INPUT' } })
    },
  }
  for (const [name, field] of Object.entries(fields)) {
    field.resolve = (_root, given, context) => resolvers[name]?.(given, context)
  }
  return schema
}

describe('a subgraph over HTTP', () => {
  const heard: unknown[] = []
  const context = () => ({ who: 'a request of its own' })
  const onError = (error: unknown) => heard.push(error)
  const server = fastify().register(subgraphRoutes({ schema: schemaOfGreetings(), context, token: TOKEN, onError }))

  const ask = async (payload: object, token = TOKEN) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await server.inject({ method: 'POST', url: '/subgraph', headers, payload })
    return { status: answer.statusCode, body: answer.json() }
  }

  it('answers an operation with its variables, in a context of its own', async () => {
    const query = 'query A($name: String!) { hello(name: $name) who } query B { who }'
    expect(await ask({ query, variables: { name: 'you' }, operationName: 'A' })).toEqual({
      status: 200,
      body: { data: { hello: 'hello you', who: 'a request of its own' } },
    })
  })

  it.each([
    ['a query that does not parse', { query: '{ hello' }, 'Syntax Error'],
    ['a query that does not fit', { query: '{ nothing }' }, 'Cannot query field "nothing"'],
    ['a variable that is missing', { query: 'query A($n: String!) { hello(name: $n) }' }, 'was not provided'],
  ])('says what is wrong with %s', async (_case, request, message) => {
    const { body } = await ask(request)
    expect(body.errors).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })])
  })

  it('tells what a resolver meant for callers', async () => {
    expect((await ask({ query: '{ refused who }' })).body).toEqual({
      data: { refused: null, who: 'a request of its own' },
      errors: [{ message: '`first` is at most 500', path: ['refused'], extensions: { code: 'BAD_USER_INPUT' } }],
    })
    expect(heard).toEqual([])
  })

  it('keeps everything else to itself and its log', async () => {
    expect((await ask({ query: '{ broken }' })).body).toEqual({
      data: { broken: null },
      errors: [
        {
          message: 'Something went wrong inside. It has been logged.',
          path: ['broken'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    })
    expect(heard).toEqual([expect.any(RangeError)])
  })

  it('is for the service token alone', async () => {
    expect((await ask({ query: '{ who }' }, 'another')).status).toBe(401)
  })
})
