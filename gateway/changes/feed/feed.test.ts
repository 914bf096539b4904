import { describe, expect, it } from 'vitest'
import type { Change } from '../stream/stream.ts'
import { cursorAt } from './cursor.ts'
import { openedFeed, settled } from './opened-feed.fixture.ts'
import { changeOf, changes, EVERYTHING, filterOf, numbered, pulled, worded, words } from './told.fixture.ts'

const TWO_FILTERS = [filterOf({ entities: ['Customer'] }), filterOf({ entities: ['Order'] })]

/** A change that tells how often it was judged, so far as that looks at its entity. */
function counting(): { readonly change: Change; readonly judged: () => number } {
  let judged = 0
  const change = {
    ...changeOf('a'),
    get entity() {
      judged += 1
      return 'Customer'
    },
  }
  return { change, judged: () => judged }
}

describe('A feed begins', () => {
  it('with the filter in force and a cursor, whatever follows', async () => {
    const { open, stream } = openedFeed()
    stream.append(...changes('a'))
    const filter = filterOf({ ids: ['b', 'a', 'b'] })
    for (const from of ['OLDEST', 'NEWEST', { after: cursorAt(stream.newest) }] as const) {
      const [opened] = await pulled(open({ filter, from }), 1)
      expect(opened).toMatchObject({ message: 'StreamOpened', filter: { ...EVERYTHING, ids: ['a', 'b'] } })
    }
  })

  it('with the oldest change that is kept', async () => {
    const { open, stream } = openedFeed()
    stream.append(...changes('a', 'b', 'c'))
    stream.drop(2)
    expect(await words(open({ from: 'OLDEST' }), 3)).toEqual(['StreamOpened', 'b', 'c'])
  })

  it('with what comes from now on', async () => {
    const { open, stream } = openedFeed()
    stream.append(...changes('a', 'b'))
    const feed = open()
    await pulled(feed, 1)
    stream.append(...changes('c'))
    expect(await words(feed, 1)).toEqual(['c'])
  })

  it('after the cursor of any message, be it only the first', async () => {
    const { open, stream } = openedFeed()
    stream.append(...changes('a', 'b', 'c'))
    const messages = await pulled(open({ from: 'OLDEST' }), 4)
    for (const [index, { cursor }] of messages.entries()) {
      const rest = ['a', 'b', 'c'].slice(index)
      expect(await words(open({ from: { after: cursor } }), 1 + rest.length)).toEqual(['StreamOpened', ...rest])
    }
  })

  it('with any filter after a cursor of another', async () => {
    const { open, stream } = openedFeed()
    stream.append(...changes('a', 'b', 'a'))
    const [, first] = await pulled(open({ from: 'OLDEST' }), 2)
    const others = open({ filter: filterOf({ ids: ['a'] }), from: { after: first?.cursor ?? '' } })
    expect(await words(others, 2)).toEqual(['StreamOpened', 'a'])
  })

  it('not at all after what is no cursor of these changes', async () => {
    const { open, stream, feed } = openedFeed()
    stream.append(...changes('a'))
    const foreign = cursorAt('another.1' as typeof stream.newest)
    const future = cursorAt('remembered.2' as typeof stream.newest)
    for (const after of ['', 'a', foreign, future, `${cursorAt(stream.newest)}A`]) {
      const refused = { name: 'FeedRefused', refusal: { code: 'CURSOR_INVALID' } }
      await expect(open({ from: { after } }).next()).rejects.toMatchObject(refused)
      await expect(feed.page({ filter: EVERYTHING, from: { after } }, 1)).rejects.toMatchObject(refused)
    }
    expect(feed.load()).toMatchObject({ subscribers: 0, filters: 0 })
  })

  it('not at all where changes after the cursor are no longer kept, and tells where one can go on', async () => {
    const { open, stream, feed } = openedFeed()
    stream.append(...changes('a', 'b', 'c'))
    const [, first] = await pulled(open({ from: 'OLDEST' }), 2)
    stream.drop(1)
    const from = { after: first?.cursor ?? '' }
    const refused = { refusal: { code: 'CURSOR_EXPIRED', cursor: expect.any(String) } }
    await expect(feed.page({ filter: EVERYTHING, from }, 1)).rejects.toMatchObject(refused)
    const error = await open({ from })
      .next()
      .catch((error: unknown) => error)
    expect(error).toMatchObject(refused)
    const { cursor } = (error as { readonly refusal: { readonly cursor: string } }).refusal
    expect(await words(open({ from: { after: cursor } }), 2)).toEqual(['StreamOpened', 'c'])
  })
})

describe('A live feed', () => {
  it('tells of changes that pass, that enter and that leave', async () => {
    const { open, stream } = openedFeed()
    const feed = open({ filter: filterOf({ values: [{ field: 'group', in: ['gold'] }] }) })
    await pulled(feed, 1)
    const [gold, lead] = [{ group: 'gold' }, { group: 'lead' }]
    stream.append(
      changeOf('a', { before: null, after: gold }),
      changeOf('b', { before: lead, after: lead }),
      changeOf('a', { before: gold, after: gold }),
      changeOf('a', { before: gold, after: lead }),
      changeOf('b', { before: lead, after: gold }),
      changeOf('b', { before: gold, after: null }),
    )
    expect(await pulled(feed, 5)).toMatchObject([
      { message: 'Change', change: { id: 'a' }, entered: true },
      { message: 'Change', change: { id: 'a' }, entered: false },
      { message: 'LeftFilter', change: { id: 'a' } },
      { message: 'Change', change: { id: 'b' }, entered: true },
      { message: 'Change', change: { id: 'b', after: null }, entered: false },
    ])
  })

  it('gives the very same messages to all who asked with equal filters', async () => {
    const { open, stream } = openedFeed()
    const feeds = [
      ['a', 'b'],
      ['b', 'a', 'a'],
      ['c', 'b'],
    ].map((ids) => open({ filter: filterOf({ ids }) }))
    for (const feed of feeds) await pulled(feed, 1)
    stream.append(...changes('b'))
    const [one, equal, other] = (await Promise.all(feeds.map((feed) => pulled(feed, 1)))).flat()
    expect(one).toBe(equal)
    expect(one).not.toBe(other)
    expect(other).toEqual(one)
  })

  it('gives the same messages to one who comes a little later', async () => {
    const { open, stream } = openedFeed()
    const early = open()
    const [opened] = await pulled(early, 1)
    stream.append(...changes('a', 'b'))
    const messages = await pulled(early, 2)
    const reads = stream.reads
    const [, ...late] = await pulled(open({ from: { after: opened?.cursor ?? '' } }), 3)
    expect(late[0]).toBe(messages[0])
    expect(late[1]).toBe(messages[1])
    expect(stream.reads).toBe(reads)
  })

  it('judges an entry once for each distinct filter, however many ask', async () => {
    const { open, stream, feed } = openedFeed()
    const { change, judged } = counting()
    const feeds = Array.from({ length: 100 }, (_, index) => open({ filter: TWO_FILTERS[index % 2] ?? EVERYTHING }))
    await Promise.all(feeds.map((feed) => pulled(feed, 1)))
    stream.append(change)
    const before = judged()
    await settled()
    expect(judged() - before).toBe(2)
    expect(feed.load()).toMatchObject({ subscribers: 100, live: 100, filters: 2, messages: 50 })
  })

  it('judges an entry once for each distinct filter also for those who go through the stream by themselves', async () => {
    const { open, stream, feed } = openedFeed({ limits: { windowMessagesMax: 4 } })
    const { change, judged } = counting()
    const [opening] = await pulled(open(), 1)
    const from = { after: opening?.cursor ?? '' }
    stream.append(...numbered(6), change, ...numbered(20))
    await settled()
    const before = judged()
    const feeds = Array.from({ length: 100 }, (_, index) =>
      open({ from, filter: TWO_FILTERS[index % 2] ?? EVERYTHING }),
    )
    const matching = await Promise.all(feeds.filter((_, index) => index % 2 === 0).map((feed) => pulled(feed, 28)))
    const waiting = feeds.filter((_, index) => index % 2 === 1).map((feed) => pulled(feed, 2))
    await settled()
    expect(judged() - before).toBe(2)
    expect(feed.load()).toMatchObject({ subscribers: 101, live: 100, filters: 3 })
    expect(new Set(matching.map((messages) => messages[7])).size).toBe(1)
    stream.append(changeOf('order', { entity: 'Order' }))
    expect((await Promise.all(waiting)).map((messages) => worded(messages[1]))).toEqual(Array(50).fill('order'))
  })

  it('costs no reads while nothing happens, but one wait for all', async () => {
    const { open, stream, clock } = openedFeed()
    const feeds = Array.from({ length: 1_000 }, () => open())
    await Promise.all(feeds.map((feed) => pulled(feed, 1)))
    const { reads } = stream
    for (let minute = 0; minute < 5; minute += 1) {
      const beats = feeds.map((feed) => words(feed, 1))
      await settled()
      clock.advance(60_000)
      expect(new Set((await Promise.all(beats)).flat())).toEqual(new Set(['Heartbeat']))
    }
    expect([stream.reads - reads, stream.waits, stream.waiting]).toEqual([0, 1, 1])
    stream.append(...changes('a'))
    expect(new Set((await Promise.all(feeds.map((feed) => words(feed, 1)))).flat())).toEqual(new Set(['a']))
    expect([stream.reads - reads, stream.waits]).toEqual([1, 2])
  })

  it('stops to read when the last one leaves, and begins anew with the next', async () => {
    const { open, stream, clock } = openedFeed()
    for (let round = 1; round <= 3; round += 1) {
      const feed = open()
      await pulled(feed, 1)
      stream.append(...changes(`${round}`))
      expect(await words(feed, 1)).toEqual([`${round}`])
      await feed.return?.()
      await settled()
      expect([stream.waiting, clock.armed()]).toEqual([0, 0])
    }
  })
})

describe('A heartbeat', () => {
  it('comes every 15 s where nothing else did', async () => {
    const { open, stream, clock } = openedFeed()
    const feed = open()
    await pulled(feed, 1)
    for (let beat = 0; beat < 3; beat += 1) {
      const next = words(feed, 1)
      await settled()
      clock.advance(14_999)
      await settled()
      clock.advance(1)
      expect(await next).toEqual(['Heartbeat'])
    }
    const next = words(feed, 2)
    clock.advance(14_000)
    stream.append(...changes('a'))
    await settled()
    clock.advance(14_000)
    await settled()
    clock.advance(1_000)
    expect(await next).toEqual(['a', 'Heartbeat'])
  })

  it.each([3_600_000, -3_600_000])('comes every 15 s, though the time is set by %i ms meanwhile', async (byMs) => {
    const { open, clock } = openedFeed()
    const feed = open()
    await pulled(feed, 1)
    clock.advance(5_000)
    clock.set(byMs)
    let beats = 0
    const next = words(feed, 1).finally(() => {
      beats += 1
    })
    await settled()
    clock.advance(9_999)
    await settled()
    expect(beats).toBe(0)
    clock.advance(1)
    expect(await next).toEqual(['Heartbeat'])
  })

  it('has the cursor of what was looked through, so that who waits for something rare does not expire', async () => {
    const { open, stream, clock } = openedFeed()
    const filter = filterOf({ ids: ['rare'] })
    const feed = open({ filter })
    await pulled(feed, 1)
    const next = pulled(feed, 1)
    stream.append(...numbered(1_000))
    await settled()
    clock.advance(15_000)
    const [beat] = await next
    stream.drop(0)
    stream.append(...changes('rare'))
    expect(await words(open({ filter, from: { after: beat?.cursor ?? '' } }), 2)).toEqual(['StreamOpened', 'rare'])
  })

  it('comes to one who is looking through much that it did not ask for', async () => {
    let clock: ReturnType<typeof openedFeed>['clock'] | null = null
    const { open, stream, ...opened } = openedFeed({ limits: { windowMessagesMax: 10 } })
    clock = opened.clock
    stream.append(...numbered(100), ...changes('rare'))
    const feed = open({ filter: filterOf({ ids: ['rare'] }), from: 'OLDEST' })
    await pulled(feed, 1)
    const { read } = stream
    stream.read = (request) => {
      clock?.advance(4_000)
      return read.call(stream, request)
    }
    const messages = await pulled(feed, 3)
    expect(messages.map(worded)).toEqual(['Heartbeat', 'Heartbeat', 'rare'])
    expect(messages[0]?.cursor).toBe(cursorAt(stream.entries[49]?.position ?? stream.newest))
  })

  it('never comes before the feed is open', async () => {
    const { open, stream, clock } = openedFeed()
    const read = Promise.withResolvers<void>()
    const original = stream.read
    stream.read = (request) => read.promise.then(() => original.call(stream, request))
    const next = words(open(), 1)
    await settled()
    clock.advance(60_000)
    await settled()
    read.resolve()
    expect(await next).toEqual(['StreamOpened'])
  })
})
