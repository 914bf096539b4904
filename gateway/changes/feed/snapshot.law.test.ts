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
import { FEED_LIMITS } from './limits.ts'
import { settled } from './opened-feed.fixture.ts'
import { RememberedStream } from './remembered-stream.fixture.ts'
import { filterOf } from './told.fixture.ts'
import { World, type Write } from './world.fixture.ts'

type Step =
  | { readonly step: 'WRITE'; readonly writes: readonly Write[] }
  | { readonly step: 'PUBLISH'; readonly count: number }
  | { readonly step: 'PULL'; readonly count: number }
  | { readonly step: 'TURNS'; readonly count: number }
  | { readonly step: 'CUT'; readonly back: number }

const write: fc.Arbitrary<Write> = fc.record({
  entity: fc.constantFrom('Customer', 'Order'),
  id: fc.constantFrom(...'abcdefgh'),
  group: fc.option(fc.constantFrom('gold', 'lead'), { freq: 4 }),
  origin: fc.constantFrom('GRAPH', 'CRM'),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ step: fc.constant('WRITE' as const), writes: fc.array(write, { maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('PUBLISH' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 6, arbitrary: fc.record({ step: fc.constant('PULL' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 6, arbitrary: fc.record({ step: fc.constant('TURNS' as const), count: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('CUT' as const), back: fc.nat({ max: 4 }) }) },
)
const schedule = fc.record({
  /** What is there from the start. */
  first: fc.array(write, { maxLength: 16 }),
  steps: fc.array(step, { maxLength: 60 }),
  pace: fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 20 })), { minLength: 1, maxLength: 10 }),
  from: fc.constantFrom('OLDEST' as const, 'NEWEST' as const),
  limits: fc.record({
    windowMessagesMax: fc.integer({ min: 1, max: 5 }),
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

  async drain(clock: ManualClock, newest: string): Promise<void> {
    for (;;) {
      while (this.#got < this.#asked) {
        await Promise.race([this.#pending, settled()])
        clock.skip(FEED_LIMITS.heartbeatEveryMs)
      }
      await this.#pending
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
    return this.#feed.open({ filter: this.#filter, from, snapshot: true }, new AbortController().signal)
  }
}

describe('A snapshot of records that change while they are read', () => {
  const run = async (
    filter: ChangeFilter,
    { first, steps, pace, from, limits }: typeof schedule extends fc.Arbitrary<infer T> ? T : never,
  ) => {
    let calls = 0
    const pause = () => turns(pace[calls++ % pace.length] ?? 0)
    const clock = createManualClock(0)
    const stream = new RememberedStream(pause)
    const world = new World(stream, ['Customer', 'Order'], pause)
    const { source, published } = world
    const bounds = { ...limits, windowBytesMax: 2_000, slowAfterMs: 1e12 }
    const feed = createFeed({ stream, source, published, clock, log: { warn: () => {} }, limits: bounds })
    for (const write of first) world.commit(write)
    const client = new Client(feed, filter, from)
    client.pull(1)
    for (const step of steps) {
      if (step.step === 'WRITE') for (const write of step.writes) world.commit(write)
      if (step.step === 'PUBLISH') world.publish(step.count)
      if (step.step === 'PULL') client.pull(step.count)
      if (step.step === 'TURNS') await turns(step.count)
      if (step.step === 'CUT') await client.cut(step.back)
    }
    world.publish(Number.POSITIVE_INFINITY)
    await client.drain(clock, cursorAt(stream.newest))
    await turns(100)
    expect([clock.armed(), stream.waiting, feed.load().subscribers]).toEqual([0, 0, 0])
    return { shown: new Map([...client.view].sort(([a], [b]) => (a < b ? -1 : 1))), true: world.matching(filter) }
  }

  test('ends at what is true, shows nothing older than before, and each row once', async () => {
    const filters = fc.constantFrom(
      filterOf({}),
      filterOf({ entities: ['Order'] }),
      filterOf({ ids: ['a', 'b', 'c'] }),
      filterOf({ values: [{ field: 'group', in: ['gold'] }] }),
    )
    await fc.assert(
      fc.asyncProperty(filters, schedule, async (filter, schedule) => {
        const views = await run(filter, schedule)
        expect(views.shown).toEqual(views.true)
      }),
      { numRuns: 300 },
    )
  })

  test('shows every record that there is, whatever kind of change the filter passes over, and nothing older than before', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (schedule) => {
        const filter = filterOf({ origins: ['CRM'] })
        const steps = schedule.steps.filter(({ step }) => step !== 'CUT')
        const lasting = schedule.first.filter(({ group }) => group !== null)
        const stable = (write: Write) => ({ ...write, group: write.group ?? 'lead' })
        const { shown, ...all } = await run(filter, {
          ...schedule,
          first: lasting,
          steps: steps.map((step) => (step.step === 'WRITE' ? { ...step, writes: step.writes.map(stable) } : step)),
        })
        for (const { entity, id } of lasting) expect(shown.has(`${entity} ${id}`)).toBe(true)
        for (const [name, serial] of shown) expect(all.true.get(name)).toBeGreaterThanOrEqual(serial)
      }),
    )
  })
})
