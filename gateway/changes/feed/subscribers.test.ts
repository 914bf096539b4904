/** Many subscribers over a stream that is kept in a file, and several gateways that have it open. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, test } from 'vitest'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { until } from '../../../test/coordinator/two-systems.ts'
import { clockOf } from '../../environment.ts'
import { openSqliteChangeStream } from '../../stores/sqlite/change-stream.ts'
import { appended } from '../stream/contract/opened.contract.ts'
import type { Change, ChangeStream } from '../stream/stream.ts'
import { createFeed, type OpenFeed } from './create-feed.ts'
import { distinctFilter } from './filter.ts'
import { FEED_LIMITS } from './limits.ts'
import type { ReadableStream } from './reading.ts'
import { asItIs, changeOf, EVERYTHING, filterOf, pulled, worded, words } from './told.fixture.ts'

const clock = clockOf({ clock: Date.now, random: Math.random })

/** Counts all calls to the stores that are opened from now on, which are sent several at once. */
function asked(): { count: number } {
  const calls = { count: 0 }
  const watch = (worker: Worker) => {
    const post = worker.postMessage.bind(worker)
    worker.postMessage = (message: { readonly calls?: readonly unknown[] }) => {
      calls.count += message.calls?.length ?? 0
      post(message)
    }
  }
  process.on('worker', watch)
  onTestFinished(() => void process.off('worker', watch))
  return calls
}

describe('A feed over a stream in a file', () => {
  let folder: string
  let streams: ChangeStream[]
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-feed-'))
    streams = []
  })
  afterEach(async () => {
    await Promise.all(streams.map((stream) => stream.close()))
    await rm(folder, { recursive: true })
  })

  /** The stream as another gateway has it. */
  const opened = async (looking = { clock, lookEveryMs: 5 }): Promise<ChangeStream> => {
    const stream = await openSqliteChangeStream({ file: join(folder, 'gateway.sqlite'), ...looking })
    streams.push(stream)
    return stream
  }
  const feedOver = (stream: ReadableStream, limits: Partial<typeof FEED_LIMITS> = {}, given = clock): OpenFeed =>
    createFeed({
      ...{ stream, clock: given, limits },
      source: { entities: [], chunk: () => Promise.reject(new Error('There are no records')) },
      published: () => Promise.resolve(),
      log: { warn: (fields) => expect.fail(JSON.stringify(fields)), info: () => {} },
    })
  const subscribed = (feed: OpenFeed, { filter = EVERYTHING, signal = new AbortController().signal } = {}) =>
    feed.open({ filter, from: 'NEWEST', snapshot: false }, signal, asItIs)
  const append = async (stream: ChangeStream, changes: readonly Change[]) => {
    const { state } = await stream.acquire({ holder: crypto.randomUUID(), instead: await stream.relay() })
    expect(await appended(stream, state, { changes })).toMatchObject({ append: 'APPENDED' })
  }
  const numbered = (from: number, to: number): readonly Change[] =>
    Array.from({ length: to - from }, (_, index) => changeOf(`${from + index}`))

  it('costs one read for what comes, and none while nothing does, however many subscribe', async () => {
    const stream = await opened()
    let [reads, waits] = [0, 0]
    const feed = feedOver({
      read: (request) => {
        reads += 1
        return stream.read(request)
      },
      waitBeyond: (position, signal) => {
        waits += 1
        return stream.waitBeyond(position, signal)
      },
    })
    const stop = new AbortController()
    const feeds = Array.from({ length: 1_000 }, () => subscribed(feed, stop))
    await Promise.all(feeds.map((feed) => pulled(feed, 1)))
    const next = feeds.map((feed) => pulled(feed, 1))
    expect(feed.load()).toMatchObject({ subscribers: 1_000, live: 1_000, filters: 1 })
    expect([reads, waits]).toEqual([2, 1])
    await append(await opened(), numbered(0, 1))
    const messages = (await Promise.all(next)).flat()
    expect(new Set(messages).size).toBe(1)
    expect([reads, waits]).toEqual([3, 2])
    stop.abort()
    expect(feed.load()).toMatchObject({ subscribers: 0, filters: 0 })
  })

  it('asks the store nothing for those who wait, however many: a look from time to time is for all of them', async () => {
    const calls = asked()
    const clock = createManualClock(0)
    const feed = feedOver(await opened({ clock, lookEveryMs: 5_000 }), {}, clock)
    /** What is asked while so many wait through two heartbeats, in the time of six looks. */
    const askedFor = async (count: number): Promise<number> => {
      const stop = new AbortController()
      const feeds = Array.from({ length: count }, () => subscribed(feed, stop))
      await Promise.all(feeds.map((feed) => pulled(feed, 1)))
      const before = calls.count
      for (let beat = 0; beat < 2; beat += 1) {
        const beats = feeds.map((feed) => words(feed, 1))
        for (let look = 0; look < 3; look += 1) {
          await until(() => clock.armed() === count + 1)
          clock.advance(5_000)
        }
        expect(new Set((await Promise.all(beats)).flat())).toEqual(new Set(['Heartbeat']))
      }
      await until(() => clock.armed() === 1)
      stop.abort()
      return calls.count - before
    }
    expect([await askedFor(1), await askedFor(1_000)]).toEqual([6, 6])
  })

  it('reads what a thousand have missed who come back at once about once for all of them', async () => {
    const stream = await opened()
    await append(await opened(), numbered(0, 100))
    let reads = 0
    const feed = feedOver({
      read: (request) => {
        reads += 1
        return stream.read(request)
      },
      waitBeyond: (position, signal) => stream.waitBeyond(position, signal),
    })
    const { cursor } = await feed.page({ filter: EVERYTHING, from: 'OLDEST' }, 40)
    const { signal } = new AbortController()
    reads = 0
    const came = Array.from({ length: 1_000 }, async () => {
      const again = feed.open({ filter: EVERYTHING, from: { after: cursor }, snapshot: false }, signal, asItIs)
      const [, ...missed] = await pulled(again, 61)
      await again.return?.()
      return missed
    })
    const missed = await Promise.all(came)
    expect(missed[0]?.map(worded)).toEqual(numbered(40, 100).map(({ id }) => id))
    expect(new Set(missed.flat()).size).toBe(60)
    expect(reads).toBe(2)
  })

  it('holds a bounded part of what a stalled one among 1,000 does not take, and gives the others everything', async () => {
    const [stream, writer] = [await opened(), await opened()]
    const feed = feedOver(stream)
    const stop = new AbortController()
    const large = { after: { note: 'x'.repeat(5_000) } }
    const stalled = subscribed(feed, stop)
    const others = Array.from({ length: 999 }, () => subscribed(feed, stop))
    const [opening] = await pulled(stalled, 1)
    const following = others.map(async (other) => (await pulled(other, 601)).length)
    let held = { messages: 0, bytes: 0 }
    for (let from = 0; from < 600; from += 50) {
      await append(
        writer,
        numbered(from, from + 50).map((change) => ({ ...change, ...large })),
      )
      const { messages, bytes } = feed.load()
      held = { messages: Math.max(held.messages, messages), bytes: Math.max(held.bytes, bytes) }
    }
    expect(new Set(await Promise.all(following))).toEqual(new Set([601]))
    const { messages, bytes, live } = feed.load()
    expect(live).toBe(999)
    expect(messages).toBeLessThanOrEqual(FEED_LIMITS.windowMessagesMax)
    expect(bytes).toBeLessThanOrEqual(FEED_LIMITS.windowBytesMax)
    expect(bytes).toBeGreaterThan(FEED_LIMITS.windowBytesMax / 2)
    const rest = await pulled(stalled, 600)
    expect(rest.map(worded)).toEqual(numbered(0, 600).map(({ id }) => id))
    expect(new Set([opening, ...rest].map((message) => message?.cursor)).size).toBe(601)
    stop.abort()
  })

  test('gives a client that is cut off again and again, and comes back to another gateway, all that it asked for', async () => {
    const writer = await opened()
    const gateways = [feedOver(await opened(), { windowMessagesMax: 7 }), feedOver(await opened())] as const
    const cut = fc.record({ takes: fc.integer({ min: 1, max: 12 }), gateway: fc.constantFrom(...gateways) })
    const filters = fc.constantFrom(EVERYTHING, filterOf({ changedFields: ['rare'] }))
    let written = 0
    const write = async (): Promise<readonly Change[]> => {
      const all: Change[] = []
      for (let batch = 0; batch < 10; batch += 1) {
        const changes = numbered(written, written + 10)
        const fields = (id: string) => (Number(id) % 4 === 0 ? ['rare'] : ['name'])
        all.push(...changes.map((change) => ({ ...change, changedFields: fields(change.id) })))
        written += changes.length
        await append(writer, all.slice(-10))
      }
      return all
    }
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(cut), filters, async (cuts, filter) => {
        let { cursor } = await gateways[0].page({ filter, from: 'NEWEST' }, 0)
        const writing = write()
        const wanted = filter === EVERYTHING ? 100 : 25
        const got: string[] = []
        for (const { takes, gateway } of cuts) {
          const { signal } = new AbortController()
          const following = gateway.open({ filter, from: { after: cursor }, snapshot: false }, signal, asItIs)
          for (const message of await pulled(following, 1 + Math.min(takes, wanted - got.length))) {
            if (message.message === 'Change') got.push(message.change.id)
            cursor = message.cursor
          }
          await following.return?.()
          if (got.length >= wanted) break
        }
        const { meaningOf } = distinctFilter(filter)
        const passing = (await writing).filter((change) => meaningOf(change) !== 'NOTHING')
        expect(got).toEqual(passing.map(({ id }) => id))
      }),
      { numRuns: 10 },
    )
    expect(gateways.map((feed) => feed.load().subscribers)).toEqual([0, 0])
  })
})
