import fastify, { type RouteHandlerMethod } from 'fastify'
import { GraphQLError } from 'graphql'
import { afterEach, describe, expect, it } from 'vitest'
import { connectTo } from '../../schema/process/http/peer.ts'
import { createLog } from '../../schema/process/log.ts'
import { RemoteSubgraph, type RemoteSubgraphOptions } from './remote-subgraph.ts'

const REQUEST = { query: 'query Q($a: Int) { a(a: $a) }', variables: { a: 1 }, operationName: 'Q' }
const FETCH = { request: REQUEST }
const UNAVAILABLE = {
  errors: [
    expect.objectContaining({
      message: 'The ERP does not answer. Try again.',
      extensions: { code: 'SYSTEM_UNAVAILABLE', retryable: true },
    }),
  ],
}

describe('a subgraph in another process', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  /** Without pauses, and with the lines that go to the log. */
  async function subgraphOf(handler: RouteHandlerMethod, more: Partial<RemoteSubgraphOptions> = {}) {
    const server = fastify({ forceCloseConnections: true })
    server.post('/erp/subgraph', handler)
    const url = await server.listen({ host: '127.0.0.1', port: 0 })
    const peer = connectTo(url, 'token')
    closing.push(peer.close, () => server.close())
    const lines: string[] = []
    const log = createLog('warn', { write: (line: string) => lines.push(line) })
    const parts = { peer, timeoutMs: 5_000, now: Date.now, pause: async () => undefined, log }
    return { server, lines, subgraph: new RemoteSubgraph({ system: 'ERP', ...parts, ...more }) }
  }

  it('sends the operation and gives the answer', async () => {
    const seen: unknown[] = []
    const { subgraph } = await subgraphOf(async ({ body }) => {
      seen.push(body)
      return { data: { a: 1 } }
    })
    expect(await subgraph.process(FETCH)).toEqual({ data: { a: 1 } })
    expect(seen).toEqual([REQUEST])
  })

  it('keeps the errors of an answer, with their extensions', async () => {
    const error = { message: 'too many', path: ['a', 0], extensions: { code: 'BAD_USER_INPUT', argumentName: 'a' } }
    const { subgraph } = await subgraphOf(async () => ({ data: { a: null }, errors: [error] }))
    const { data, errors } = await subgraph.process(FETCH)
    expect([data, JSON.parse(JSON.stringify(errors))]).toEqual([{ a: null }, [error]])
    expect(errors?.[0]).toBeInstanceOf(GraphQLError)
  })

  it.each([502, 503, 504])('asks again where the status is %i, three times in all', async (status) => {
    let calls = 0
    const { subgraph } = await subgraphOf(async (_request, reply) => {
      calls += 1
      return calls < 3 ? reply.code(status).send() : { data: { a: calls } }
    })
    expect(await subgraph.process(FETCH)).toEqual({ data: { a: 3 } })
    calls = -10
    expect(await subgraph.process(FETCH)).toEqual(UNAVAILABLE)
    expect(calls).toBe(-7)
  })

  it('asks again where the connection breaks', async () => {
    let calls = 0
    const { subgraph } = await subgraphOf(async (_request, reply) => {
      calls += 1
      if (calls === 1) reply.raw.destroy()
      return { data: { a: calls } }
    })
    expect(await subgraph.process(FETCH)).toEqual({ data: { a: 2 } })
  })

  it.each([
    ['another status', 500, '{}'],
    ['what is not JSON', 200, '<html>'],
    ['what is no GraphQL answer', 200, '{"data": 5}'],
  ])('asks once where it gets %s', async (_case, status, body) => {
    let calls = 0
    const { subgraph, lines } = await subgraphOf(async (_request, reply) => {
      calls += 1
      return reply.code(status).send(body)
    })
    expect(await subgraph.process(FETCH)).toEqual(UNAVAILABLE)
    expect([calls, lines.length]).toEqual([1, 1])
  })

  it('says that the system is away, and to the log why', async () => {
    const { subgraph, server, lines } = await subgraphOf(async () => ({}))
    await server.close()
    expect(await subgraph.process(FETCH)).toEqual(UNAVAILABLE)
    expect(lines).toEqual([expect.stringContaining('ECONNREFUSED')])
  })

  it('waits no longer than it may, and begins no try that cannot be finished', async () => {
    let calls = 0
    const handler = () => {
      calls += 1
      return new Promise(() => undefined)
    }
    const { subgraph } = await subgraphOf(handler, { timeoutMs: 100 })
    expect(await subgraph.process(FETCH)).toEqual(UNAVAILABLE)
    expect(calls).toBe(1)
  })
})
