import { createClient as createUrqlClient, subscriptionExchange } from '@urql/core'
import { createClient as createSseClient } from 'graphql-sse'
import { createClient as createWsClient } from 'graphql-ws'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type NumbersServer, serveNumbers } from './numbers.fixture.ts'

const numbersUpTo = (upTo: number, thenWait = false) =>
  `subscription { numbers(upTo: ${upTo}, thenWait: ${thenWait}) { value } }`
const results = (...values: number[]) => values.map((value) => ({ data: { numbers: { value } } }))
const soon = { retryAttempts: 1_000, shouldRetry: () => true, retryWait: () => Promise.resolve() }

async function all(answers: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for await (const answer of answers) found.push(answer)
  return found
}

describe('real clients', () => {
  let server: NumbersServer
  beforeEach(async () => {
    server = await serveNumbers()
  })
  afterEach(() => server[Symbol.asyncDispose]())

  /** The address stays, as that of a service does whose process is replaced. */
  const restart = async () => {
    await server.close()
    server = await serveNumbers({ port: server.port })
  }

  const clients = {
    'graphql-ws': () =>
      createWsClient({ url: `ws://127.0.0.1:${server.port}/graphql`, webSocketImpl: WebSocket, ...soon }),
    'graphql-sse': () =>
      createSseClient({ url: `${server.url}/graphql/stream`, retryAttempts: 1_000, retry: () => Promise.resolve() }),
  } as const

  describe.each(['graphql-ws', 'graphql-sse'] as const)('%s', (name) => {
    let client: ReturnType<(typeof clients)[typeof name]>
    beforeEach(() => {
      client = clients[name]()
    })
    afterEach(async () => {
      await client.dispose()
    })

    it.each([
      ['a query', 'query ($name: String) { hello(name: $name) }', { hello: 'Hello, Ada!' }],
      ['a mutation', 'mutation { add(by: 4) }', { add: 4 }],
    ])('gets the answer to %s', async (_case, query, data) => {
      const answers = client.iterate({ query, variables: { name: 'Ada' } })
      expect(await all(answers)).toEqual([{ data }])
    })

    it('gets every result of a subscription, in order, and its end', async () => {
      const answers = client.iterate({ query: numbersUpTo(1_000) })
      expect(await all(answers)).toEqual(results(...Array.from({ length: 1_000 }, (_, index) => index + 1)))
    })

    it('is told why an operation is refused', async () => {
      const answers = client.iterate({ query: '{ goodbye }' })
      const message = await all(answers).then(
        (answered) => JSON.stringify(answered),
        (reason: unknown) => JSON.stringify(reason),
      )
      expect(message).toContain('Cannot query field')
    })

    it('leaves nothing behind when it has had enough', async () => {
      const answers = client.iterate({ query: numbersUpTo(2, true) })
      expect([await answers.next(), await answers.next()]).toMatchObject([{ done: false }, { done: false }])
      await answers.return?.()
      await expect.poll(server.numbers.open).toBe(0)
    })

    it('comes back by itself when the server is replaced', async () => {
      const answers = client.iterate({ query: numbersUpTo(1, true) })
      expect((await answers.next()).value).toEqual(results(1)[0])
      const again = answers.next()
      await restart()
      expect((await again).value).toEqual(results(1)[0])
      await answers.return?.()
    })
  })

  it('graphql-ws waits for room where there are too many connections, and gets in', async () => {
    await server.close()
    server = await serveNumbers({ connectionsMax: 1 })
    const [first, second] = [clients['graphql-ws'](), clients['graphql-ws']()]
    const held = first.iterate({ query: numbersUpTo(1, true) })
    await held.next()
    const refused = Promise.withResolvers<void>()
    second.on('closed', () => refused.resolve())
    const waiting = second.iterate({ query: numbersUpTo(1) }).next()
    await refused.promise
    await first.dispose()
    expect((await waiting).value).toEqual(results(1)[0])
    await second.dispose()
  })

  it('urql follows a subscription over graphql-ws', async () => {
    const transport = clients['graphql-ws']()
    const urql = createUrqlClient({
      url: `${server.url}/graphql`,
      preferGetMethod: false,
      exchanges: [
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: transport.subscribe(
                { query, variables: variables ?? {} },
                { next: ({ data = null }) => sink.next({ data }), error: sink.error, complete: sink.complete },
              ),
            }),
          }),
        }),
      ],
    })
    const seen: unknown[] = []
    const { unsubscribe } = urql.subscription(numbersUpTo(3, true), {}).subscribe(({ data }) => void seen.push(data))
    await expect.poll(() => seen).toEqual([1, 2, 3].map((value) => ({ numbers: { value } })))
    unsubscribe()
    await expect.poll(server.numbers.open).toBe(0)
    await transport.dispose()
  })
})
