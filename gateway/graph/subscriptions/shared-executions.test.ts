import { describe, expect, it } from 'vitest'
import { changeMessage, changeOf } from '../../../test/graph/sample-feed.ts'
import { customerId } from '../../../test/graph/sample-graph.ts'
import type { FeedMessage } from '../../changes/feed/feed.ts'
import { SharedExecutions } from './shared-executions.ts'

const written = (number: number): FeedMessage => changeMessage(`c${number}`, changeOf('Customer', customerId(number)))

function counting() {
  const executed: string[] = []
  return {
    executed,
    execute: async ({ cursor }: FeedMessage) => {
      executed.push(cursor)
      return { cursor }
    },
  }
}

/** Every result is of ten bytes. */
const sharing = (bytesMax = 1_000_000, isKept = () => true) =>
  new SharedExecutions<object>({ isKept, bytesOf: () => 10, bytesMax })

describe('executions that are shared', () => {
  it('happen once for each message, however many ask', async () => {
    const { executed, execute } = counting()
    const shared = sharing()
    const members = Array.from({ length: 100 }, () => shared.join('key', execute))
    const messages = [1, 2, 3].map(written)
    const results = await Promise.all(messages.flatMap((message) => members.map(({ take }) => take(message))))
    expect(executed).toEqual(['c1', 'c2', 'c3'])
    expect(new Set(results).size).toBe(3)
  })

  it('are those of one key', async () => {
    const { executed, execute } = counting()
    const shared = sharing()
    const message = written(1)
    for (const key of ['ada', 'ben']) await shared.join(key, execute).take(message)
    expect(executed).toEqual(['c1', 'c1'])
  })

  it('are told apart by the message itself, not by what it holds', async () => {
    const { executed, execute } = counting()
    const shared = sharing()
    const [one, other] = [shared.join('key', execute), shared.join('key', execute)]
    await one.take(written(1))
    await other.take(written(1))
    expect(executed).toEqual(['c1', 'c1'])
  })

  it('are there for a member that comes later to a message', async () => {
    const { executed, execute } = counting()
    const shared = sharing()
    const [ahead, behind] = [shared.join('key', execute), shared.join('key', execute)]
    const messages = Array.from({ length: 1_000 }, (_, number) => written(number))
    const results = await Promise.all(messages.map((message) => ahead.take(message)))
    expect(await Promise.all(messages.map((message) => behind.take(message)))).toEqual(results)
    expect(executed).toHaveLength(1_000)
  })

  it('are kept for whoever joins later', async () => {
    const { executed, execute } = counting()
    const shared = sharing()
    const [one, other] = [shared.join('key', execute), shared.join('key', execute)]
    const messages = [1, 2, 3].map(written)
    for (const { take } of [one, other, shared.join('key', execute)]) await Promise.all(messages.map(take))
    expect(executed).toEqual(['c1', 'c2', 'c3'])
    expect(shared.load).toEqual({ groups: 1, results: 3, bytes: 30 })
  })

  it('are kept within a bound, for all groups together: the oldest happens again for whoever comes so late', async () => {
    const { executed, execute } = counting()
    const shared = sharing(30)
    const join = (key: string) => shared.join(key, execute)
    const [one, other, third] = [join('key'), join('key'), join('other'), join('other')]
    const messages = [1, 2, 3].map(written)
    for (const message of messages) await one.take(message)
    await third.take(written(4))
    expect(shared.load).toEqual({ groups: 2, results: 3, bytes: 30 })
    for (const message of messages.toReversed()) await other.take(message)
    expect(executed).toEqual(['c1', 'c2', 'c3', 'c4', 'c1'])
  })

  it('are not kept for one who is alone, but joined while they are under way', async () => {
    const { executed, execute } = counting()
    const shared = sharing()
    const one = shared.join('key', execute)
    const messages = [1, 2].map(written)
    await Promise.all(messages.map(one.take))
    expect(shared.load).toEqual({ groups: 1, results: 0, bytes: 0 })
    const late = written(3)
    const underWay = one.take(late)
    expect(await shared.join('key', execute).take(late)).toBe(await underWay)
    expect(executed).toEqual(['c1', 'c2', 'c3'])
  })

  it.each<FeedMessage>([
    { message: 'Heartbeat', cursor: 'c1' },
    {
      message: 'SnapshotRow',
      cursor: 'c1',
      row: { entity: 'Customer', id: '1', company: null, revision: 1, record: {} },
    },
  ])('are not kept of what only one gets: $message', async (message) => {
    const { execute } = counting()
    const shared = sharing()
    const [one] = [shared.join('key', execute), shared.join('key', execute)]
    await one.take(message)
    expect(shared.load).toEqual({ groups: 1, results: 0, bytes: 0 })
  })

  it('are shared while they are under way, and not kept, where the result is none to keep', async () => {
    const { executed, execute } = counting()
    let isAway = true
    const shared = sharing(1_000_000, () => !isAway)
    const members = Array.from({ length: 3 }, () => shared.join('key', execute))
    const message = written(1)
    await Promise.all(members.map(({ take }) => take(message)))
    expect(executed).toEqual(['c1'])
    expect(shared.load).toEqual({ groups: 1, results: 0, bytes: 0 })
    isAway = false
    for (const { take } of members) await take(message)
    expect(executed).toEqual(['c1', 'c1'])
    expect(shared.load).toEqual({ groups: 1, results: 1, bytes: 10 })
  })

  it('happen again where they failed', async () => {
    const { execute } = counting()
    const shared = sharing()
    let isAway = true
    const failing = (message: FeedMessage) => (isAway ? Promise.reject(new Error('away')) : execute(message))
    const [one, other] = [shared.join('key', failing), shared.join('key', failing)]
    const message = written(1)
    await expect(one.take(message)).rejects.toThrow('away')
    isAway = false
    expect(await other.take(message)).toEqual({ cursor: 'c1' })
  })

  it('leave nothing behind when the last member leaves, who may leave twice', async () => {
    const { execute } = counting()
    const shared = sharing()
    const [one, other] = [shared.join('key', execute), shared.join('key', execute)]
    await one.take(written(1))
    one.leave()
    one.leave()
    expect(shared.load).toEqual({ groups: 1, results: 1, bytes: 10 })
    other.leave()
    expect(shared.load).toEqual({ groups: 0, results: 0, bytes: 0 })
  })
})
