import { describe, expect, it } from 'vitest'
import { changeMessage, changeOf } from '../../../test/graph/sample-feed.ts'
import { customerId } from '../../../test/graph/sample-graph.ts'
import { sampleMapSet } from '../../../test/graph/sample-maps.ts'
import type { FeedMessage } from '../../changes/feed/feed.ts'
import { readChangeFilter } from '../unified/change-filter.ts'
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

describe('executions that are shared', () => {
  it('happen once for each message, however many ask', async () => {
    const { executed, execute } = counting()
    const shared = new SharedExecutions<object>()
    const members = Array.from({ length: 100 }, () => shared.join('key', execute))
    const messages = [1, 2, 3].map(written)
    const results = await Promise.all(messages.flatMap((message) => members.map(({ take }) => take(message))))
    expect(executed).toEqual(['c1', 'c2', 'c3'])
    expect(new Set(results).size).toBe(3)
  })

  it('are those of one key', async () => {
    const { executed, execute } = counting()
    const shared = new SharedExecutions<object>()
    const message = written(1)
    for (const key of ['ada', 'ben']) await shared.join(key, execute).take(message)
    expect(executed).toEqual(['c1', 'c1'])
  })

  it('are told apart by the message itself, not by what it holds', async () => {
    const { executed, execute } = counting()
    const shared = new SharedExecutions<object>()
    const [one, other] = [shared.join('key', execute), shared.join('key', execute)]
    await one.take(written(1))
    await other.take(written(1))
    expect(executed).toEqual(['c1', 'c1'])
  })

  it('are kept until every member has taken them', async () => {
    const { execute } = counting()
    const shared = new SharedExecutions<object>()
    const [one, other] = [shared.join('key', execute), shared.join('key', execute)]
    const message = written(1)
    await one.take(message)
    expect(shared.kept).toBe(1)
    await other.take(message)
    expect(shared.kept).toBe(0)
  })

  it('are not kept for one member alone', async () => {
    const { execute } = counting()
    const shared = new SharedExecutions<object>()
    await shared.join('key', execute).take(written(1))
    expect(shared.kept).toBe(0)
  })

  it('are kept in a bounded number for a member that is behind, which works out the others once more', async () => {
    const { executed, execute } = counting()
    const shared = new SharedExecutions<object>()
    const [ahead, behind] = [shared.join('key', execute), shared.join('key', execute)]
    const messages = Array.from({ length: 1_000 }, (_, number) => written(number))
    for (const message of messages) await ahead.take(message)
    expect(shared.kept).toBe(64)
    for (const message of messages) await behind.take(message)
    expect(executed.length).toBeLessThanOrEqual(2_000)
    expect(shared.kept).toBeLessThanOrEqual(64)
  })

  it('are of committed writes: a message of one subscriber alone is worked out for that one', async () => {
    const { executed, execute } = counting()
    const shared = new SharedExecutions<object>()
    const [one] = [shared.join('key', execute), shared.join('key', execute)]
    await one.take({ message: 'StreamOpened', cursor: 'c0', filter: readChangeFilter(sampleMapSet, {}) })
    await one.take({ message: 'Heartbeat', cursor: 'c1' })
    expect(executed).toEqual(['c0', 'c1'])
    expect(shared.kept).toBe(0)
  })

  it('leave nothing behind when the last member leaves, who may leave twice', async () => {
    const { execute } = counting()
    const shared = new SharedExecutions<object>()
    const [one, other] = [shared.join('key', execute), shared.join('key', execute)]
    await one.take(written(1))
    one.leave()
    one.leave()
    expect(shared.groups).toBe(1)
    other.leave()
    expect([shared.groups, shared.kept]).toEqual([0, 0])
  })
})
