import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../log.ts'
import { type Admission, createAdmission } from './admission.ts'
import type { Dependency } from './parts.ts'
import { createHttp } from './server.ts'

const BODY_BYTES_MAX = 10_000
const JSON_HEADERS = { 'content-type': 'application/json' }

interface Options {
  readonly admission: Admission
  readonly dependencies: Dependency[]
  /** Resolves the field `held`; called once for each. */
  readonly held: () => Promise<string>
}

async function startServer(options: Options) {
  const apollo = new ApolloServer({
    typeDefs: 'type Query { hello: String, held: String }',
    resolvers: { Query: { hello: () => 'world', held: options.held } },
    includeStacktraceInErrorResponses: false,
  })
  await apollo.start()
  const server = await createHttp({
    config: { bodyBytesMax: BODY_BYTES_MAX },
    log: createLog('silent'),
    admission: options.admission,
    graphs: [
      {
        path: '/graphql',
        handler: fastifyApolloHandler(apollo),
        page: {
          title: 'Test',
          examples: [{ title: 'greet', query: '{ hello }', variables: { name: 'x' } }],
          subscriptions: false,
        },
      },
    ],
    internal: [
      { prefix: '/new', routes: async (scope) => void scope.post('/work', options.held), admitted: true },
      { prefix: '/old', routes: async (scope) => void scope.post('/work', async () => 'done'), admitted: false },
    ],
    dependencies: options.dependencies,
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => server.close() }
}

const failure = (code: string) => ({ errors: [{ message: expect.any(String), extensions: { code } }] })

describe('createHttp', () => {
  let admission: Admission
  let dependencies: Dependency[]
  let working: number
  let release: PromiseWithResolvers<string>
  let server: Awaited<ReturnType<typeof startServer>>
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_HEADERS) =>
    fetch(`${server.url}/graphql`, { method: 'POST', headers, body })
  const query = (text: string) => post(JSON.stringify({ query: text }))

  beforeEach(async () => {
    admission = createAdmission(2)
    dependencies = []
    working = 0
    release = Promise.withResolvers()
    const held = () => {
      working += 1
      return release.promise
    }
    server = await startServer({ admission, dependencies, held })
    admission.open()
  })
  afterEach(async () => {
    release.resolve('released')
    await server.close()
  })

  describe('answers in the shape of GraphQL', () => {
    it('an operation', async () => {
      expect(await (await query('{ hello }')).json()).toEqual({ data: { hello: 'world' } })
    })

    it.each([
      ['a body that is not JSON', '{"query": "{ hel', 400, 'BAD_REQUEST'],
      ['an empty body', '', 400, 'BAD_REQUEST'],
      ['a body that would change the prototype', '{"__proto__": {"x": 1}}', 400, 'BAD_REQUEST'],
      ['JSON that is no request', '[]', 400, 'BAD_REQUEST'],
      ['JSON that is not even an object', '"query"', 400, 'BAD_REQUEST'],
      ['a query nested without end', JSON.stringify({ query: '{ hello '.repeat(1_000) }), 400, 'BAD_REQUEST'],
      ['variables nested without end', `{"variables":${'['.repeat(4_000)}${']'.repeat(4_000)}}`, 400, 'BAD_REQUEST'],
      ['a body above the limit', JSON.stringify({ query: ' '.repeat(BODY_BYTES_MAX) }), 413, 'PAYLOAD_TOO_LARGE'],
    ])('%s', async (_case, body, status, code) => {
      const answer = await post(body)
      expect(answer.status).toBe(status)
      expect(await answer.json()).toMatchObject(failure(code))
    })

    it('another kind of body', async () => {
      const answer = await post('<query/>', { 'content-type': 'application/xml' })
      expect(answer.status).toBe(415)
      expect(await answer.json()).toEqual(failure('UNSUPPORTED_MEDIA_TYPE'))
    })

    it('a form that another site could have sent', async () => {
      const answer = await post('{"query":"{ hello }"}', { 'content-type': 'text/plain' })
      expect(answer.status).toBe(415)
      expect(await answer.json()).toEqual(failure('UNSUPPORTED_MEDIA_TYPE'))
    })

    it('a query in the address that another site could have sent', async () => {
      const answer = await fetch(`${server.url}/graphql?query=${encodeURIComponent('{ hello }')}`)
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject(failure('BAD_REQUEST'))
    })

    it('a method that GraphQL does not have', async () => {
      const answer = await fetch(`${server.url}/graphql`, {
        method: 'DELETE',
        headers: { 'apollo-require-preflight': 'true' },
      })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST'])
    })

    it('an unknown address', async () => {
      const answer = await fetch(`${server.url}/grpahql`)
      expect(answer.status).toBe(404)
      expect(await answer.json()).toEqual(failure('NOT_FOUND'))
    })

    it('an address that is none', async () => {
      const answer = await fetch(`${server.url}/%E0%A4%A`)
      expect(answer.status).toBe(400)
      expect(await answer.json()).toEqual(failure('BAD_REQUEST'))
    })
  })

  describe('a body far above the limit', () => {
    it('is answered, not cut off, when its length is announced', async () => {
      const answer = await post(new Uint8Array(10_000_000))
      expect(answer.status).toBe(413)
      expect(await answer.json()).toEqual(failure('PAYLOAD_TOO_LARGE'))
    })

    it('is answered, not cut off, when it comes in pieces', async () => {
      const request = httpRequest(`${server.url}/graphql`, { method: 'POST', headers: JSON_HEADERS })
      const answered = once(request, 'response')
      for (let piece = 0; piece < 100; piece += 1) request.write(Buffer.alloc(100_000))
      request.end()
      const [answer] = await answered
      expect(answer.statusCode).toBe(413)
      expect(await json(answer)).toEqual(failure('PAYLOAD_TOO_LARGE'))
    })
  })

  describe('request ids', () => {
    const idOf = async (given: string) =>
      (await fetch(`${server.url}/health/live`, { headers: { 'x-request-id': given } })).headers.get('x-request-id')

    it('repeats what the caller sent', async () => {
      expect(await idOf('order-42')).toBe('order-42')
    })

    it('makes one of its own in place of what could spoil a log', async () => {
      expect(await idOf('{"level":60}')).toMatch(/^[0-9a-f-]{36}$/)
    })
  })

  describe('admission', () => {
    it('refuses what is above the limit as OVERLOADED and takes more when there is room', async () => {
      const answers = [query('{ held }'), query('{ held }')]
      await expect.poll(() => working).toBe(2)
      const refused = await query('{ hello }')
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await refused.json()).toEqual(failure('OVERLOADED'))
      release.resolve('released')
      for (const answer of await Promise.all(answers))
        expect(await answer.json()).toEqual({ data: { held: 'released' } })
      await expect.poll(async () => (await query('{ hello }')).status).toBe(200)
    })

    it('finishes what is in flight at a drain, and refuses all else', async () => {
      const answer = query('{ held }')
      await expect.poll(() => working).toBe(1)
      const drained = admission.drain()
      const refused = await query('{ hello }')
      expect([refused.status, refused.headers.get('connection')]).toEqual([503, 'close'])
      expect(await refused.json()).toEqual(failure('SYSTEM_UNAVAILABLE'))
      release.resolve('released')
      expect(await (await answer).json()).toEqual({ data: { held: 'released' } })
      await drained
    })

    it('holds for internal routes that take new work, not for those that help work to its end', async () => {
      const call = (path: string) => fetch(`${server.url}${path}`, { method: 'POST' })
      const answer = call('/new/work')
      await expect.poll(() => working).toBe(1)
      const drained = admission.drain()
      expect((await call('/new/work')).status).toBe(503)
      expect(await (await call('/old/work')).text()).toBe('done')
      release.resolve('released')
      expect(await (await answer).text()).toBe('released')
      await drained
    })

    it('does not wait for a client that went away', async () => {
      const request = httpRequest(`${server.url}/graphql`, { method: 'POST', headers: JSON_HEADERS })
      request.on('error', () => undefined)
      request.end(JSON.stringify({ query: '{ held }' }))
      await expect.poll(() => working).toBe(1)
      request.destroy()
      await admission.drain()
    })
  })

  it('closes without waiting for a connection that was never used', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(socket, 'connect')
    // Answered after the other connection was accepted.
    await query('{ hello }')
    await Promise.all([server.close(), once(socket, 'close')])
  })

  describe('health', () => {
    const ready = async () => {
      const answer = await fetch(`${server.url}/health/ready`)
      return [answer.status, await answer.json()]
    }

    it('is live', async () => {
      expect((await fetch(`${server.url}/health/live`)).status).toBe(200)
    })

    it('is ready when all that it needs answers', async () => {
      dependencies.push({ name: 'the CRM', check: async () => null })
      expect(await ready()).toEqual([200, { status: 'ready' }])
    })

    it('names what does not answer', async () => {
      dependencies.push(
        { name: 'the CRM', check: async () => null },
        { name: 'the ERP', check: () => Promise.reject(new Error('disk I/O error')) },
      )
      expect(await ready()).toEqual([503, { status: 'not ready', reasons: ['the ERP does not answer'] }])
    })

    it('says what is wrong with what does answer', async () => {
      dependencies.push({ name: 'the ERP', check: async () => 'is read-only' })
      expect(await ready()).toEqual([503, { status: 'not ready', reasons: ['the ERP is read-only'] }])
    })

    it('is live but not ready while it drains', async () => {
      void admission.drain()
      expect(await ready()).toEqual([503, { status: 'not ready', reasons: ['the server is shutting down'] }])
      expect((await fetch(`${server.url}/health/live`)).status).toBe(200)
    })
  })

  describe('GraphiQL', () => {
    const page = (headers: Record<string, string> = {}) =>
      fetch(`${server.url}/graphql`, { headers: { accept: 'text/html,application/xhtml+xml', ...headers } })

    it('is what a browser sees, with the examples in it', async () => {
      const answer = await page()
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      const html = await answer.text()
      expect(html).toContain('<title>Test</title>')
      expect(html).toContain('"defaultTabs":[{"query":"{ hello }"')
      expect(html.indexOf('graphiql:variables')).toBeLessThan(html.indexOf('renderYogaGraphiQL'))
    })

    it('names no file of another host, and forbids the browser to load one', async () => {
      const answer = await page()
      const head = (await answer.text()).split('<script>')[0] ?? ''
      const loaded = [...head.matchAll(/(?:src|href)="([^"]*)"|url\(['"]?([^'")]*)|@import\s*['"]?([^'";]*)/g)]
        .map(([, attribute, url, imported]) => attribute ?? url ?? imported ?? '')
        .filter((address) => address !== '')
      expect(loaded.length).toBeGreaterThan(0)
      for (const address of loaded) expect(address).toMatch(/^data:/)
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toMatch(/https?:|\*/)
    })

    it('is small on the wire', async () => {
      const answer = await page({ 'accept-encoding': 'gzip' })
      expect(answer.headers.get('content-encoding')).toBe('gzip')
      expect(await answer.text()).toContain('<title>Test</title>')
    })

    it('leaves GraphQL over GET alone', async () => {
      const address = `${server.url}/graphql?query=${encodeURIComponent('{ hello }')}`
      const answer = await fetch(address, { headers: { 'apollo-require-preflight': 'true' } })
      expect(await answer.json()).toEqual({ data: { hello: 'world' } })
    })
  })
})
