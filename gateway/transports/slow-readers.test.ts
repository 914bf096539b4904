import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BEAT_MS, STALLED_BEATS_MAX } from './beat.ts'
import { type NumbersServer, serveNumbers } from './numbers.fixture.ts'
import { openSession, subscribeMessage } from './websocket/raw-client.fixture.ts'

/** A result fills the kernel's buffers long before all of them are pulled. */
const BYTES = 100_000
const RESULTS = 600

const operation = (name: string, upTo = RESULTS) =>
  `subscription ${name} { numbers(upTo: ${upTo}, bytes: ${BYTES}) { value ballast } }`

describe('a client that does not read', () => {
  let server: NumbersServer
  beforeEach(async () => {
    server = await serveNumbers()
  })
  afterEach(() => server[Symbol.asyncDispose]())

  const pulled = (name: string) => server.numbers.pulled.get(name) ?? 0

  /** Another client gets as many results meanwhile as there are for the one that does not read. */
  async function servesAnother(name = 'another') {
    const client = await openSession(server.port)
    client.send(subscribeMessage('1', operation(name)))
    for (let count = 0; count <= RESULTS; count += 1) await client.take()
    expect(pulled(name)).toBe(RESULTS)
    client.socket.close()
    await client.closed
  }

  const streamOf = async (name: string): Promise<IncomingMessage> => {
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' }
    const sent = request(`${server.url}/graphql/stream`, { method: 'POST', headers })
    const answered = once(sent, 'response')
    sent.end(JSON.stringify({ query: operation(name) }))
    const [answer] = await answered
    return answer
  }

  const numbersIn = async (events: Readable) => {
    const numbers: number[] = []
    let text = ''
    for await (const chunk of events.setEncoding('utf8')) {
      text += chunk
      const complete = text.split('\n\n')
      text = complete.pop() ?? ''
      for (const event of complete) {
        const id = /^id: (\d+)$/m.exec(event)?.[1]
        if (id !== undefined) numbers.push(Number(id))
      }
    }
    return numbers
  }

  const EVERY = Array.from({ length: RESULTS }, (_, index) => index + 1)

  it('stops its reader over a WebSocket, alone, and misses nothing when it reads on', async () => {
    const client = await openSession(server.port)
    client.socket.pause()
    client.send(subscribeMessage('1', operation('stalled')))
    await servesAnother()
    expect(pulled('stalled')).toBeGreaterThan(0)
    expect(pulled('stalled')).toBeLessThan(RESULTS / 2)
    client.socket.resume()
    const values: unknown[] = []
    for (let count = 0; count < RESULTS; count += 1) values.push(await client.take())
    expect(values).toMatchObject(EVERY.map((value) => ({ payload: { data: { numbers: { value } } } })))
  })

  it('stops the readers of all its subscriptions over one WebSocket, each with one result that the network does not take', async () => {
    const client = await openSession(server.port)
    client.socket.pause()
    client.send(subscribeMessage('1', operation('stalled')))
    await servesAnother()
    const taken = pulled('stalled')
    const late = ['second', 'third']
    for (const name of late) client.send(subscribeMessage(name, operation(name)))
    await expect.poll(() => late.map(pulled)).toEqual([1, 1])
    await servesAnother('yetAnother')
    expect(['stalled', ...late].map(pulled)).toEqual([taken, 1, 1])
    client.socket.terminate()
    client.socket.resume()
    await client.closed
  })

  it('stops its reader over server-sent events, alone, and misses nothing when it reads on', async () => {
    const events = await streamOf('stalled')
    await servesAnother()
    expect(pulled('stalled')).toBeGreaterThan(0)
    expect(pulled('stalled')).toBeLessThan(RESULTS / 2)
    expect(await numbersIn(events)).toEqual(EVERY)
  })

  it('finds why its stream ended over a WebSocket when it reads on after minutes', async () => {
    const client = await openSession(server.port)
    client.socket.pause()
    client.send(subscribeMessage('1', operation('broken')))
    await servesAnother()
    server.clock.advance(STALLED_BEATS_MAX * BEAT_MS)
    client.socket.resume()
    for (let count = 0; count < RESULTS; count += 1) await client.take()
    expect(await client.take()).toMatchObject({ payload: { errors: [{ extensions: { code: 'SLOW_CONSUMER' } }] } })
    expect(await client.take()).toMatchObject({ type: 'complete', id: '1' })
    server.clock.advance(BEAT_MS)
    client.socket.close()
    expect((await client.closed)[0]).toBe(1005)
  })

  it('finds why its stream ended over server-sent events when it reads on after minutes', async () => {
    const events = await streamOf('broken')
    await servesAnother()
    server.clock.advance(STALLED_BEATS_MAX * BEAT_MS)
    expect(await numbersIn(events)).toEqual([...EVERY, 7])
  })

  it('is given up over a WebSocket when it has taken nothing for minutes', async () => {
    const client = await openSession(server.port)
    client.socket.pause()
    client.send(subscribeMessage('1', operation('stalled')))
    await servesAnother()
    server.clock.advance((STALLED_BEATS_MAX + 1) * BEAT_MS)
    await expect.poll(server.numbers.open).toBe(0)
    expect(pulled('stalled')).toBeLessThan(RESULTS / 2)
    client.socket.resume()
    await client.closed
  })

  it('is given up over server-sent events when it has taken nothing for minutes', async () => {
    const events = await streamOf('stalled')
    await servesAnother()
    server.clock.advance((STALLED_BEATS_MAX + 1) * BEAT_MS)
    await expect.poll(server.numbers.open).toBe(0)
    expect(pulled('stalled')).toBeLessThan(RESULTS / 2)
    await expect(numbersIn(events)).rejects.toThrow('aborted')
  })
})
