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

  it('compiles a text once, whatever its variables', async () => {
    const greetings = subgraph()
    const query = 'query Q($name: String) { hello(name: $name) }'
    for (const name of ['ada', 'grace', 'ada']) {
      const { data } = await greetings.process(fetch(query, { name }))
      expect(data).toEqual({ hello: `hello ${name} 1` })
    }
    expect(greetings.documents).toHaveLength(1)
  })

  it('keeps a text that does not validate as it keeps any other', async () => {
    const greetings = subgraph()
    await greetings.process(fetch('{ nothing }'))
    const { errors } = await greetings.process(fetch('{ nothing }'))
    expect(errors?.[0]?.message).toContain('Cannot query field "nothing"')
    expect(greetings.documents).toHaveLength(1)
  })

  it('drops the text that was not used for longest', async () => {
    const greetings = subgraph({ documentsMax: 2 })
    const [a, b, c] = ['{ a: who }', '{ b: who }', '{ c: who }'] as const
    for (const query of [a, b, a, c]) await greetings.process(fetch(query))
    expect(greetings.documents).toEqual([a, c])
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
