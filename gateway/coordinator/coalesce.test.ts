import { describe, expect, test } from 'vitest'
import type { CommitRequest, FenceRequest, Participant, PlanDigest } from '../../schema/participant.ts'
import type { TransactionId } from '../../schema/record.ts'
import { openChannel, type Wire } from './coalesce.ts'

const id = (name: string) => name as TransactionId
const commit = (name: string): CommitRequest => ({ id: id(name), leftOut: [] })
const fence = (name: string): FenceRequest => ({ id: id(name), plan: 'p' as PlanDigest, participants: ['CRM'] })

/** The wire alone: what arrives is written down, and answers come as told. */
const setUp = (carryOut: Participant['commit'] = (requests) => requests.map(async () => {})) => {
  const arrived: (readonly [string, readonly string[]])[] = []
  const deferred: (() => void)[] = []
  const wire: Wire = {
    commit(requests) {
      arrived.push(['commit', requests.map((request) => request.id)])
      return carryOut(requests)
    },
    abort(ids) {
      arrived.push(['abort', ids])
      return ids.map(async () => {})
    },
    fence(requests) {
      arrived.push(['fence', requests.map((request) => request.id)])
      return requests.map(async () => ({ state: 'PREPARED' as const }))
    },
    prepare: () => [],
    check: () => [],
  }
  const channel = openChannel(wire, (send) => deferred.push(send))
  const turn = () => {
    for (const send of deferred.splice(0)) send()
  }
  return { channel, turn, arrived, deferred }
}

describe('a channel', () => {
  test('sends what is asked in one turn as one vector of each kind, commits first', async () => {
    const { channel, turn, arrived } = setUp()
    const answers = [
      channel.fence(fence('a')),
      channel.commit(commit('b')),
      channel.fence(fence('c')),
      channel.abort(id('d')),
    ]
    expect(arrived).toEqual([])
    turn()
    await Promise.all(answers)
    expect(arrived).toEqual([
      ['commit', ['b']],
      ['abort', ['d']],
      ['fence', ['a', 'c']],
    ])
  })

  test('sends what is asked later in another turn, and nothing twice', async () => {
    const { channel, turn, arrived, deferred } = setUp()
    channel.commit(commit('a'))
    turn()
    channel.commit(commit('b'))
    expect(deferred.length).toBe(1)
    turn()
    expect(arrived).toEqual([
      ['commit', ['a']],
      ['commit', ['b']],
    ])
  })

  test('gives each its own answer: one that fails leaves its neighbours', async () => {
    const { channel, turn } = setUp((requests) =>
      requests.map(async (one) => {
        if (one.id === 'bad') throw new Error('no such row')
      }),
    )
    const answers = [channel.commit(commit('good')), channel.commit(commit('bad')), channel.commit(commit('fine'))]
    turn()
    const results = await Promise.allSettled(answers)
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test.each<[string, Participant['commit']]>([
    [
      'throws',
      () => {
        throw new Error('closed')
      },
    ],
    ['leaves an answer out', () => []],
  ])('gives no answer where the participant %s', async (_name, carryOut) => {
    const { channel, turn } = setUp(carryOut)
    const answer = channel.commit(commit('a'))
    turn()
    await expect(answer).rejects.toThrow()
  })
})
