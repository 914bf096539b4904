import { LocalGraphQLDataSource } from '@apollo/gateway'
import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { LocalSubgraph, type LocalSubgraphOptions } from './local-subgraph.ts'

type Fetch = Parameters<LocalSubgraph['process']>[0]

const SDL = `
  type Query { hello(name: String = "world", times: Int): String!  broken: String  who: String }
`

function schemaOfGreetings(): GraphQLSchema {
  const schema = buildSchema(SDL)
  const fields = schema.getQueryType()?.getFields() ?? {}
  const resolvers: Record<string, (given: Record<string, unknown>, context: Record<string, unknown>) => unknown> = {
    hello: ({ name, times }) => `hello ${name} ${times ?? 1}`,
    broken: () => {
      throw new GraphQLError('out of greetings', { extensions: { code: 'OUT_OF_GREETINGS' } })
    },
    who: (_, context) => context['actor'],
  }
  for (const [name, field] of Object.entries(fields)) {
    field.resolve = (_, given, context) => resolvers[name]?.(given, context)
  }
  return schema
}

const subgraph = (options: Partial<LocalSubgraphOptions> = {}) =>
  new LocalSubgraph({ name: 'greetings', schema: schemaOfGreetings(), ...options })

const fetch = (query: string, variables: Record<string, unknown> = {}, context: Record<string, unknown> = {}) =>
  ({ request: { query, variables }, context }) as Fetch

describe('a subgraph in this process', () => {
  it('answers as the stock data source does, down to the errors', async () => {
    const stock = new LocalGraphQLDataSource(schemaOfGreetings())
    const queries: [string, Record<string, unknown>][] = [
      ['query Q($name: String, $times: Int) { hello(name: $name, times: $times) }', { name: 'you', times: 2 }],
      ['query Q($times: Int) { hello(times: $times) }', { times: 'not a number' }],
      ['query Q($name: String!) { hello(name: $name) }', {}],
      ['{ broken who }', {}],
      ['{ nothing }', {}],
      ['{ hello', {}],
    ]
    for (const [query, variables] of queries) {
      const given = fetch(query, variables, { actor: 'ada' })
      const [own, theirs] = [await subgraph().process(given), await stock.process(given)]
      expect(withoutLocations(own)).toEqual(withoutLocations(theirs))
    }
  })

  it('keeps errors as GraphQLErrors, with what was thrown inside', async () => {
    const { errors } = await subgraph().process(fetch('{ broken }'))
    expect(errors?.[0]).toBeInstanceOf(GraphQLError)
    expect(errors?.[0]).toMatchObject({ path: ['broken'], extensions: { code: 'OUT_OF_GREETINGS' } })
  })

  it('gives the resolvers the request’s own context', async () => {
    const { data } = await subgraph().process(fetch('{ who }', {}, { actor: 'ada' }))
    expect(data).toEqual({ who: 'ada' })
  })

  it('tells of each call by name', async () => {
    const heard: unknown[] = []
    const greetings = subgraph({ onFetch: (...call) => heard.push(call) })
    await greetings.process({
      request: { query: 'query Hello { who }', operationName: 'Hello' },
      context: {},
    } as Fetch)
    await greetings.process(fetch('{ who }'))
    expect(heard).toEqual([
      ['greetings', 'Hello'],
      ['greetings', null],
    ])
  })
})

/** Documents are compiled without locations, which mean nothing to a client: it never wrote these texts. */
function withoutLocations({ data, errors }: Awaited<ReturnType<LocalSubgraph['process']>>): unknown {
  return JSON.parse(JSON.stringify({ data, errors }), (name, value) => (name === 'locations' ? undefined : value))
}
