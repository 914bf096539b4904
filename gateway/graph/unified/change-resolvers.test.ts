import { describe, expect, it } from 'vitest'
import type { RecordKey } from '../../../schema/record.ts'
import { changeMessage, changeOf, createSampleFeed } from '../../../test/graph/sample-feed.ts'
import { customerId } from '../../../test/graph/sample-graph.ts'
import { runUnified } from '../../../test/graph/sample-unified.ts'
import type { FeedMessage } from '../../changes/feed/feed.ts'
import { FeedRefused } from '../../changes/feed/feed.ts'

const HELD = ['["usmf","C-1"]' as RecordKey]
const change = changeOf('Customer', customerId(1), { actor: 'ada', at: Date.UTC(2024, 4, 31) })
const row = { entity: 'Customer', id: customerId(1), company: 'usmf', revision: 3, record: { name: 'x' } }
const filter = {
  entities: ['Customer'],
  companies: null,
  ids: null,
  operations: null,
  origins: null,
  changedFields: null,
  values: [{ field: 'name', in: ['x'] }],
}

const MESSAGES: readonly FeedMessage[] = [
  { message: 'StreamOpened', cursor: 'c1', filter },
  { message: 'SnapshotRow', cursor: 'c2', row },
  { message: 'Change', cursor: 'c3', change, entered: true },
  { message: 'LeftFilter', cursor: 'c4', change },
  { message: 'Heartbeat', cursor: 'c5' },
]

describe('a subscription, executed for a message', () => {
  it.each(MESSAGES)('shows a $message with its cursor', async (message) => {
    const { data, errors } = await runUnified({ message }, 'subscription { changes { __typename cursor } }')
    expect(errors).toBeUndefined()
    expect(data).toEqual({ changes: { __typename: message.message, cursor: message.cursor } })
  })

  it.each(MESSAGES)('shows a $message of an entity in its own type, if it speaks of a record', async (message) => {
    const { data } = await runUnified({ message }, 'subscription { customerChanged { __typename cursor } }')
    const ofRecord = !['StreamOpened', 'Heartbeat'].includes(message.message)
    const type = ofRecord ? `Customer${message.message}` : message.message
    expect(data).toEqual({ customerChanged: { __typename: type, cursor: message.cursor } })
  })

  it('shows the change as it was committed', async () => {
    const { data } = await runUnified(
      { message: changeMessage('c1', change) },
      `subscription { changes { ... on Change {
        at transactionId origin actor entity id company operation systems revision changedFields before after entered
      } } }`,
    )
    expect(data).toEqual({ changes: { ...change, at: '2024-05-31T00:00:00.000Z', entered: false } })
  })

  it('tells the filter in force', async () => {
    const { data } = await runUnified(
      { message: { message: 'StreamOpened', cursor: 'c1', filter } },
      `subscription { changes { ... on StreamOpened {
        filter { entities companies ids operations origins changedFields values { field in } }
      } } }`,
    )
    expect(data).toEqual({ changes: { filter } })
  })

  const record = `subscription { customerChanged { ... on CustomerChange { customer { id sync } } } }`

  it('leads to the record', async () => {
    const { data } = await runUnified({ message: changeMessage('c1', change), held: HELD }, record)
    expect(data).toEqual({ customerChanged: { customer: { id: customerId(1), sync: 'IN_STEP' } } })
  })

  it('leads nowhere where the record is gone by now', async () => {
    const { data, errors } = await runUnified({ message: changeMessage('c1', change), held: [] }, record)
    expect(errors).toBeUndefined()
    expect(data).toEqual({ customerChanged: { customer: null } })
  })
})

describe('a page of changes', () => {
  const PAGE = `query Page($filter: ChangeFilter, $after: String, $from: ChangeStart, $first: Int) {
    changes(filter: $filter, after: $after, from: $from, first: $first) {
      edges { cursor node { __typename cursor } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`

  const feedWith = (messages: readonly FeedMessage[], cursor: string, hasMore: boolean) => {
    const feed = createSampleFeed()
    const listed = messages.filter((one) => one.message === 'Change' || one.message === 'LeftFilter')
    feed.answer(() => ({ messages: listed, cursor, hasMore }))
    return feed
  }

  it('shows its messages, and where to go on', async () => {
    const feed = feedWith(MESSAGES, 'c9', true)
    const { data } = await runUnified({ feed }, PAGE, { filter: { operations: ['UPDATE'] }, after: 'c0', first: 2 })
    expect(data.changes).toEqual({
      edges: [
        { cursor: 'c3', node: { __typename: 'Change', cursor: 'c3' } },
        { cursor: 'c4', node: { __typename: 'LeftFilter', cursor: 'c4' } },
      ],
      pageInfo: { hasNextPage: true, hasPreviousPage: true, startCursor: 'c3', endCursor: 'c9' },
    })
    expect(feed.requests).toEqual([
      { filter: expect.objectContaining({ operations: ['UPDATE'] }), from: { after: 'c0' } },
    ])
  })

  it('says where to go on also where nothing matched', async () => {
    const { data } = await runUnified({ feed: feedWith([], 'c9', true) }, PAGE)
    expect(data.changes).toEqual({
      edges: [],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: 'c9' },
    })
  })

  it('begins with the oldest change that is kept, unless told otherwise', async () => {
    const feed = feedWith([], 'c9', false)
    await runUnified({ feed }, '{ changes { edges { cursor } } }')
    await runUnified({ feed }, '{ changes(from: TAIL) { edges { cursor } } }')
    expect(feed.requests.map(({ from }) => from)).toEqual(['OLDEST', 'NEWEST'])
  })

  it.each([
    ['first', { first: 0 }],
    ['first', { first: 101 }],
    ['filter', { filter: { entities: ['Client'] } }],
  ])('is refused, naming `%s`, where that is out of bounds', async (argumentName, variables) => {
    const feed = feedWith([], 'c9', false)
    const { errors } = await runUnified({ feed }, PAGE, variables)
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argumentName })
    expect(feed.requests).toEqual([])
  })

  it('fails as the feed does', async () => {
    const feed = createSampleFeed()
    const refused = new FeedRefused({ code: 'CURSOR_INVALID', message: 'no such cursor' })
    feed.answer(() => {
      throw refused
    })
    const { errors } = await runUnified({ feed }, PAGE)
    expect(errors?.[0]?.originalError).toBe(refused)
  })
})
