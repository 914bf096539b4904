import fastify, { type RouteHandlerMethod } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import type { NativeOutcome, NativeWrite } from '../../schema/native-write.ts'
import { connectTo } from '../../schema/process/http/peer.ts'
import type { RecordKey } from '../../schema/record.ts'
import { submitToGateways } from './gateways.ts'

const WRITE: NativeWrite = {
  ...{ system: 'CRM', table: 'accounts', operation: 'UPDATE', key: '["usmf","A"]' as RecordKey, set: { name: 'A' } },
  ...{ parts: [], actor: null },
  options: { idempotencyKey: null, expectedRevision: null, timeoutMs: null, dryRun: false },
}
const OUTCOME: NativeOutcome = { key: WRITE.key, transaction: null, errors: [] }

const UNKNOWN = {
  key: WRITE.key,
  transaction: null,
  errors: [expect.objectContaining({ code: 'TIMEOUT', system: 'CRM', table: 'accounts', retryable: false })],
}

describe('a native write on its way to a gateway', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  async function gateway(handler: RouteHandlerMethod): Promise<string> {
    const server = fastify({ forceCloseConnections: true })
    server.post('/internal/submit', handler)
    closing.push(() => server.close())
    return server.listen({ host: '127.0.0.1', port: 0 })
  }

  /** An address at which nobody listens any more. */
  async function nowhere(): Promise<string> {
    const server = fastify()
    const url = await server.listen({ host: '127.0.0.1', port: 0 })
    await server.close()
    return url
  }

  function submitTo(urls: readonly string[], timeoutDefaultMs = 5_000) {
    const gateways = urls.map((url) => connectTo(url, 'token'))
    closing.unshift(...gateways.map((peer) => peer.close))
    const heard: string[] = []
    const onError = (_error: unknown, message: string) => heard.push(message)
    return { submit: submitToGateways({ gateways, timeoutDefaultMs, onError }), heard }
  }

  it('comes back with what the gateway says', async () => {
    const seen: unknown[] = []
    const url = await gateway(async ({ body }) => {
      seen.push(body)
      return OUTCOME
    })
    expect(await submitTo([url]).submit(WRITE)).toEqual(OUTCOME)
    expect(seen).toEqual([WRITE])
  })

  it('goes to the next gateway where one is not there', async () => {
    const { submit, heard } = submitTo([await nowhere(), await gateway(async () => OUTCOME)])
    expect(await submit(WRITE)).toEqual(OUTCOME)
    expect(heard).toEqual(['a gateway could not be reached for a native write'])
  })

  it.each([
    ['drains', 503, 'SYSTEM_UNAVAILABLE'],
    ['has no room', 503, 'OVERLOADED'],
    ['has another token', 401, 'UNAUTHENTICATED'],
  ])('goes to the next gateway where one %s', async (_case, status, code) => {
    const refusal = { errors: [{ message: 'no', extensions: { code } }] }
    const refusing = await gateway(async (_request, reply) => reply.code(status).send(refusal))
    const { submit, heard } = submitTo([refusing, await gateway(async () => OUTCOME)])
    expect(await submit(WRITE)).toEqual(OUTCOME)
    expect(heard).toEqual(['a gateway refused to take a native write'])
  })

  it('is begun nowhere where no gateway is left', async () => {
    await expect(submitTo([await nowhere(), await nowhere()]).submit(WRITE)).rejects.toThrow('no gateway takes')
  })

  describe('is not known to be refused, and goes to no other gateway,', () => {
    const other: RouteHandlerMethod = async () => {
      throw new Error('the write was sent twice')
    }
    const UPSTREAM = { errors: [{ message: 'x', extensions: { code: 'UPSTREAM_TIMEOUT' } }] }
    const INTERNAL = { errors: [{ message: 'x', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }

    it.each<[string, RouteHandlerMethod]>([
      ['where the connection breaks', async (_request, reply) => reply.raw.destroy()],
      ['where the gateway fails', async (_request, reply) => reply.code(500).send(INTERNAL)],
      ['where something on the way answers', async (_request, reply) => reply.code(503).send('upstream reset')],
      ['where something on the way answers like a gateway', async (_request, reply) => reply.code(504).send(UPSTREAM)],
      ['where the answer is malformed', async () => ({ ...OUTCOME, errors: [{ code: 'FENCED' }] })],
    ])('%s', async (_case, handler) => {
      const { submit } = submitTo([await gateway(handler), await gateway(other)])
      expect(await submit(WRITE)).toEqual(UNKNOWN)
    })

    it('where none comes in the time of the write and a moment; under its key it may be sent again', async () => {
      const silent = await gateway(() => new Promise(() => undefined))
      const options = { ...WRITE.options, idempotencyKey: 'k', timeoutMs: 1 }
      expect(await submitTo([silent, await gateway(other)], 60_000).submit({ ...WRITE, options })).toMatchObject({
        errors: [{ code: 'TIMEOUT', retryable: true }],
      })
    })
  })
})
