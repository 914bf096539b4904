import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type NumbersServer, serveNumbers } from './numbers.fixture.ts'
import { openSession, subscribeMessage } from './websocket/raw-client.fixture.ts'

const SILENCE = 'subscription { silence { value } }'

describe('a server that shuts down', () => {
  let server: NumbersServer
  let closed: Promise<void>
  beforeEach(async () => {
    server = await serveNumbers()
  })
  afterEach(() => server[Symbol.asyncDispose]())

  const stream = (query: string) =>
    fetch(`${server.url}/graphql/stream`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
  const drain = async () => {
    closed = server.close()
    const ready = await fetch(`${server.url}/health/ready`)
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'not ready', reasons: ['the server is shutting down'] },
    ])
  }

  it('sends WebSockets away such that they come back: 1001', async () => {
    const client = await openSession(server.port)
    client.send(subscribeMessage('1', SILENCE))
    await expect.poll(server.numbers.open).toBe(1)
    await Promise.all([server.close(), client.closed])
    expect(await client.closed).toEqual([1001, 'Going away'])
    expect(server.numbers.open()).toBe(0)
  })

  it('ends event streams without the event that says there is no more', async () => {
    const answer = await stream('subscription { numbers(upTo: 1, thenWait: true) { value } }')
    await expect.poll(() => server.numbers.pulled.get('')).toBe(1)
    await server.close()
    expect(await answer.text()).toBe(`:\n\nevent: next\nid: 1\ndata: {"data":{"numbers":{"value":1}}}\n\n`)
    expect(server.numbers.open()).toBe(0)
  })

  it('answers what runs over a WebSocket first, refuses what is new, and keeps its subscriptions until then', async () => {
    const client = await openSession(server.port)
    client.send(subscribeMessage('held', '{ held }'))
    client.send(subscribeMessage('silence', SILENCE))
    await expect.poll(server.numbers.open).toBe(2)
    await drain()
    client.send(subscribeMessage('late', '{ hello }'))
    expect(await client.take()).toMatchObject({
      id: 'late',
      ...{ type: 'error', payload: [{ extensions: { code: 'SYSTEM_UNAVAILABLE' } }] },
    })
    expect(server.numbers.open()).toBe(2)
    server.numbers.release()
    expect([await client.take(), await client.take()]).toEqual([
      { id: 'held', type: 'next', payload: { data: { held: 'released' } } },
      { id: 'held', type: 'complete' },
    ])
    expect(await client.closed).toEqual([1001, 'Going away'])
    await closed
  })

  it('answers what runs over server-sent events, and lets nobody in any more', async () => {
    const answer = stream('{ held }')
    await expect.poll(server.numbers.open).toBe(1)
    await drain()
    const refused = await stream('{ hello }')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'SYSTEM_UNAVAILABLE' } }] })
    await expect(openSession(server.port)).rejects.toThrow('503')
    server.numbers.release()
    expect(await (await answer).text()).toContain('{"held":"released"}')
    await closed
  })

  it('does not wait for a client that does not go', async () => {
    const client = await openSession(server.port)
    client.socket.pause()
    closed = server.close()
    await expect.poll(server.clock.armed).toBe(2)
    server.clock.advance(2_000)
    await closed
    client.socket.resume()
    await once(client.socket, 'close')
  })

  it('does not wait for the answers of a client that has left', async () => {
    const client = await openSession(server.port)
    client.send(subscribeMessage('1', '{ held }'))
    await expect.poll(server.numbers.open).toBe(1)
    client.socket.terminate()
    await server.close()
  })
})
