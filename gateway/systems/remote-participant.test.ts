import fastify, { type FastifyInstance, type RouteHandlerMethod } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import type { PlanDigest, PrepareRequest } from '../../schema/participant.ts'
import { connectTo, type Peer } from '../../schema/process/http/peer.ts'
import type { TransactionId } from '../../schema/record.ts'
import { NoAnswer } from './calls.ts'
import { remoteParticipant } from './remote-participant.ts'

const NOW = 1_000_000
const ids = ['a', 'b', 'c'].map((id) => id as TransactionId)

const request = (id: string, deadline: number): PrepareRequest => ({
  ...{ id: id as TransactionId, plan: 'plan' as string as PlanDigest, participants: ['ERP'], mapSet: 'maps' },
  ...{ origin: 'GRAPH', actor: null, startedAt: NOW, age: { at: NOW, id: id as TransactionId }, deadline },
  ...{ idempotency: null, subject: null, writes: [], refusals: [] },
})

/** Whether each is settled already, and how. */
const standOf = (promises: readonly Promise<unknown>[]) =>
  Promise.all(
    promises.map((promise) =>
      Promise.race([
        promise.then(
          (value) => ({ value }),
          () => 'rejected',
        ),
        Promise.resolve('open'),
      ]),
    ),
  )

describe('a participant in another process', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  const commits = ids.map((id) => ({ id, leftOut: [] }))

  async function participantOf(handler: RouteHandlerMethod, more: { readonly callTimeoutMs?: number } = {}) {
    const server: FastifyInstance = fastify({ forceCloseConnections: true })
    server.post('/erp/participant', handler)
    const url = await server.listen({ host: '127.0.0.1', port: 0 })
    const peers: Peer[] = [connectTo(url, 'token'), connectTo(url, 'token')]
    closing.push(...peers.map((peer) => peer.close), () => server.close())
    const [peer, endingPeer] = peers
    if (peer === undefined || endingPeer === undefined) throw new TypeError('no peers')
    return remoteParticipant({
      ...{ system: 'ERP', peer, endingPeer, tables: 'the tables', callTimeoutMs: 5_000, now: () => NOW },
      ...more,
    })
  }

  it('says what each call is, and which tables it was built for', async () => {
    const seen: unknown[] = []
    const participant = await participantOf(async ({ headers, body }) => {
      seen.push([headers['lockstep-tables'], body])
      return '{"index":0,"ok":[]}\n'
    })
    expect(await participant.look({ by: 'IDEMPOTENCY_KEY', key: 'k' })).toEqual([])
    expect(seen).toEqual([['the tables', { call: 'look', arguments: { by: 'IDEMPOTENCY_KEY', key: 'k' } }]])
  })

  it('settles each element as soon as its line comes, whatever the others wait for', async () => {
    const rest = Promise.withResolvers<string>()
    const participant = await participantOf((_request, reply) => {
      reply.hijack()
      reply.raw.write('{"index":2,"ok":null}\n{"index":0,"error":"NO_ANSWER"}\n')
      void rest.promise.then((text) => reply.raw.end(text))
    })
    const answers = participant.commit(commits)
    await answers[2]
    await expect(answers[0]).rejects.toThrow(NoAnswer)
    expect((await standOf(answers))[1]).toBe('open')
    rest.resolve('{"index":1,"ok":null}\n')
    await answers[1]
  })

  it.each([
    ['ends early', '{"index":0,"ok":null}\n'],
    ['ends in the middle of a line', '{"index":0,"ok":null}\n{"index":1,"ok":null}'],
    ['is not JSON further on', '{"index":0,"ok":null}\nnonsense\n{"index":1,"ok":null}\n'],
    ['speaks of what was not asked', '{"index":0,"ok":null}\n{"index":7,"ok":null}\n'],
    ['is malformed in one line', '{"index":0,"ok":null}\n{"index":1,"ok":"yes"}\n'],
  ])('believes what it was told before an answer that %s', async (_case, text) => {
    const participant = await participantOf(async () => text)
    const answers = participant.commit(commits.slice(0, 2))
    expect(await Promise.allSettled(answers)).toEqual([
      { status: 'fulfilled', value: undefined },
      { status: 'rejected', reason: expect.any(NoAnswer) },
    ])
  })

  it.each([
    ['a vote', { vote: 'MAYBE' }],
    [
      'a vote that leaves out half a member',
      { vote: 'YES', state: 'PREPARED', leftOut: { members: [0.5], violations: [] } },
    ],
    ['a vote with something more', { vote: 'YES', state: 'PREPARED', truly: true }],
    ['nothing', null],
  ])('does not believe %s that is none', async (_case, ok) => {
    const participant = await participantOf(async () => `${JSON.stringify({ index: 0, ok })}\n`)
    const [vote] = participant.prepare([request('a', NOW + 1_000)])
    await expect(vote).rejects.toThrow('malformed')
  })

  it('has no answer from a system that refuses the call as such, and says with which status', async () => {
    const participant = await participantOf(async (_request, reply) => reply.code(409).send({}))
    const refused = await participant.describe().catch((error: unknown) => error)
    expect(refused).toMatchObject({ name: 'NoAnswer', status: 409 })
  })

  it('waits for a vote until the last deadline of the vector and a moment, and for anything else its own time', async () => {
    const participant = await participantOf(() => new Promise(() => undefined), { callTimeoutMs: 50 })
    await expect(participant.look({ by: 'ID', id: 'a' as TransactionId })).rejects.toThrow(NoAnswer)
    const votes = participant.prepare([request('a', NOW - 60_000), request('b', NOW - 900)])
    expect(await Promise.allSettled(votes)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  })
})
