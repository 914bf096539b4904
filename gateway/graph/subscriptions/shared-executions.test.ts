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

  it('are there for a member that comes later to a message', async () => {
    const { executed, execute } = counting()
    const shared = new SharedExecutions<object>()
    const [ahead, behind] = [shared.join('key', execute), shared.join('key', execute)]
    const messages = Array.from({ length: 1_000 }, (_, number) => written(number))
    const results = await Promise.all(messages.map((message) => ahead.take(message)))
    expect(await Promise.all(messages.map((message) => behind.take(message)))).toEqual(results)
    expect(executed).toHaveLength(1_000)
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
    expect(shared.groups).toBe(0)
  })
})
