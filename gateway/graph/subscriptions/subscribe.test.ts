import { describe, expect, it } from 'vitest'
import { StoreFailed } from '../../../schema/process/store-faults.ts'
import { changeMessage, changeOf } from '../../../test/graph/sample-feed.ts'
import { customerId } from '../../../test/graph/sample-graph.ts'
import { FeedRefused } from '../../changes/feed/feed.ts'
import { Silence } from '../../coordinator/silence.ts'
import { startOperations, written } from './operations.fixture.ts'

const change = (cursor: string, number = 1) => changeMessage(cursor, changeOf('Customer', customerId(number)))

const CUSTOMER = `subscription Follow($after: String) {
  customerChanged(after: $after) { cursor ... on CustomerChange { customer { name taxGroup group { title } } } }
}`
const shownCustomer = (cursor: string, number = 1) => ({
  data: {
    customerChanged: { cursor, customer: { name: `Customer ${number}`, taxGroup: 'FULL', group: { title: 'Retail' } } },
  },
})

describe('a subscription', () => {
  it('gives a result for each message of the feed, with its cursor, in the caller’s own selection', async () => {
    const { feed, follow } = await startOperations()
    const { results, first } = await follow({ query: CUSTOMER })
    feed.publish(change('c1', 1))
    feed.publish(change('c2', 2))
    expect(written(await first)).toEqual({ done: false, value: { result: shownCustomer('c1', 1), cursor: 'c1' } })
    expect(written(await results.next())).toEqual({
      done: false,
      value: { result: shownCustomer('c2', 2), cursor: 'c2' },
    })
  })

  it('asks the feed for what its arguments say', async () => {
    const { feed, follow } = await startOperations()
    await follow({
      query:
        'subscription ($o: [ChangeOperation!]) { customerChanged(company: "USMF", filter: {operations: $o}, from: HEAD) { cursor } }',
      variables: { o: ['DELETE'] },
    })
    expect(feed.requests).toEqual([
      {
        from: 'OLDEST',
        snapshot: false,
        filter: expect.objectContaining({ entities: ['Customer'], companies: ['usmf'], operations: ['DELETE'] }),
      },
    ])
  })

  it('goes on where a caller was cut off, whatever its arguments say', async () => {
    const { feed, follow } = await startOperations()
    await follow({ query: CUSTOMER, variables: { after: 'c1' } })
    await follow({ query: CUSTOMER, variables: { after: 'c1' } }, { resumeAfter: 'c9' })
    expect(feed.requests.map(({ from }) => from)).toEqual([{ after: 'c1' }, { after: 'c9' }])
  })

  it('ends with the signal, and leaves nothing behind', async () => {
    const { feed, follow } = await startOperations()
    const { abort, first } = await follow({ query: CUSTOMER })
    expect(feed.subscribers).toBe(1)
    abort.abort()
    expect(await first).toEqual({ done: true, value: undefined })
    expect(feed.subscribers).toBe(0)
  })

  it('ends when its reader does', async () => {
    const { feed, follow } = await startOperations()
    const { results, first } = await follow({ query: CUSTOMER })
    feed.publish(change('c1'))
    await first
    await results.return?.()
    expect(feed.subscribers).toBe(0)
  })

  it('shares one execution with all who select the same, wherever they began', async () => {
    const { feed, follow, fetches } = await startOperations()
    const alone = await follow({ query: CUSTOMER })
    feed.publish(change('c0'))
    await alone.first
    const forOne = [...fetches]
    fetches.length = 0
    alone.abort.abort()

    const followers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => follow({ query: CUSTOMER, variables: { after: `a${index}` } })),
    )
    feed.publish(change('c1'))
    const results = await Promise.all(followers.map(({ first }) => first))
    expect(fetches).toEqual(forOne)
    expect(new Set(results.map(({ value }) => value?.result)).size).toBe(1)
  })

  it('shares nothing with another caller, or with other variables', async () => {
    const { feed, follow, fetches } = await startOperations()
    const query =
      'subscription ($w: Boolean!) { customerChanged { ... on CustomerChange { customer { name @include(if: $w) } } } }'
    const followers = [
      await follow({ query, variables: { w: true } }),
      await follow({ query, variables: { w: false } }),
      await follow({ query, variables: { w: true } }, { actor: 'ben' }),
    ]
    feed.publish(change('c1'))
    const results = await Promise.all(followers.map(async ({ first }) => written((await first).value?.result)))
    const withName = { data: { customerChanged: { customer: { name: 'Customer 1' } } } }
    expect(results).toEqual([withName, { data: { customerChanged: { customer: {} } } }, withName])
    expect(fetches.filter((subgraph) => subgraph === 'unified')).toHaveLength(3)
  })

  it('takes the defaults of variables that are left out', async () => {
    const { feed, follow } = await startOperations()
    const { first } = await follow({
      query: `subscription ($w: Boolean! = true, $from: ChangeStart = HEAD) {
        customerChanged(from: $from) { ... on CustomerChange { customer { name @include(if: $w) id @skip(if: $w) } } }
      }`,
    })
    feed.publish(change('c1'))
    expect(written((await first).value?.result)).toEqual({
      data: { customerChanged: { customer: { name: 'Customer 1' } } },
    })
    expect(feed.requests.map(({ from }) => from)).toEqual(['OLDEST'])
  })

  it('goes on after a message that could not be resolved: a system did not answer', async () => {
    const { feed, follow } = await startOperations({ isErpSilent: () => true })
    const query = 'subscription { customerChanged { cursor ... on CustomerChange { customer { name sync } } } }'
    const { results, first } = await follow({ query })
    feed.publish(change('c1'))
    feed.publish({ message: 'Heartbeat', cursor: 'c2' })
    expect(written((await first).value)).toEqual({
      result: {
        data: { customerChanged: { cursor: 'c1', customer: { name: 'Customer 1', sync: null } } },
        errors: [
          {
            message: 'The ERP does not answer.',
            path: ['customerChanged', 'customer', 'sync'],
            extensions: { code: 'SYSTEM_UNAVAILABLE', serviceName: 'unified', retryable: true },
          },
        ],
      },
      cursor: 'c1',
    })
    expect(written((await results.next()).value)).toEqual({
      result: { data: { customerChanged: { cursor: 'c2' } } },
      cursor: 'c2',
    })
  })

  it('gives nobody what could not be resolved once the system answers again: not even to those who shared it', async () => {
    let isAway = true
    const { feed, follow, fetches } = await startOperations({ isErpSilent: () => isAway })
    const query = 'subscription { customerChanged { ... on CustomerChange { customer { name sync } } } }'
    const followers = [await follow({ query }), await follow({ query })]
    const message = change('c1')
    feed.publish(message)
    for (const { first } of followers) {
      expect((await first).value?.result.errors).toMatchObject([{ extensions: { code: 'SYSTEM_UNAVAILABLE' } }])
    }
    expect(fetches.filter((subgraph) => subgraph === 'crm')).toHaveLength(1)
    isAway = false
    feed.publish(message)
    for (const { results } of followers) {
      expect(written((await results.next()).value?.result)).toEqual({
        data: { customerChanged: { customer: { name: 'Customer 1', sync: expect.any(String) } } },
      })
    }
  })

  it('masks what goes wrong inside, for that message', async () => {
    const { feed, follow, lines } = await startOperations()
    const query = 'subscription { c: customerChanged { ... on CustomerChange { customer { broken } } } }'
    const { first } = await follow({ query })
    feed.publish(change('c1'))
    expect(written((await first).value)).toEqual({
      result: {
        data: { c: { customer: { broken: null } } },
        errors: [
          {
            message: 'Something went wrong inside. It has been logged.',
            path: ['c', 'customer', 'broken'],
            extensions: { code: 'INTERNAL_SERVER_ERROR' },
          },
        ],
      },
      cursor: 'c1',
    })
    expect(JSON.stringify(lines)).toContain('SQLITE_IOERR')
  })
})

describe('a subscription that ends by itself says why in its last result', () => {
  it.each([
    [
      new FeedRefused({ code: 'CURSOR_EXPIRED', message: 'too old', cursor: 'c5' }),
      { message: 'too old', extensions: { code: 'CURSOR_EXPIRED', cursor: 'c5' } },
      // Whoever comes back by itself must not skip what is gone.
      null,
    ],
    [
      new FeedRefused({ code: 'CURSOR_INVALID', message: 'no cursor' }),
      { message: 'no cursor', extensions: { code: 'CURSOR_INVALID' } },
      null,
    ],
    [
      new FeedRefused({ code: 'SLOW_CONSUMER', message: 'too slow', cursor: 'c1' }),
      { message: 'too slow', extensions: { code: 'SLOW_CONSUMER', cursor: 'c1' } },
      'c1',
    ],
    [
      new StoreFailed('SQLITE_IOERR'),
      {
        message: 'The change stream does not answer. Try again.',
        extensions: { code: 'SYSTEM_UNAVAILABLE', retryable: true },
      },
      null,
    ],
    [
      new Silence('The snapshot waited in vain.'),
      { message: 'The snapshot waited in vain.', extensions: { code: 'SYSTEM_UNAVAILABLE', retryable: true } },
      null,
    ],
    [
      new Error('a secret'),
      {
        message: 'Something went wrong inside. It has been logged.',
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      },
      null,
    ],
  ])('%s', async (failure, error, cursor) => {
    const { feed, follow } = await startOperations()
    const { results, first } = await follow({ query: CUSTOMER })
    feed.fail(failure)
    expect(written((await first).value)).toEqual({ result: { errors: [error] }, cursor })
    expect(await results.next()).toEqual({ done: true, value: undefined })
  })

  it('with the cursor of the last message that it gave', async () => {
    const { feed, follow } = await startOperations()
    const { results, first } = await follow({ query: CUSTOMER })
    feed.publish(change('c7'))
    await first
    feed.fail(new StoreFailed('SQLITE_IOERR'))
    expect((await results.next()).value).toMatchObject({
      result: { errors: [{ extensions: { code: 'SYSTEM_UNAVAILABLE', retryable: true, cursor: 'c7' } }] },
      cursor: 'c7',
    })
  })
})
