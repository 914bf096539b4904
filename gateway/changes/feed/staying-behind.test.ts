import { describe, expect, it } from 'vitest'
import { openedFeed, settled } from './opened-feed.fixture.ts'
import { changeOf, changes, EVERYTHING, numbered, pulled, worded, words } from './told.fixture.ts'

const MIB = 1_024 * 1_024

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

  it('keeps nobody waiting: each change is with 999 others in the turn in which it is written, by a clock that stands still', async () => {
    const { open, stream, feed } = openedFeed({ limits: { windowMessagesMax: 8 } })
    const stalled = open()
    const others = Array.from({ length: 999 }, () => open())
    await Promise.all([stalled, ...others].map((one) => pulled(one, 1)))
    for (const change of numbered(20)) {
      const got: string[] = []
      for (const other of others) words(other, 1).then((word) => got.push(...word))
      stream.append(change)
      await settled()
      expect(got).toEqual(others.map(() => change.id))
    }
    expect(feed.load()).toMatchObject({ subscribers: 1_000, live: 999, messages: 8 })
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
    await settled()
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
      await settled()
    }
    clock.advance(100_000)
    expect(await words(slow, 1)).toEqual(['Heartbeat'])
  })

  it('is ended when it pulls, but has left its full window waiting for 30 s in all', async () => {
    const { open, stream, clock } = openedFeed()
    const [quick, slow] = [open(), open()]
    await pulled(quick, 1)
    await pulled(slow, 1)
    const quickly = pulled(quick, 300)
    for (const change of numbered(300)) stream.append(change)
    await quickly
    await settled()
    clock.advance(20_000)
    const taken = await pulled(slow, 255)
    await settled()
    clock.advance(9_999)
    await settled()
    clock.advance(1)
    await expect(slow.next()).rejects.toMatchObject({
      refusal: { code: 'SLOW_CONSUMER', cursor: taken.at(-1)?.cursor },
    })
    stream.append(...changes('later'))
    expect(await words(quick, 2)).toEqual(['Heartbeat', 'later'])
  })

  it('is ended when it takes a message every 29 s for ever', async () => {
    const { open, stream, clock } = openedFeed({ limits: { windowMessagesMax: 10 } })
    stream.append(...numbered(100))
    const slow = open({ from: 'OLDEST' })
    await pulled(slow, 1)
    const taken = async () => {
      await settled()
      clock.advance(29_000)
      return words(slow, 1)
    }
    expect(await taken()).toEqual(['0'])
    await expect(taken()).rejects.toMatchObject({ refusal: { code: 'SLOW_CONSUMER' } })
  })

  it('has 30 s anew for each window that it gets through, however far behind it is', async () => {
    const { open, stream, clock } = openedFeed({ limits: { windowMessagesMax: 10 } })
    stream.append(...numbered(100))
    const slow = open({ from: 'OLDEST' })
    await pulled(slow, 1)
    for (let window = 0; window < 10; window += 1) {
      expect(await words(slow, 9)).toHaveLength(9)
      await settled()
      clock.advance(29_000)
      expect(await words(slow, 1)).toHaveLength(1)
    }
    stream.append(...changes('later'))
    expect(await words(slow, 1)).toEqual(['later'])
  })

  it('is not ended by the work on its messages, however long that takes: only the time between two pulls is its own', async () => {
    const { feed, stream, clock } = openedFeed({ limits: { windowMessagesMax: 10 } })
    stream.append(...numbered(30))
    const { signal } = new AbortController()
    const toiling = feed.open({ filter: EVERYTHING, from: 'OLDEST', snapshot: false }, signal, async (message) => {
      await settled()
      clock.advance(40_000)
      return worded(message)
    })
    const taken: string[] = []
    for await (const word of toiling) if (taken.push(word) === 31) break
    expect(taken).toEqual(['StreamOpened', ...numbered(30).map(({ id }) => id)])
  })

  it('is not ended where it pulls again in the same turn of the event loop, however long that is', async () => {
    const { open, stream, clock } = openedFeed({ limits: { windowMessagesMax: 10 } })
    stream.append(...numbered(30))
    const busy = open({ from: 'OLDEST' })
    for (const expected of ['StreamOpened', ...numbered(30).map(({ id }) => id)]) {
      expect(await words(busy, 1)).toEqual([expected])
      clock.advance(10_000)
    }
  })

  it('is ended also while it reads for itself', async () => {
    const { open, stream, clock } = openedFeed({ limits: { windowMessagesMax: 2 } })
    stream.append(...numbered(10))
    const slow = open({ from: 'OLDEST' })
    await pulled(slow, 3)
    await settled()
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
