import { ApolloServer } from '@apollo/server'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FEDERATION_LINK } from '../../schema/federation.ts'
import { createFederation, type Federation, type Subgraph } from './federation.ts'
import { CompositionError } from './supergraph.ts'

const log = pino({ level: 'silent' })

function people(version: number, field = 'name'): Subgraph {
  const sdl = `${FEDERATION_LINK} type Query { person: Person } type Person @key(fields: "id") { id: ID!  ${field}: String }`
  const resolvers = { Query: { person: () => ({ id: '1', [field]: `${field} ${version}` }) } }
  return { name: 'people', sdl, schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]) }
}

async function serve(federation: Federation) {
  const server = new ApolloServer({ gateway: federation.gateway, stopOnTerminationSignals: false })
  await server.start()
  onTestFinished(() => server.stop())
  return async (query: string) => {
    const { body } = await server.executeOperation({ query })
    if (body.kind !== 'single') throw new Error('incremental')
    return body.singleResult
  }
}

describe('the federated graph', () => {
  it('keeps Apollo’s telemetry off', () => {
    process.env['APOLLO_TELEMETRY_DISABLED'] = 'false'
    createFederation({ subgraphs: [people(1)], log })
    expect(process.env['APOLLO_TELEMETRY_DISABLED']).toBe('true')
  })

  it('does not start on subgraphs that do not fit together', () => {
    const clash = { ...people(1), name: 'clash', sdl: people(1).sdl.replace('name: String', 'name: Int') }
    expect(() => createFederation({ subgraphs: [people(1), clash], log })).toThrow(CompositionError)
  })

  it('serves other schemas after a recomposition, also under the same SDL and to the same query', async () => {
    const federation = createFederation({ subgraphs: [people(1)], log })
    const run = await serve(federation)
    expect(await run('{ person { name } }')).toMatchObject({ data: { person: { name: 'name 1' } } })

    federation.recompose([people(2)])
    expect(await run('{ person { name } }')).toMatchObject({ data: { person: { name: 'name 2' } } })

    federation.recompose([people(3, 'title')])
    expect(await run('{ person { title } }')).toMatchObject({ data: { person: { title: 'title 3' } } })
    expect((await run('{ person { name } }')).errors?.[0]?.message).toContain('Cannot query field "name"')
    expect(federation.supergraphSdl()).toContain('title: String')
  })

  it('goes on as before where a recomposition fails', async () => {
    const federation = createFederation({ subgraphs: [people(1)], log })
    const run = await serve(federation)
    const before = federation.supergraphSdl()
    const clash = { ...people(2), name: 'clash', sdl: people(1).sdl.replace('name: String', 'name: Int') }
    expect(() => federation.recompose([people(2), clash])).toThrow(CompositionError)
    expect(federation.supergraphSdl()).toBe(before)
    expect(await run('{ person { name } }')).toMatchObject({ data: { person: { name: 'name 1' } } })
  })
})
