import { once } from 'node:events'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createLog } from '../../../schema/process/log.ts'
import { BEAT_MS } from '../beat.ts'
import { type NumbersServer, serveNumbers } from '../numbers.fixture.ts'
import { openSession, openSocket, subscribeMessage } from './raw-client.fixture.ts'

const SILENCE = 'subscription { silence { value } }'
const HELD = '{ held }'
const numbersUpTo = (upTo: number) => `subscription { numbers(upTo: ${upTo}) { value } }`
const next = (id: string, payload: object) => ({ id, type: 'next', payload })
const complete = (id: string) => ({ id, type: 'complete' })
const errorOf = (id: string, code: string) => ({
  id,
  type: 'error',
  payload: [{ message: expect.any(String), extensions: { code } }],
})

describe('graphql-transport-ws', () => {
  let server: NumbersServer
  const start = async (settings: Parameters<typeof serveNumbers>[0]) => {
    await server.close()
    server = await serveNumbers(settings)
  }

  beforeEach(async () => {
    server = await serveNumbers()
  })
  afterEach(() => server[Symbol.asyncDispose]())

  describe('a session', () => {
    it('is acknowledged once it is initialised', async () => {
      const client = await openSocket(server.port)
      client.send({ type: 'connection_init', payload: { anything: 'at all' } })
      expect(await client.take()).toEqual({ type: 'connection_ack' })
    })

    it('answers a ping with a pong that repeats its payload', async () => {
      const client = await openSocket(server.port)
      client.send({ type: 'ping', payload: { n: 1 } })
      client.send({ type: 'ping' })
      client.send({ type: 'pong' })
      expect([await client.take(), await client.take()]).toEqual([
        { type: 'pong', payload: { n: 1 } },
        { type: 'pong' },
      ])
    })

    it('answers a query, a mutation and a subscription, each under its id', async () => {
      const client = await openSession(server.port)
      client.send(subscribeMessage('q', '{ hello }'))
      expect([await client.take(), await client.take()]).toEqual([
        next('q', { data: { hello: 'Hello, world!' } }),
        complete('q'),
      ])
      client.send(subscribeMessage('m', 'mutation { add(by: 2) }'))
      expect([await client.take(), await client.take()]).toEqual([next('m', { data: { add: 2 } }), complete('m')])
      client.send(subscribeMessage('s', numbersUpTo(2)))
      expect([await client.take(), await client.take(), await client.take()]).toEqual([
        next('s', { data: { numbers: { value: 1 } } }),
        next('s', { data: { numbers: { value: 2 } } }),
        complete('s'),
      ])
    })

    it('takes variables and the name of the operation', async () => {
      const client = await openSession(server.port)
      const payload = {
        query: 'query a($name: String) { hello(name: $name) } query b { held }',
        ...{ operationName: 'a', variables: { name: 'Ada' } },
      }
      client.send({ id: '1', type: 'subscribe', payload })
      expect(await client.take()).toEqual(next('1', { data: { hello: 'Hello, Ada!' } }))
    })

    it('answers one operation while another takes its time', async () => {
      const client = await openSession(server.port)
      client.send(subscribeMessage('slow', HELD))
      client.send(subscribeMessage('fast', '{ hello }'))
      expect(await client.take()).toMatchObject({ id: 'fast', type: 'next' })
    })

    it('hands on what ends a subscription from inside, and completes', async () => {
      const client = await openSession(server.port)
      client.send(subscribeMessage('1', 'subscription broken { broken { value } }'))
      expect([await client.take(), await client.take()]).toMatchObject([
        { type: 'next', payload: { errors: [{ extensions: { code: 'SLOW_CONSUMER', cursor: '7' } }] } },
        complete('1'),
      ])
    })

    it.each([
      ['does not parse', '{ hello'],
      ['is not valid', '{ goodbye }'],
    ])('refuses as an error an operation that %s', async (_case, query) => {
      const client = await openSession(server.port)
      client.send(subscribeMessage('1', query))
      expect(await client.take()).toEqual({
        id: '1',
        type: 'error',
        payload: [{ message: expect.any(String), locations: [expect.anything()] }],
      })
    })

    it('refuses what is nested without end before it looks at it', async () => {
      const client = await openSession(server.port)
      client.send(subscribeMessage('1', '{ hello '.repeat(1_000)))
      expect(await client.take()).toEqual(errorOf('1', 'BAD_REQUEST'))
      expect(server.numbers.callers).toEqual([])
    })
  })

  describe('an operation', () => {
    it('ends when its client completes it, and its id is free at once', async () => {
      const client = await openSession(server.port)
      client.send(subscribeMessage('1', SILENCE))
      await expect.poll(server.numbers.open).toBe(1)
      client.send(complete('1'))
      client.send(subscribeMessage('1', numbersUpTo(1)))
      expect([await client.take(), await client.take()]).toEqual([
        next('1', { data: { numbers: { value: 1 } } }),
        complete('1'),
      ])
      await expect.poll(server.numbers.open).toBe(0)
      client.send(subscribeMessage('1', SILENCE))
      await expect.poll(server.numbers.open).toBe(1)
      client.send(complete('1'))
      await expect.poll(server.numbers.open).toBe(0)
    })

    it('keeps its id to itself while the one before it under that id winds up', async () => {
      const client = await openSession(server.port)
      client.send(subscribeMessage('1', SILENCE))
      await expect.poll(server.numbers.open).toBe(1)
      client.send(complete('1'))
      client.send(subscribeMessage('1', SILENCE))
      await expect.poll(() => server.numbers.callers.length).toBe(2)
      await expect.poll(server.numbers.open).toBe(1)
      client.send(subscribeMessage('1', SILENCE))
      expect((await client.closed)[0]).toBe(4409)
    })

    it.each(['close', 'terminate'] as const)('ends when its client leaves by %s', async (leave) => {
      const client = await openSession(server.port)
      for (const id of ['1', '2', '3']) client.send(subscribeMessage(id, SILENCE))
      await expect.poll(server.numbers.open).toBe(3)
      client.socket[leave]()
      await expect.poll(server.numbers.open).toBe(0)
    })

    it('is not heard of any more after its client completed it', async () => {
      const client = await openSession(server.port)
      client.send(subscribeMessage('1', HELD))
      await expect.poll(server.numbers.open).toBe(1)
      client.send(complete('1'))
      client.send(subscribeMessage('2', '{ hello }'))
      expect([await client.take(), await client.take()]).toMatchObject([{ id: '2' }, { id: '2' }])
      server.numbers.release()
      await expect.poll(server.numbers.open).toBe(0)
      client.send({ type: 'ping' })
      expect(await client.take()).toEqual({ type: 'pong' })
    })
  })

  describe('closes', () => {
    it.each([
      ['4400 on what is no JSON', ['hello'], 4400, 'Invalid message received'],
      ['4400 on what is no message', [{ type: 'start' }], 4400, 'Invalid message received'],
      [
        '4400 on a message that only servers send',
        [
          { id: '1', type: 'complete', payload: {} },
          { id: '1', type: 'next', payload: {} },
        ],
        4400,
        'Invalid message received',
      ],
      [
        '4400 on a subscription without an id',
        [{ type: 'connection_init' }, { type: 'subscribe', payload: { query: '{ hello }' } }],
        4400,
        'Invalid message received',
      ],
      ['4401 on an operation before the beginning', [subscribeMessage('1', '{ hello }')], 4401, 'Unauthorized'],
      [
        '4409 on a second operation under one id',
        [{ type: 'connection_init' }, subscribeMessage('1', SILENCE), subscribeMessage('1', SILENCE)],
        4409,
        'Subscriber for 1 already exists',
      ],
      [
        '4429 on a second beginning',
        [{ type: 'connection_init' }, { type: 'connection_init' }],
        4429,
        'Too many initialisation requests',
      ],
    ])('%s', async (_case, messages, code, reason) => {
      const client = await openSocket(server.port)
      for (const message of messages) client.send(message)
      expect(await client.closed).toEqual([code, reason])
      await expect.poll(server.numbers.open).toBe(0)
    })

    it('4409 also where the id is longer than a reason may be', async () => {
      const client = await openSession(server.port)
      const id = 'ä'.repeat(200)
      client.send(subscribeMessage(id, SILENCE))
      client.send(subscribeMessage(id, SILENCE))
      expect(await client.closed).toEqual([4409, 'Subscriber already exists'])
    })

    it('4408 when nothing is begun in time', async () => {
      const client = await openSocket(server.port)
      server.clock.advance(10_000)
      expect(await client.closed).toEqual([4408, 'Connection initialisation timeout'])
    })

    it('never for that reason once it is begun', async () => {
      const client = await openSession(server.port)
      server.clock.advance(10_000)
      client.send({ type: 'ping' })
      expect(await client.take()).toEqual({ type: 'pong' })
    })

    it.each([
      ['another protocol', 'graphql-ws'],
      ['no protocol', []],
    ])('4406 on %s', async (_case, protocol) => {
      expect(await (await openSocket(server.port, { protocol })).closed).toEqual([4406, 'Subprotocol not acceptable'])
    })

    it('1009 on a message above the limit', async () => {
      await start({ bodyBytesMax: 1_024 })
      const client = await openSession(server.port)
      client.send(subscribeMessage('1', `{ hello } #${'x'.repeat(1_024)}`))
      expect((await client.closed)[0]).toBe(1009)
    })

    it('without running what was sent after the fault', async () => {
      const client = await openSession(server.port)
      client.send('no JSON')
      client.send(subscribeMessage('1', 'mutation { add(by: 1) }'))
      expect((await client.closed)[0]).toBe(4400)
      expect(server.numbers.callers).toEqual([])
    })
  })

  it('has a line in the log for each connection', async () => {
    const lines: string[] = []
    await server.close()
    server = await serveNumbers({}, createLog('debug', { write: (line) => void lines.push(line) }))
    const client = await openSocket(server.port, { headers: { 'x-request-id': 'screen-7' } })
    client.send('no JSON')
    await client.closed
    const closed = () => lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'WebSocket closed')
    await expect.poll(closed).toMatchObject({
      ...{ level: 20, requestId: 'screen-7', route: '/graphql', code: 4400, messages: 1, durationMs: 0 },
    })
  })

  describe('keeps alive', () => {
    it('whoever answers its pings', async () => {
      const client = await openSession(server.port)
      for (const _ of [1, 2, 3]) {
        const pinged = once(client.socket, 'ping')
        server.clock.advance(BEAT_MS)
        await pinged
        client.send({ type: 'ping' })
        await client.take()
      }
      expect(client.socket.readyState).toBe(WebSocket.OPEN)
    })

    it('nobody who is silent from one to the next', async () => {
      const client = await openSession(server.port)
      client.send(subscribeMessage('1', SILENCE))
      await expect.poll(server.numbers.open).toBe(1)
      client.socket.pause()
      server.clock.advance(2 * BEAT_MS)
      await expect.poll(server.numbers.open).toBe(0)
      client.socket.resume()
      expect((await client.closed)[0]).toBe(1006)
    })
  })

  describe('bounds', () => {
    it('the subscriptions on one connection, not its queries', async () => {
      await start({ subscriptionsPerConnectionMax: 1 })
      const client = await openSession(server.port)
      client.send(subscribeMessage('1', SILENCE))
      client.send(subscribeMessage('2', SILENCE))
      expect(await client.take()).toEqual(errorOf('2', 'OVERLOADED'))
      client.send(subscribeMessage('3', '{ hello }'))
      expect([await client.take(), await client.take()]).toMatchObject([{ type: 'next' }, complete('3')])
      client.send(complete('1'))
      await expect.poll(server.numbers.open).toBe(0)
      client.send(subscribeMessage('4', numbersUpTo(1)))
      expect(await client.take()).toMatchObject({ id: '4', type: 'next' })
    })

    it('the subscriptions in all', async () => {
      await start({ subscriptionsMax: 1 })
      const [one, other] = [await openSession(server.port), await openSession(server.port)]
      one.send(subscribeMessage('1', SILENCE))
      await expect.poll(server.numbers.open).toBe(1)
      other.send(subscribeMessage('1', SILENCE))
      expect(await other.take()).toEqual(errorOf('1', 'OVERLOADED'))
    })

    it('the connections: one more is refused before it is open, and there is room when one has left', async () => {
      await start({ connectionsMax: 1 })
      const first = await openSession(server.port)
      const refused = await answerTo({})
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
      expect(refused.body).toEqual({ errors: [{ message: expect.any(String), extensions: { code: 'OVERLOADED' } }] })
      first.socket.close()
      await first.closed
      await openSession(server.port)
    })

    it('what one client has in work: the rest waits on the network', async () => {
      const client = await openSession(server.port)
      const large = `{ held } #${'x'.repeat(20_000)}`
      for (let id = 1; id <= 300; id += 1) client.send(subscribeMessage(String(id), large))
      await expect.poll(server.numbers.open).toBeGreaterThanOrEqual(200)
      const other = await openSession(server.port)
      for (const id of ['1', '2', '3']) {
        other.send(subscribeMessage(id, '{ hello }'))
        expect([await other.take(), await other.take()]).toMatchObject([{ type: 'next' }, complete(id)])
      }
      // What has come in one piece with the last message that was taken is taken too.
      expect(server.numbers.open()).toBeLessThan(210)
      server.numbers.release()
      for (let answers = 0; answers < 600; answers += 1) await client.take()
    })
  })

  const answerTo = async (headers: Record<string, string>, path = '/graphql') => {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
    const sent = request(`${server.url}${path}`, {
      headers: { ...upgrade, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers },
    })
    const answered = once(sent, 'response')
    sent.end()
    const [answer] = await answered
    return { status: answer.statusCode, headers: answer.headers, body: await json(answer) }
  }

  describe('lets in', () => {
    it('nobody at another path', async () => {
      expect(await answerTo({}, '/grpahql')).toMatchObject({
        status: 404,
        body: { errors: [{ extensions: { code: 'NOT_FOUND' } }] },
      })
    })

    it('no page of another host', async () => {
      expect(await answerTo({ origin: 'http://evil.example' })).toMatchObject({
        status: 403,
        body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
      })
    })

    it('a page of its own, and one that the operator named', async () => {
      await start({ pageOrigins: ['https://shop.example'] })
      for (const origin of [server.url, 'https://shop.example']) {
        const client = await openSocket(server.port, { headers: { origin } })
        client.send({ type: 'connection_init' })
        expect(await client.take()).toEqual({ type: 'connection_ack' })
      }
    })

    it('a client that offers HTTP/2 with its request, as if it had not', async () => {
      const offer = { upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' }
      expect(await answerTo(offer, '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } })
      expect(await answerTo(offer)).toMatchObject({ status: 200, body: { data: { hello: 'plainly' } } })
    })
  })
})
