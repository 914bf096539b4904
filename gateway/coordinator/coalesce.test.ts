import { describe, expect, test } from 'vitest'
import type { FenceRequest, Participant, PlanDigest, TransactionId } from '../../schema/participant.ts'
import { openChannel, type Wire } from './coalesce.ts'

const id = (name: string) => name as TransactionId
const fence = (name: string): FenceRequest => ({ id: id(name), plan: 'p' as PlanDigest, participants: ['CRM'] })

/** The wire alone: what arrives is written down, and answers come as told. */
const setUp = (commit: Participant['commit'] = (ids) => ids.map(async () => {})) => {
  const arrived: (readonly [string, readonly string[]])[] = []
  const deferred: (() => void)[] = []
  const wire: Wire = {
    commit(ids) {
      arrived.push(['commit', ids])
      return commit(ids)
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
      channel.commit(id('b')),
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
    channel.commit(id('a'))
    turn()
    channel.commit(id('b'))
    expect(deferred.length).toBe(1)
    turn()
    expect(arrived).toEqual([
      ['commit', ['a']],
      ['commit', ['b']],
    ])
  })

  test('gives each its own answer: one that fails leaves its neighbours', async () => {
    const { channel, turn } = setUp((ids) =>
      ids.map(async (one) => {
        if (one === 'bad') throw new Error('no such row')
      }),
    )
    const answers = [channel.commit(id('good')), channel.commit(id('bad')), channel.commit(id('fine'))]
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
  ])('gives no answer where the participant %s', async (_name, commit) => {
    const { channel, turn } = setUp(commit)
    const answer = channel.commit(id('a'))
    turn()
    await expect(answer).rejects.toThrow()
  })
})
