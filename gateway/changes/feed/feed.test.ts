import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { StoreClosed, StoreFailed } from '../../../schema/process/store-faults.ts'
import type { Change } from '../stream/stream.ts'
import { cursorAt } from './cursor.ts'
import type { FeedMessage } from './feed.ts'
import { openedFeed, settled } from './opened-feed.fixture.ts'
import { changeOf, EVERYTHING, filterOf, pulled, worded } from './told.fixture.ts'

const MIB = 1_024 * 1_024

const changes = (...ids: readonly string[]): readonly Change[] => ids.map((id) => changeOf(id))
const numbered = (count: number): readonly Change[] =>
  changes(...Array.from({ length: count }, (_, index) => `${index}`))
const words = async (feed: AsyncIterator<FeedMessage>, count: number) => (await pulled(feed, count)).map(worded)

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
    let judged = 0
    const counted: Change = {
      ...changeOf('a'),
      get entity() {
        judged += 1
        return 'Customer'
      },
    }
    const filters = [filterOf({ entities: ['Customer'] }), filterOf({ entities: ['Order'] })]
    const feeds = Array.from({ length: 100 }, (_, index) => open({ filter: filters[index % 2] ?? EVERYTHING }))
    await Promise.all(feeds.map((feed) => pulled(feed, 1)))
    stream.append(counted)
    judged = 0
    await settled()
    expect(judged).toBe(2)
    expect(feed.load()).toMatchObject({ subscribers: 100, live: 100, filters: 2, messages: 50 })
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

describe('A subscriber that stays behind', () => {
  it('has 256 messages waiting at most, leaves the others, and reads for itself when it pulls again', async () => {
    const { open, stream, feed } = openedFeed()
    const [quick, slow] = [open(), open()]
    await pulled(quick, 1)
    await pulled(slow, 1)
    const quickly = pulled(quick, 1_000)
    for (const change of numbered(1_000)) stream.append(change)
    await quickly
    expect(feed.load()).toMatchObject({ subscribers: 2, live: 1, messages: 256 })
    const { reads } = stream
    expect(await words(slow, 256)).toEqual(numbered(256).map(({ id }) => id))
    expect(stream.reads).toBe(reads)
    const rest = await words(slow, 744)
    expect(rest).toEqual(
      numbered(1_000)
        .slice(256)
        .map(({ id }) => id),
    )
    expect(feed.load()).toMatchObject({ live: 2, messages: 0, bytes: 0 })
    stream.append(...changes('both'))
    expect([await words(quick, 1), await words(slow, 1)]).toEqual([['both'], ['both']])
  })

  it('has 1 MiB waiting at most', async () => {
    const { open, stream, feed } = openedFeed()
    const slow = open()
    await pulled(slow, 1)
    const large = changeOf('large', { after: { note: 'x'.repeat(100_000) } })
    for (let count = 0; count < 20; count += 1) stream.append(large)
    await settled()
    expect(feed.load()).toMatchObject({ live: 0, messages: 10 })
    expect(feed.load().bytes).toBeLessThanOrEqual(MIB)
    expect(await words(slow, 20)).toHaveLength(20)
  })

  it('is ended when something waited for 30 s without a pull, with the cursor of the last that it took', async () => {
    const { open, stream, feed, clock } = openedFeed()
    const slow = open()
    await pulled(slow, 1)
    stream.append(...changes('a', 'b', 'c'))
    const [taken] = await pulled(slow, 1)
    clock.advance(29_999)
    expect(feed.load().subscribers).toBe(1)
    clock.advance(1)
    expect(feed.load()).toMatchObject({ subscribers: 0, messages: 0, bytes: 0 })
    const refusal = { code: 'SLOW_CONSUMER', cursor: taken?.cursor }
    await expect(slow.next()).rejects.toMatchObject({ name: 'FeedRefused', refusal })
    expect(await slow.next()).toEqual({ done: true, value: undefined })
    expect(await words(open({ from: { after: taken?.cursor ?? '' } }), 3)).toEqual(['StreamOpened', 'b', 'c'])
  })

  it('is not ended while nothing waits, and has 30 s anew with every pull', async () => {
    const { open, stream, clock } = openedFeed()
    const slow = open()
    await pulled(slow, 1)
    clock.advance(100_000)
    stream.append(...changes('a', 'b', 'c'))
    await settled()
    for (const expected of ['a', 'b', 'c']) {
      clock.advance(29_000)
      expect(await words(slow, 1)).toEqual([expected])
    }
    clock.advance(100_000)
    expect(await words(slow, 1)).toEqual(['Heartbeat'])
  })

  it('is ended also while it reads for itself', async () => {
    const { open, stream, clock } = openedFeed({ limits: { windowMessagesMax: 2 } })
    stream.append(...numbered(10))
    const slow = open({ from: 'OLDEST' })
    await pulled(slow, 3)
    clock.advance(30_000)
    await expect(slow.next()).rejects.toMatchObject({ refusal: { code: 'SLOW_CONSUMER' } })
  })

  it('is told when the retention has overtaken it, and misses nothing before', async () => {
    const { open, stream } = openedFeed({ limits: { windowMessagesMax: 2 } })
    const slow = open()
    await pulled(slow, 1)
    for (const change of numbered(10)) stream.append(change)
    await settled()
    stream.drop(3)
    expect(await words(slow, 2)).toEqual(['0', '1'])
    await expect(slow.next()).rejects.toMatchObject({ refusal: { code: 'CURSOR_EXPIRED' } })
  })
})

describe('A subscriber joins the shared reader', () => {
  /** A stream whose reads, from now on, are answered when the test says so. */
  const held = ({ stream }: Pick<ReturnType<typeof openedFeed>, 'stream'>) => {
    const { read } = stream
    const answers: (() => Promise<void>)[] = []
    stream.read = async (request) => {
      const answer = await read.call(stream, request)
      const gate = Promise.withResolvers<void>()
      answers.push(async () => {
        gate.resolve()
        await settled()
      })
      await gate.promise
      return answer
    }
    return { answers, free: () => Object.assign(stream, { read }) }
  }

  it('when that comes to where it is', async () => {
    const opened = openedFeed()
    const { open, stream, feed } = opened
    await pulled(open(), 1)
    const { answers } = held(opened)
    stream.append(...changes('a'))
    await settled()
    stream.append(...changes('b'))
    const late = open()
    const first = pulled(late, 1)
    await settled()
    await answers[1]?.()
    await first
    const next = pulled(late, 1)
    await settled()
    expect([answers.length, feed.load().live]).toEqual([3, 1])
    await answers[2]?.()
    expect(feed.load().live).toBe(1)
    await answers[0]?.()
    await answers[3]?.()
    expect(feed.load().live).toBe(2)
    stream.append(...changes('c'))
    await settled()
    await answers[4]?.()
    expect((await next).map(worded)).toEqual(['c'])
  })

  it('while a read is under way whose answer is no longer wanted', async () => {
    const opened = openedFeed()
    const { open, stream, feed } = opened
    await pulled(open(), 1)
    const { answers } = held(opened)
    stream.append(...changes('a'))
    await settled()
    stream.append(...changes('b'))
    const late = open()
    const first = pulled(late, 1)
    await settled()
    await answers[1]?.()
    await first
    await answers[0]?.()
    stream.append(...changes('c'))
    const next = words(late, 2)
    await settled()
    for (let index = 2; index < answers.length; index += 1) await answers[index]?.()
    const answered = answers.length
    stream.append(...changes('d'))
    await settled()
    await answers[answered]?.()
    expect(await next).toEqual(['c', 'd'])
    expect(feed.load().live).toBe(2)
  })

  it('later, where that is far ahead already, and reads on until then', async () => {
    const opened = openedFeed({ limits: { windowMessagesMax: 4 } })
    const { open, stream, feed } = opened
    const quick = open()
    await pulled(quick, 1)
    const quickly = pulled(quick, 40)
    const { answers, free } = held(opened)
    const late = open()
    const first = pulled(late, 1)
    await settled()
    free()
    for (const change of numbered(40)) {
      stream.append(change)
      await settled()
    }
    await quickly
    await answers[0]?.()
    await first
    expect(await words(late, 40)).toEqual(numbered(40).map(({ id }) => id))
    expect(feed.load().live).toBe(2)
  })

  it('with more to take than its window holds, and takes all of it once', async () => {
    const { open, stream } = openedFeed({ limits: { windowMessagesMax: 8, windowBytesMax: 1_000 } })
    const [quick, late] = [open(), open({ from: 'OLDEST' })]
    await pulled(quick, 1)
    stream.append(...numbered(3))
    await pulled(late, 1)
    const quickly = pulled(quick, 12)
    stream.append(...numbered(12).slice(3))
    await quickly
    expect(await words(late, 12)).toEqual(numbered(12).map(({ id }) => id))
  })
})

describe('A feed is over', () => {
  it('when its signal is aborted, also in the middle of a wait, and leaves nothing behind', async () => {
    const { open, stream, clock, feed } = openedFeed()
    const stop = new AbortController()
    const live = open({}, stop.signal)
    await pulled(live, 1)
    const next = [live.next(), live.next()]
    await settled()
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1)
    stop.abort(new Error('enough'))
    expect(await Promise.all(next)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
    expect(await live.next()).toEqual({ done: true, value: undefined })
    await settled()
    expect([clock.armed(), stream.waiting, getEventListeners(stop.signal, 'abort').length]).toEqual([0, 0, 0])
    expect(feed.load()).toEqual({ subscribers: 0, live: 0, filters: 0, messages: 0, bytes: 0 })
  })

  it('when it is returned from in the middle of a wait, and leaves nothing behind', async () => {
    const { open, stream, clock, feed } = openedFeed()
    const { signal } = new AbortController()
    const live = open({}, signal)
    await pulled(live, 1)
    const next = live.next()
    await settled()
    expect(await live.return?.()).toEqual({ done: true, value: undefined })
    expect(await next).toEqual({ done: true, value: undefined })
    await settled()
    expect([clock.armed(), stream.waiting, getEventListeners(signal, 'abort').length]).toEqual([0, 0, 0])
    expect(feed.load().subscribers).toBe(0)
  })

  it('when a loop over it is left with messages waiting', async () => {
    const { open, stream, clock, feed } = openedFeed()
    stream.append(...numbered(10))
    for await (const message of open({ from: 'OLDEST' })) if (worded(message) === '3') break
    await settled()
    expect([clock.armed(), stream.waiting]).toEqual([0, 0])
    expect(feed.load()).toMatchObject({ subscribers: 0, messages: 0 })
  })

  it('when its signal is aborted while it reads, whatever the answer', async () => {
    const { open, stream, clock, feed } = openedFeed()
    const read = Promise.withResolvers<never>()
    stream.read = () => read.promise
    const stop = new AbortController()
    const next = open({}, stop.signal).next()
    await settled()
    stop.abort()
    expect(await next).toEqual({ done: true, value: undefined })
    read.reject(new StoreFailed('late'))
    await settled()
    expect([clock.armed(), feed.load().subscribers]).toEqual([0, 0])
  })

  it('before it began, where its signal was aborted, or nobody pulls', async () => {
    const { open, stream, feed } = openedFeed()
    expect(await open({}, AbortSignal.abort()).next()).toEqual({ done: true, value: undefined })
    const { signal } = new AbortController()
    const unused = open({}, signal)
    expect([getEventListeners(signal, 'abort').length, feed.load().subscribers, stream.reads]).toEqual([0, 0, 0])
    await unused.return?.()
    expect(await unused.next()).toEqual({ done: true, value: undefined })
    expect(stream.reads).toBe(0)
  })
})

describe('Where the stream gives no answer', () => {
  const failed = new StoreFailed('The change stream gave no answer')

  it('a feed that is being opened, or reads for itself, rejects and is over', async () => {
    const { open, stream, clock, feed } = openedFeed({ limits: { windowMessagesMax: 2 } })
    stream.append(...numbered(10))
    const reading = open({ from: 'OLDEST' })
    await pulled(reading, 3)
    stream.failure = failed
    await expect(open().next()).rejects.toBe(failed)
    await expect(reading.next()).rejects.toBe(failed)
    expect(await reading.next()).toEqual({ done: true, value: undefined })
    await expect(feed.page({ filter: EVERYTHING, from: 'OLDEST' }, 1)).rejects.toBe(failed)
    expect([clock.armed(), feed.load().subscribers]).toEqual([0, 0])
  })

  it('all who wait are told, those who do not are spared, and the shared reader goes on when it can', async () => {
    const { open, stream, clock, warnings, feed } = openedFeed()
    const [waiting, busy] = [open(), open()]
    await pulled(waiting, 1)
    await pulled(busy, 1)
    const next = waiting.next()
    await settled()
    stream.failure = failed
    stream.wake()
    await expect(next).rejects.toBe(failed)
    for (const ms of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      const { waits } = stream
      clock.advance(ms - 1)
      await settled()
      expect(stream.waits).toBe(waits)
      clock.advance(1)
      await settled()
      expect(stream.waits).toBe(waits + 1)
    }
    stream.failure = null
    stream.append(...changes('a'))
    clock.advance(5_000)
    await settled()
    expect(await words(busy, 1)).toEqual(['a'])
    expect(warnings).toHaveLength(1)
    expect(feed.load()).toMatchObject({ subscribers: 1, live: 1 })
    await busy.return?.()
    await settled()
    expect([clock.armed(), stream.waiting]).toEqual([0, 0])
  })

  it('nobody is waited for any more once the last one is gone', async () => {
    const { open, stream, clock } = openedFeed()
    const feed = open()
    await pulled(feed, 1)
    stream.failure = failed
    stream.wake()
    await settled()
    expect(clock.armed()).toBe(1)
    await feed.return?.()
    await settled()
    expect(clock.armed()).toBe(0)
  })

  it('because it is closed, everyone is told, and nothing is tried again', async () => {
    const { open, stream, clock, feed } = openedFeed()
    const [waiting, busy] = [open(), open()]
    await pulled(waiting, 1)
    await pulled(busy, 1)
    const next = waiting.next()
    await settled()
    stream.close()
    await expect(next).rejects.toBeInstanceOf(StoreClosed)
    await expect(busy.next()).rejects.toBeInstanceOf(StoreClosed)
    expect([clock.armed(), stream.waiting, feed.load().subscribers]).toEqual([0, 0, 0])
  })

  it('because the retention overtook the shared reader, everyone is told that the cursor has expired', async () => {
    const { open, stream, clock } = openedFeed()
    const feeds = [open(), open()]
    for (const feed of feeds) await pulled(feed, 1)
    stream.failure = failed
    stream.wake()
    await settled()
    stream.append(...numbered(10))
    stream.drop(1)
    stream.failure = null
    clock.advance(100)
    for (const feed of feeds) {
      await expect(feed.next()).rejects.toMatchObject({ refusal: { code: 'CURSOR_EXPIRED' } })
    }
    expect(await words(open({ from: 'OLDEST' }), 2)).toEqual(['StreamOpened', '9'])
  })
})
