import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { StoreClosed, StoreFailed } from '../../../schema/process/store-faults.ts'
import { openedFeed, settled } from './opened-feed.fixture.ts'
import { changes, EVERYTHING, numbered, pulled, worded, words } from './told.fixture.ts'

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

  it('a feed that is being opened rejects and is over', async () => {
    const { open, stream, clock, feed } = openedFeed()
    stream.failure = failed
    const opened = open()
    await expect(opened.next()).rejects.toBe(failed)
    expect(await opened.next()).toEqual({ done: true, value: undefined })
    await expect(feed.page({ filter: EVERYTHING, from: 'OLDEST' }, 1)).rejects.toBe(failed)
    expect([clock.armed(), feed.load().subscribers]).toEqual([0, 0])
  })

  it('a feed that reads for itself stays, and goes on when it can', async () => {
    const { open, stream, clock, warnings } = openedFeed({ limits: { windowMessagesMax: 2 } })
    stream.append(...numbered(10))
    const reading = open({ from: 'OLDEST' })
    await pulled(reading, 3)
    stream.failure = failed
    const rest = words(reading, 8)
    for (const ms of [100, 200, 400]) {
      await settled()
      clock.advance(ms)
    }
    await settled()
    stream.failure = null
    clock.advance(800)
    expect(await rest).toEqual(['2', '3', '4', '5', '6', '7', '8', '9'])
    expect(warnings).toHaveLength(1)
    await reading.return?.()
    await settled()
    expect(clock.armed()).toBe(0)
  })

  it('all who are live stay, and get what comes and heartbeats as ever once the shared reader can go on', async () => {
    const { open, stream, clock, warnings, feed } = openedFeed()
    const [waiting, busy] = [open(), open()]
    await pulled(waiting, 1)
    await pulled(busy, 1)
    const next = words(waiting, 3)
    await settled()
    stream.failure = failed
    stream.wake()
    await settled()
    for (const ms of [100, 200, 400, 800, 1_600, 3_200, 3_200, 3_200, 3_200]) {
      const { waits } = stream
      clock.advance(ms - 1)
      await settled()
      expect(stream.waits).toBe(waits)
      clock.advance(1)
      await settled()
      expect(stream.waits).toBe(waits + 1)
    }
    stream.failure = null
    stream.append(...changes('a', 'b'))
    clock.advance(3_200)
    expect(await next).toEqual(['Heartbeat', 'a', 'b'])
    expect(await words(busy, 2)).toEqual(['a', 'b'])
    expect(warnings).toHaveLength(1)
    expect(feed.load()).toMatchObject({ subscribers: 2, live: 2 })
    await Promise.all([waiting.return?.(), busy.return?.()])
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
