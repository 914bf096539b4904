import { ApolloServer } from '@apollo/server'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FEDERATION_LINK } from '../../../schema/federation.ts'
import type { GraphContext } from '../context.ts'
import { createFederation, type Subgraph } from '../federation.ts'
import { createReplay, OperationOutdated } from './replay.ts'
import { readSubscription } from './selection.ts'

const log = pino({ level: 'silent' })

/** One subgraph tells of people, the other knows them by `field`. */
function subgraphs(version: number, field = 'name'): readonly Subgraph[] {
  const news = `${FEDERATION_LINK}
    type Query { ping: String }
    type Subscription { person: PersonNews }
    interface News { cursor: String }
    type PersonNews implements News { cursor: String  who: Person }
    type Person @key(fields: "id") { id: ID! }`
  const people = `${FEDERATION_LINK}
    type Query { pong: String }
    type Person @key(fields: "id") { id: ID!  ${field}: String }`
  const person = (_: unknown, __: unknown, { message }: { message: string }) => ({ cursor: message, who: { id: '1' } })
  const known = { Person: { __resolveReference: ({ id }: { id: string }) => ({ id, [field]: `${field} ${version}` }) } }
  return [
    {
      name: 'news',
      sdl: news,
      schema: buildSubgraphSchema([{ typeDefs: parse(news), resolvers: { Subscription: { person } } }]),
    },
    { name: 'people', sdl: people, schema: buildSubgraphSchema([{ typeDefs: parse(people), resolvers: known }]) },
  ]
}

async function start(text: string) {
  const federation = createFederation({ subgraphs: subgraphs(1), log })
  const server = new ApolloServer({ gateway: federation.gateway, stopOnTerminationSignals: false })
  await server.start()
  onTestFinished(() => server.stop())
  const schema = federation.apiSchema()
  const { selection } = readSubscription(schema, parse(text), null)
  const replay = createReplay(federation, log)({ selection, variables: {}, schema })
  const execute = async (message: string) =>
    JSON.parse(JSON.stringify(await replay({ message } as unknown as GraphContext)))
  return { federation, execute }
}

describe('a subscription in a graph that is composed anew', () => {
  it('goes on in the new one, also for the same operation', async () => {
    const { federation, execute } = await start('subscription { person { cursor who { id name } } }')
    const shown = (cursor: string, name: string) => ({ data: { person: { cursor, who: { id: '1', name } } } })
    expect(await execute('c1')).toEqual(shown('c1', 'name 1'))
    expect(await execute('c2')).toEqual(shown('c2', 'name 1'))
    federation.recompose(subgraphs(2))
    expect(await execute('c3')).toEqual(shown('c3', 'name 2'))
    expect(await execute('c4')).toEqual(shown('c4', 'name 2'))
  })

  it('ends where it does not fit any more, and says what is wrong', async () => {
    const { federation, execute } = await start('subscription { person { who { name } } }')
    federation.recompose(subgraphs(2, 'title'))
    await expect(execute('c1')).rejects.toThrow(OperationOutdated)
    await expect(execute('c2')).rejects.toMatchObject({
      errors: [{ message: expect.stringContaining('Cannot query field "name"') }],
    })
  })

  it('needs no second fetch for what the message holds', async () => {
    const { execute } = await start('subscription { person { cursor who { id __typename } } }')
    expect(await execute('c1')).toEqual({ data: { person: { cursor: 'c1', who: { id: '1', __typename: 'Person' } } } })
  })
})
