import { join } from 'node:path'
import { GraphQLClient } from 'graphql-request'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGateway, type Gateway } from '../../gateway/app-alone.ts'
import { follow } from '../../gateway/changes/stream/follow.ts'
import type { Change, ChangeStream } from '../../gateway/changes/stream/stream.ts'
import { readConfig } from '../../schema/process/config.ts'
import { type Apart, apart } from './apart.ts'

const TOKEN = 'a-token-of-the-tests'

describe('Gateways over systems in processes of their own', () => {
  let parts: Apart
  const gateways: Gateway[] = []
  beforeAll(async () => {
    parts = await apart({ LOCKSTEP_SERVICE_TOKEN: TOKEN, LOCKSTEP_SAMPLE_DATA: 'false' })
    await Promise.all([parts.start('CRM'), parts.start('ERP')])
  })
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()))
    await parts.dispose()
  })

  const start = async (folder: string) => {
    const gateway = await createGateway(
      {
        ...readConfig({}, { sampleData: false }),
        ...{ port: 0, logLevel: 'silent', serviceToken: TOKEN, dataDirectory: join(parts.directory, folder) },
        ...{ crmUrl: parts.url('CRM'), erpUrl: parts.url('ERP') },
      },
      { clock: Date.now, random: Math.random },
    )
    gateways.push(gateway)
    const { url } = await gateway.listen()
    return { gateway, graph: new GraphQLClient(`${url}/graphql`) }
  }
  const createUnit = (graph: GraphQLClient, symbol: string) =>
    graph.request('mutation ($symbol: String!) { createUnit(input: { symbol: $symbol }) { errors { message } } }', {
      symbol,
    })

  it('publish every change, whichever of them made it, once into each stream', async () => {
    const [one, other, apart] = [await start('shared'), await start('shared'), await start('own')]
    await createUnit(one.graph, 'A')
    await createUnit(other.graph, 'B')
    await createUnit(apart.graph, 'C')
    for (const { gateway } of [one, other, apart]) {
      const changes = await first(gateway.changes, 3)
      expect(changes.map(({ after }) => after?.['symbol'])).toEqual(['A', 'B', 'C'])
    }
    expect((await one.gateway.changes.relay()).epoch).toBe(1)
  })
})

async function first(stream: ChangeStream, count: number): Promise<readonly Change[]> {
  const stop = new AbortController()
  const changes: Change[] = []
  const limits = { entriesMax: 100, bytesMax: 1_000_000, signal: stop.signal }
  for await (const answer of follow(stream, { from: 'OLDEST', ...limits })) {
    if (answer.read !== 'PAGE') throw new Error(`No page but ${answer.read}`)
    changes.push(...answer.entries.map(({ change }) => change))
    if (changes.length >= count) stop.abort()
  }
  return changes
}
