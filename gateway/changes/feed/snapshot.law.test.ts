/**
 * Laws of a snapshot under random schedules: records are written while they are read, writes reach the stream late, the
 * client pulls now and then and is cut off in the middle. It applies what it gets in the order that it gets it.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createManualClock, type ManualClock } from '../../../test/coordinator/manual-clock.ts'
import { createFeed, type OpenFeed } from './create-feed.ts'
import { cursorAt } from './cursor.ts'
import type { ChangeFilter, FeedMessage } from './feed.ts'
import { FEED_LIMITS, type FeedLimits } from './limits.ts'
import { settled } from './opened-feed.fixture.ts'
import { RememberedStream } from './remembered-stream.fixture.ts'
import { asItIs, filterOf } from './told.fixture.ts'
import { World, type Write } from './world.fixture.ts'

/** What a client does after so many turns: it pulls, or is cut off and comes back some cursors earlier. */
interface Move {
  readonly wait: number
  readonly pulls: number
  readonly cutBack: number | null
}

interface Schedule {
  /** What is there from the start. */
  readonly first: readonly Write[]
  readonly writes: readonly { readonly wait: number; readonly write: Write }[]
  /** Turns before each publication of the next write. */
  readonly publications: readonly number[]
  readonly moves: readonly Move[]
  /** Afterwards it is cut off after so many messages, again and again. */
  readonly cuts: readonly number[]
  readonly pace: readonly number[]
  readonly from: 'OLDEST' | 'NEWEST'
  readonly limits: Pick<FeedLimits, 'windowMessagesMax' | 'windowBytesMax' | 'snapshotRowsMax'>
}

const wait = fc.nat({ max: 12 })
const write: fc.Arbitrary<Write> = fc.record({
  entity: fc.constantFrom('Customer', 'Order'),
  id: fc.constantFrom(...'abcde'),
  group: fc.option(fc.constantFrom('gold', 'lead'), { freq: 6 }),
  origin: fc.constantFrom('GRAPH', 'CRM'),
})
const move: fc.Arbitrary<Move> = fc.record({
  wait: fc.nat({ max: 40 }),
  pulls: fc.integer({ min: 1, max: 4 }),
  cutBack: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat({ max: 3 }) }),
})
const schedule: fc.Arbitrary<Schedule> = fc.record({
  first: fc.array(write, { minLength: 4, maxLength: 20 }),
  writes: fc.array(fc.record({ wait, write }), { maxLength: 60, size: 'max' }),
  publications: fc.array(wait, { maxLength: 60, size: 'max' }),
  moves: fc.array(move, { maxLength: 40, size: 'max' }),
  cuts: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 8 }),
  pace: fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 20 })), { minLength: 1, maxLength: 10 }),
  from: fc.constantFrom('OLDEST', 'NEWEST'),
  limits: fc.record({
    windowMessagesMax: fc.integer({ min: 1, max: 5 }),
    windowBytesMax: fc.constantFrom(1, 250, 2_000),
    snapshotRowsMax: fc.integer({ min: 1, max: 5 }),
  }),
})

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve()
}

/** Holds what it was shown, and what it got last. */
class Client {
  readonly #feed: OpenFeed
  readonly #filter: ChangeFilter
  readonly #from: 'OLDEST' | 'NEWEST'
  readonly view = new Map<string, number>()
  #cursors: string[] = []
  #iterator: AsyncIterator<FeedMessage>
  #asked = 0
  #got = 0
  #shown = new Map<string, number>()
  #rows = new Set<string>()
  #last: FeedMessage | null = null
  #pending: Promise<void> = Promise.resolve()

  constructor(feed: OpenFeed, filter: ChangeFilter, from: 'OLDEST' | 'NEWEST') {
    this.#feed = feed
    this.#filter = filter
    this.#from = from
    this.#iterator = this.#open(from)
  }

  pull(count: number): void {
    this.#asked += count
    for (let pull = 0; pull < count; pull += 1) {
      const next = this.#iterator.next()
      this.#pending = this.#pending
        .then(() => next)
        .then(({ done, value }) => {
          if (done !== true) this.#apply(value)
        })
    }
  }

  /** Comes back with one of the last few cursors, and with all that it was shown. */
  async cut(back: number): Promise<void> {
    await this.#iterator.return?.()
    await this.#pending
    this.#cursors = this.#cursors.slice(0, Math.max(1, this.#cursors.length - back))
    const after = this.#cursors.at(-1)
    this.#iterator = this.#open(after === undefined ? this.#from : { after })
    this.pull(1)
  }

  /** Waits for all that was asked for, heartbeats at the least. */
  async answered(clock: ManualClock): Promise<void> {
    while (this.#got < this.#asked) {
      await Promise.race([this.#pending, settled()])
      clock.skip(FEED_LIMITS.heartbeatEveryMs)
    }
    await this.#pending
  }

  /** Pulls until it has looked through everything. */
  async drain(clock: ManualClock, newest: string): Promise<void> {
    for (;;) {
      await this.answered(clock)
      if (this.#last?.message === 'Heartbeat' && this.#last.cursor === newest) break
      this.pull(1)
    }
    await this.#iterator.return?.()
  }

  #apply(message: FeedMessage): void {
    this.#got += 1
    this.#last = message
    this.#cursors.push(message.cursor)
    switch (message.message) {
      case 'SnapshotRow': {
        const { entity, id, revision } = message.row
        expect(this.#rows.has(`${entity} ${id}`)).toBe(false)
        this.#rows.add(`${entity} ${id}`)
        this.#show(`${entity} ${id}`, revision, true)
        break
      }
      case 'Change':
      case 'LeftFilter': {
        const { entity, id, revision, after } = message.change
        this.#show(`${entity} ${id}`, revision, message.message === 'Change' && after !== null)
        break
      }
      case 'StreamOpened':
      case 'Heartbeat':
        break
    }
  }

  /** Nothing that is shown is older than what this connection has shown of the record before. */
  #show(name: string, serial: number, isThere: boolean): void {
    expect(serial).toBeGreaterThanOrEqual(this.#shown.get(name) ?? 0)
    this.#shown.set(name, serial)
    if (isThere) this.view.set(name, serial)
    else this.view.delete(name)
  }

  #open(from: 'OLDEST' | 'NEWEST' | { readonly after: string }): AsyncIterator<FeedMessage> {
    this.#asked = 0
    this.#got = 0
    this.#shown = new Map()
    this.#rows = new Set()
    return this.#feed.open({ filter: this.#filter, from, snapshot: true }, new AbortController().signal, asItIs)
  }
}

/** What the client holds at the end, and what it should hold. */
async function run(filter: ChangeFilter, { first, writes, publications, moves, cuts, pace, from, limits }: Schedule) {
  let calls = 0
  const pause = () => turns(pace[calls++ % pace.length] ?? 0)
  const clock = createManualClock(0)
  const stream = new RememberedStream(pause)
  const world = new World(stream, ['Customer', 'Order'], pause)
  const { source, published } = world
  const bounds = { ...limits, slowAfterMs: 1e12 }
  const feed = createFeed({ stream, source, published, clock, log: { warn: () => {}, info: () => {} }, limits: bounds })
  for (const write of first) world.commit(write)
  const client = new Client(feed, filter, from)

  const writing = async () => {
    for (const { wait, write } of writes) {
      await turns(wait)
      world.commit(write)
    }
  }
  const publishing = async () => {
    for (const wait of publications) {
      await turns(wait)
      world.publish(1)
    }
  }
  const subscribing = async () => {
    for (const { wait, pulls, cutBack } of moves) {
      client.pull(pulls)
      await turns(wait)
      if (cutBack !== null) await client.cut(cutBack)
    }
  }
  await Promise.all([writing(), publishing(), subscribing()])
  for (const pulls of cuts) {
    client.pull(pulls)
    await client.answered(clock)
    await client.cut(0)
  }
  world.publish(Number.POSITIVE_INFINITY)
  await client.drain(clock, cursorAt(stream.newest))
  await settled()
  expect([clock.armed(), stream.waiting, feed.load().subscribers]).toEqual([0, 0, 0])
  return { shown: new Map([...client.view].sort(([a], [b]) => (a < b ? -1 : 1))), all: world.matching(filter) }
}

describe('A snapshot of records that change while they are read', () => {
  test('ends at what is true, shows nothing older than before, and each row once', async () => {
    const filters = fc.constantFrom(
      filterOf({}),
      filterOf({ entities: ['Order'] }),
      filterOf({ ids: ['a', 'b', 'c'] }),
      filterOf({ values: [{ field: 'group', in: ['gold'] }] }),
    )
    await fc.assert(
      fc.asyncProperty(filters, schedule, async (filter, schedule) => {
        const { shown, all } = await run(filter, schedule)
        expect(shown).toEqual(all)
      }),
      { numRuns: 500 },
    )
  })

  test('has every record, whatever kind of change the filter passes over, and shows nothing older than before', async () => {
    const lasting = (write: Write): Write => ({ ...write, group: write.group ?? 'lead' })
    await fc.assert(
      fc.asyncProperty(schedule, async (schedule) => {
        const first = schedule.first.map(lasting)
        const writes = schedule.writes.map(({ wait, write }) => ({ wait, write: lasting(write) }))
        const { shown, all } = await run(filterOf({ origins: ['CRM'] }), { ...schedule, first, writes })
        for (const { entity, id } of first) expect(shown.has(`${entity} ${id}`)).toBe(true)
        for (const [name, serial] of shown) expect(all.get(name)).toBeGreaterThanOrEqual(serial)
      }),
      { numRuns: 300 },
    )
  })
})
