import { once } from 'node:events'
import { createClient } from 'graphql-sse'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type NumbersServer, serveNumbers } from './numbers.fixture.ts'

describe('a client that comes to the wrong path', () => {
  let server: NumbersServer
  beforeEach(async () => {
    server = await serveNumbers()
  })
  afterEach(() => server[Symbol.asyncDispose]())

  const ask = (path: string, accept: string, method = 'GET') =>
    fetch(`${server.url}${path}`, { method, headers: { accept } })
  const message = async (answer: Response) => (await answer.json()).errors[0].message

  it.each(['GET', 'POST'])('with %s for an event stream is told where those are', async (method) => {
    const answer = await ask('/graphql', 'text/event-stream', method)
    expect(answer.status).toBe(406)
    expect(await message(answer)).toContain('Server-sent events are at /graphql/stream')
  })

  it('is told so also where it is a real one', async () => {
    const client = createClient({ url: `${server.url}/graphql`, retryAttempts: 0 })
    const answers = client.iterate({ query: 'subscription { silence { value } }' })
    await expect(answers.next()).rejects.toMatchObject({ response: { status: 406 } })
    client.dispose()
  })

  it.each(['text/event-stream, application/json', 'text/event-stream, */*', '*/*', 'text/event-stream;q=0, */*'])(
    'and takes %s gets JSON where the answer is JSON',
    async (accept) => {
      expect(await (await ask('/graphql?query={hello}', accept)).json()).toEqual({ data: { hello: 'plainly' } })
    },
  )

  it('with a WebSocket is told where those are opened', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql/stream`, 'graphql-transport-ws')
    socket.on('error', () => undefined)
    const [, answer] = await once(socket, 'unexpected-response')
    let text = ''
    for await (const part of answer) text += part
    expect([answer.statusCode, JSON.parse(text).errors[0].message]).toEqual([
      400,
      expect.stringContaining('A WebSocket is opened at /graphql.'),
    ])
  })

  it.each(['/graphql', '/graphql/stream'])('and asks what it may do at %s is told so', async (path) => {
    const answer = await ask(path, '*/*', 'OPTIONS')
    expect([answer.status, answer.headers.get('allow'), await answer.text()]).toEqual([204, 'GET, POST, OPTIONS', ''])
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})
