/**
 * Laws of a feed under random schedules: appends, pulls, cuts and resumptions, with reads that take any number of turns
 * and windows so small that subscribers fall behind all the time. A model knows what each connection must get: what its
 * filter passes of the entries after its cursor, in order, each once.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createManualClock, type ManualClock } from '../../../test/coordinator/manual-clock.ts'
import type { Change, Entry } from '../stream/stream.ts'
import { createFeed, type OpenFeed } from './create-feed.ts'
import { cursorAt } from './cursor.ts'
import type { ChangeFilter, FeedMessage } from './feed.ts'
import { FEED_LIMITS } from './limits.ts'
import { settled } from './opened-feed.fixture.ts'
import { RememberedStream } from './remembered-stream.fixture.ts'
import { asItIs, changeOf, filterOf } from './told.fixture.ts'

/** Each with what it must tell of a change, said once more in the plainest way. */
const FILTERS: readonly { readonly filter: ChangeFilter; readonly tells: (change: Change) => string | null }[] = [
  { filter: filterOf({}), tells: ({ before }) => `Change ${before === null}` },
  {
    filter: filterOf({ ids: ['1', '3'] }),
    tells: ({ id, before }) => (+id % 2 === 1 ? `Change ${before === null}` : null),
  },
  {
    filter: filterOf({ origins: ['CRM'] }),
    tells: ({ origin, before }) => (origin === 'CRM' ? `Change ${before === null}` : null),
  },
  { filter: filterOf({ ids: [] }), tells: () => null },
  {
    filter: filterOf({ values: [{ field: 'group', in: ['gold'] }] }),
    tells: ({ before, after }) => {
      const [did, does] = [before?.['group'] === 'gold', after?.['group'] === 'gold']
      if (does) return `Change ${!did}`
      if (!did) return null
      return after === null ? 'Change false' : 'LeftFilter'
    },
  },
]

type Step =
  | { readonly step: 'APPEND'; readonly changes: readonly Draft[] }
  | { readonly step: 'PULL'; readonly client: number; readonly count: number }
  | { readonly step: 'TURNS'; readonly count: number }
  | { readonly step: 'CUT'; readonly client: number; readonly back: number; readonly byAbort: boolean }

interface Draft {
  readonly id: number
  readonly group: string | null
  readonly isFromCrm: boolean
  readonly note: number
}

const DRAFT: Draft = { id: 1, group: 'gold', isFromCrm: true, note: 0 }
const CLIENTS = FILTERS.length
const CUTS = 12
const client = fc.nat({ max: CLIENTS - 1 })
const draft: fc.Arbitrary<Draft> = fc.record({
  id: fc.integer({ min: 1, max: 4 }),
  group: fc.option(fc.constantFrom('gold', 'lead')),
  isFromCrm: fc.boolean(),
  note: fc.nat({ max: 300 }),
})
const between: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ step: fc.constant('APPEND' as const), changes: fc.array(draft, { maxLength: 20 }) }),
  fc.record({ step: fc.constant('PULL' as const), client, count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ step: fc.constant('TURNS' as const), count: fc.integer({ min: 1, max: 40 }) }),
)
const cut: fc.Arbitrary<Step> = fc.record({
  step: fc.constant('CUT' as const),
  client,
  back: fc.nat({ max: 3 }),
  byAbort: fc.boolean(),
})
const history = fc
  .array(fc.tuple(fc.array(between, { maxLength: 12 }), cut), { minLength: CUTS, maxLength: CUTS })
  .map((rounds) => rounds.flatMap(([steps, last]): readonly Step[] => [...steps, last]))
const windows = fc.record({
  windowMessagesMax: fc.integer({ min: 1, max: 6 }),
  windowBytesMax: fc.integer({ min: 1, max: 2_000 }),
})
/** Turns that a read takes, over and over. */
const pace = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 60 })), { minLength: 1, maxLength: 20 })

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve()
}

const pausing = (pace: readonly number[]) => {
  let calls = 0
  return () => turns(pace[calls++ % pace.length] ?? 0)
}

/** One who subscribes, gets cut off and comes back with some cursor that it got. */
class Client {
  readonly #feed: OpenFeed
  readonly #stream: RememberedStream
  readonly #kind: (typeof FILTERS)[number]
  #stop = new AbortController()
  #iterator: AsyncIterator<FeedMessage>
  #pending: Promise<void> = Promise.resolve()
  #got: FeedMessage[] = []
  #asked = 0
  #cursors: string[] = []
  #from: string | null = null

  constructor(feed: OpenFeed, stream: RememberedStream, kind: (typeof FILTERS)[number]) {
    this.#feed = feed
    this.#stream = stream
    this.#kind = kind
    this.#iterator = this.#open()
  }

  pull(count: number): void {
    const got = this.#got
    this.#asked += count
    for (let pull = 0; pull < count; pull += 1) {
      const next = this.#iterator.next()
      this.#pending = this.#pending
        .then(() => next)
        .then(({ done, value }) => {
          if (done !== true) got.push(value)
        })
    }
  }

  /** What was under way is forgotten by both, or by the feed alone; it comes back with a cursor of the last few. */
  async cut(back: number, byAbort: boolean): Promise<void> {
    if (byAbort) this.#stop.abort()
    else await this.#iterator.return?.()
    await this.#pending
    this.check()
    this.#cursors.push(...this.#got.map(({ cursor }) => cursor))
    this.#from = this.#cursors.at(-1 - back) ?? this.#cursors[0] ?? null
    this.#iterator = this.#open()
    this.pull(1)
  }

  /** Pulls until it has looked through everything. */
  async drain(clock: ManualClock): Promise<void> {
    for (;;) {
      while (this.#asked > this.#got.length) {
        await Promise.race([this.#pending, settled()])
        clock.skip(FEED_LIMITS.heartbeatEveryMs)
      }
      const last = this.#got.at(-1)
      if (last?.message === 'Heartbeat' && last.cursor === cursorAt(this.#stream.newest)) break
      this.pull(1)
    }
    expect(this.check()).toHaveLength(this.#expected().length)
  }

  /** All that this connection has got is the beginning of what it must get. */
  check(): readonly FeedMessage[] {
    const told = this.#got.filter(({ message }) => message === 'Change' || message === 'LeftFilter')
    const words = told.map((message) => [message.cursor, wordOf(message)])
    expect(words).toEqual(this.#expected().slice(0, words.length))
    if (this.#got.length > 0) expect(this.#got[0]?.message).toBe('StreamOpened')
    expect(this.#got.filter(({ message }) => message === 'StreamOpened').length).toBeLessThanOrEqual(1)
    return told
  }

  async end(): Promise<void> {
    this.#stop.abort()
    await this.#pending
  }

  #open(): AsyncIterator<FeedMessage> {
    this.#stop = new AbortController()
    this.#got = []
    this.#asked = 0
    this.#pending = Promise.resolve()
    const from = this.#from === null ? 'OLDEST' : { after: this.#from }
    return this.#feed.open({ filter: this.#kind.filter, from, snapshot: false }, this.#stop.signal, asItIs)
  }

  #expected(): readonly (readonly [string, string])[] {
    const { entries } = this.#stream
    const first = entries.findIndex(({ position }) => cursorAt(position) === this.#from) + 1
    return entries.slice(first).flatMap(({ change, position }: Entry) => {
      const told = this.#kind.tells(change)
      return told === null ? [] : [[cursorAt(position), told] as const]
    })
  }
}

function wordOf(message: FeedMessage): string {
  return message.message === 'Change' ? `Change ${message.entered}` : message.message
}

/** Gives every record the images that its history calls for. */
class Records {
  readonly #groups = new Map<number, string | null>()
  #serial = 0

  next({ id, group: wanted, isFromCrm, note }: Draft): Change {
    const was = this.#groups.get(id) ?? null
    const group = was === null ? (wanted ?? 'lead') : wanted
    this.#groups.set(id, group)
    this.#serial += 1
    return changeOf(`${id}`, {
      origin: isFromCrm ? 'CRM' : 'GRAPH',
      revision: this.#serial,
      before: was === null ? null : { group: was },
      after: group === null ? null : { group },
      changedFields: ['x'.repeat(note)],
    })
  }
}

describe('Whatever is appended, pulled and cut off, and however slow the reads are', () => {
  let resumptions = 0

  test('every connection gets what its filter passes after its cursor: all of it, in order, each once', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        windows,
        pace,
        fc.array(fc.nat({ max: 60 }), { maxLength: 8 }),
        async (steps, limits, pace, flurry) => {
          const clock = createManualClock(0)
          const stream = new RememberedStream(pausing(pace))
          const warned: string[] = []
          const log = { warn: (_: object, message: string) => warned.push(message), info: () => {} }
          const source = { entities: [], chunk: () => Promise.reject(new Error('no snapshot was asked for')) }
          const feed = createFeed({
            stream,
            source,
            published: () => Promise.resolve(),
            clock,
            log,
            limits: { ...limits, slowAfterMs: 1e12 },
          })
          const records = new Records()
          const clients = FILTERS.map((kind) => new Client(feed, stream, kind))
          for (const step of steps) {
            if (step.step === 'APPEND') stream.append(...step.changes.map((draft) => records.next(draft)))
            if (step.step === 'PULL') clients[step.client]?.pull(step.count)
            if (step.step === 'TURNS') await turns(step.count)
            if (step.step === 'CUT') {
              await clients[step.client]?.cut(step.back, step.byAbort)
              resumptions += 1
            }
          }
          for (const rest of flurry) {
            for (const client of clients) client.pull(2)
            stream.append(...Array.from({ length: rest % 9 }, () => records.next(DRAFT)))
            await turns(rest)
          }
          for (const client of clients) await client.drain(clock)
          expect(feed.load().messages).toBe(0)
          expect(feed.load().live).toBe(CLIENTS)
          await Promise.all(clients.map((client) => client.end()))
          expect(feed.load()).toMatchObject({ subscribers: 0, filters: 0 })
          await turns(100)
          expect([clock.armed(), stream.waiting, warned]).toEqual([0, 0, []])
        },
      ),
    )
    expect(resumptions).toBeGreaterThanOrEqual(1_000)
  })
})
