import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { EventSource } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../../../schema/process/log.ts'
import { BEAT_MS } from '../beat.ts'
import { type NumbersServer, serveNumbers } from '../numbers.fixture.ts'

const EVENTS = { accept: 'text/event-stream' }
const JSON_BODY = { 'content-type': 'application/json' }
const SILENCE = 'subscription { silence { value } }'
const numbersUpTo = (upTo: number) => `subscription { numbers(upTo: ${upTo}) { value } }`
const failure = (code: string) => ({ errors: [{ message: expect.any(String), extensions: { code } }] })
const event = (name: string, data: unknown, id?: string) =>
  `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
const COMPLETE = 'event: complete\ndata:\n\n'

describe('GraphQL over server-sent events', () => {
  let server: NumbersServer
  const start = async (settings: Parameters<typeof serveNumbers>[0]) => {
    await server.close()
    server = await serveNumbers(settings)
  }
  const post = (query: string, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${server.url}/graphql/stream`, {
      ...{ method: 'POST', headers: { ...EVENTS, ...JSON_BODY, ...headers }, body: JSON.stringify({ query }) },
      ...(signal === undefined ? {} : { signal }),
    })
  const addressOf = (parameters: Record<string, string>) =>
    `${server.url}/graphql/stream?${new URLSearchParams(parameters)}`
  const get = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(addressOf(parameters), { headers: { ...EVENTS, ...headers } })

  beforeEach(async () => {
    server = await serveNumbers()
  })
  afterEach(() => server[Symbol.asyncDispose]())

  describe('an answer', () => {
    it('is a stream that nobody on the way keeps back', async () => {
      const { status, headers } = await post('{ hello }', { 'x-request-id': 'order-42' })
      expect(status).toBe(200)
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        'x-request-id': 'order-42',
      })
    })

    it.each([
      ['a query', '{ hello }', { data: { hello: 'Hello, world!' } }],
      ['a mutation', 'mutation { add(by: 3) }', { data: { add: 3 } }],
    ])('to %s is one result, and its end', async (_case, query, result) => {
      expect(await (await post(query)).text()).toBe(`:\n\n${event('next', result)}${COMPLETE}`)
    })

    it('to a subscription is every result under its cursor, and the end', async () => {
      expect(await (await post(numbersUpTo(2))).text()).toBe(
        `:\n\n${event('next', { data: { numbers: { value: 1 } } }, '1')}${event('next', { data: { numbers: { value: 2 } } }, '2')}${COMPLETE}`,
      )
    })

    it('begins before there is a result', async () => {
      const leave = new AbortController()
      const answer = await post(SILENCE, {}, leave.signal)
      expect(answer.status).toBe(200)
      leave.abort()
    })

    it('tells of what ended a subscription from inside, under the cursor to go on from', async () => {
      const text = await (await post('subscription broken { broken { value } }')).text()
      expect(text).toContain('event: next\nid: 7\ndata: {"errors":[')
      expect(text.endsWith(COMPLETE)).toBe(true)
    })

    it('goes on after the last event that the client has got', async () => {
      const text = await (await post(numbersUpTo(3), { 'last-event-id': '2' })).text()
      expect(text).toBe(`:\n\n${event('next', { data: { numbers: { value: 3 } } }, '3')}${COMPLETE}`)
    })

    it('starts where the operation says when the client has got no event yet', async () => {
      await (await post('{ hello }', { 'last-event-id': '' })).text()
      expect(server.numbers.callers).toEqual([{ actor: null, resumeAfter: null }])
    })
  })

  describe('GET', () => {
    it('takes all from the address', async () => {
      const query = 'query a($name: String) { hello(name: $name) } query b { held }'
      const answer = await get({ query, operationName: 'a', variables: '{"name":"Ada"}', extensions: '{}' })
      expect(await answer.text()).toContain('Hello, Ada!')
    })

    it('never changes anything', async () => {
      const answer = await get({ query: 'mutation { add(by: 1) }' })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
      expect(await answer.json()).toEqual(failure('BAD_REQUEST'))
      const named = await get({ query: 'query a { hello } mutation b { add(by: 1) }', operationName: 'b' })
      expect(named.status).toBe(405)
      expect(server.numbers.sum()).toBe(0)
    })

    it('serves a browser, which comes back by itself with what it has got last', async () => {
      const query = 'subscription { numbers(upTo: 2, thenWait: true) { value } }'
      const source = new EventSource(addressOf({ query }), { node: { reconnectionTime: 10 } })
      const seen: string[] = []
      const complete = Promise.withResolvers<void>()
      source.addEventListener('next', (message) => seen.push((message as MessageEvent).lastEventId))
      source.addEventListener('complete', () => complete.resolve())
      await expect.poll(() => seen).toEqual(['1', '2'])
      await server.close()
      server = await serveNumbers({ port: server.port })
      await expect.poll(() => server.numbers.callers).toEqual([{ actor: null, resumeAfter: '2' }])
      source.close()
    })

    it('tells a browser of the end, so that it need not come back', async () => {
      const source = new EventSource(addressOf({ query: numbersUpTo(1) }))
      const [message] = await once(source, 'complete')
      source.close()
      expect((message as MessageEvent).data).toBe('')
    })
  })

  describe('an operation that is refused', () => {
    it('is a result, for who reads nothing but events', async () => {
      const text = await (await post('{ goodbye }')).text()
      expect(text).toMatch(/^:\n\nevent: next\ndata: \{"errors":\[\{"message":"Cannot query field/)
      expect(text.endsWith(COMPLETE)).toBe(true)
    })

    it.each([
      ['application/json', 'application/json; charset=utf-8'],
      ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    ])('is status 400 for who reads %s as well', async (accept, type) => {
      const answer = await post('{ goodbye }', { accept: `text/event-stream, ${accept};q=0.9` })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([400, type])
      expect(await answer.json()).toMatchObject({ errors: [{ message: expect.stringContaining('goodbye') }] })
    })
  })

  describe('refuses', () => {
    const body = JSON.stringify({ query: '{ hello }' })
    it.each([
      ['who does not ask for events', { ...JSON_BODY, accept: '*/*' }, body, 406, 'NOT_ACCEPTABLE'],
      [
        'a form that another site could have sent',
        { ...EVENTS, 'content-type': 'text/plain' },
        body,
        415,
        'UNSUPPORTED_MEDIA_TYPE',
      ],
      ['a body that is no JSON', { ...EVENTS, ...JSON_BODY }, '{"query"', 400, 'BAD_REQUEST'],
      ['a body that is no request', { ...EVENTS, ...JSON_BODY }, '[]', 400, 'BAD_REQUEST'],
      [
        'a query nested without end',
        { ...EVENTS, ...JSON_BODY },
        JSON.stringify({ query: '{ hello '.repeat(1_000) }),
        400,
        'BAD_REQUEST',
      ],
      [
        'the single connection mode',
        { ...EVENTS, ...JSON_BODY, 'x-graphql-event-stream-token': 't' },
        body,
        400,
        'BAD_REQUEST',
      ],
    ])('%s', async (_case, headers, text, status, code) => {
      const answer = await fetch(`${server.url}/graphql/stream`, { method: 'POST', headers, body: text })
      expect(answer.status).toBe(status)
      expect(await answer.json()).toEqual(failure(code))
      expect(server.numbers.callers).toEqual([])
    })

    it.each(['PUT', 'DELETE'])('a reservation by %s, of the single connection mode', async (method) => {
      const answer = await fetch(`${server.url}/graphql/stream`, { method })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST, OPTIONS'])
      expect(await answer.json()).toMatchObject({ errors: [{ message: expect.stringContaining('single connection') }] })
    })

    it('to run anything for a HEAD', async () => {
      const answer = await fetch(addressOf({ query: '{ hello }' }), { method: 'HEAD', headers: EVENTS })
      expect(answer.status).toBe(405)
      expect(server.numbers.callers).toEqual([])
    })

    it.each([
      ['named by its origin', { origin: 'http://evil.example' }],
      ['told by the browser', { 'sec-fetch-site': 'cross-site' }],
    ])('a GET of a page of another host, %s', async (_case, headers) => {
      const sent = httpRequest(addressOf({ query: '{ hello }' }), { headers: { ...EVENTS, ...headers } })
      const answered = once(sent, 'response')
      sent.end()
      const [answer] = await answered
      answer.resume()
      expect(answer.statusCode).toBe(403)
      expect(server.numbers.callers).toEqual([])
    })

    it('what is in the address of a POST, which a form can send', async () => {
      const answer = await fetch(addressOf({ query: '{ hello }' }), { method: 'POST', headers: EVENTS })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toEqual(failure('BAD_REQUEST'))
    })

    it('another connection where there are as many as there may be, until one has left', async () => {
      await start({ connectionsMax: 1 })
      const leave = new AbortController()
      await post(SILENCE, {}, leave.signal)
      const refused = await post('{ hello }')
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await refused.json()).toEqual(failure('OVERLOADED'))
      leave.abort()
      await expect.poll(async () => (await post('{ hello }')).status).toBe(200)
    })

    it('another subscription where there are as many as there may be, not a query', async () => {
      await start({ subscriptionsMax: 1 })
      const leave = new AbortController()
      await post(SILENCE, {}, leave.signal)
      const refused = await post(SILENCE)
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await refused.json()).toEqual(failure('OVERLOADED'))
      expect((await post('{ hello }')).status).toBe(200)
      leave.abort()
    })
  })

  describe('a connection', () => {
    it('ends its operation when the client leaves', async () => {
      const leave = new AbortController()
      await post(SILENCE, {}, leave.signal)
      await expect.poll(server.numbers.open).toBe(1)
      leave.abort()
      await expect.poll(server.numbers.open).toBe(0)
    })

    it('carries a comment now and then, for who is in between', async () => {
      const answer = await post(SILENCE)
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
      expect((await reader?.read())?.value).toBe(':\n\n')
      server.clock.advance(BEAT_MS)
      expect((await reader?.read())?.value).toBe(':\n\n')
      await reader?.cancel()
    })

    it('has its line in the log, whoever ends it', async () => {
      const lines: string[] = []
      await server.close()
      server = await serveNumbers({}, createLog('debug', { write: (line) => void lines.push(line) }))
      const leave = new AbortController()
      await (await post('{ hello }')).text()
      await post(SILENCE, {}, leave.signal)
      leave.abort()
      const streams = () => lines.map((line) => JSON.parse(line)).filter(({ route }) => route === '/graphql/stream')
      await expect.poll(streams).toMatchObject([
        { level: 20, method: 'POST', status: 200, durationMs: expect.any(Number), msg: 'request answered' },
        { level: 20, method: 'POST', status: 200, durationMs: expect.any(Number), msg: 'client left' },
      ])
    })

    it('leaves no timer behind', async () => {
      await (await post('{ hello }')).text()
      await expect.poll(server.clock.armed).toBe(0)
    })
  })
})
