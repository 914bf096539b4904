import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TransactionRow } from '../../../schema/participant.ts'
import { StoreFailed } from '../../../schema/process/store-faults.ts'
import { SYSTEMS, type System } from '../../../schema/record.ts'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { createKeptLog, until } from '../../../test/coordinator/two-systems.ts'
import { openSqliteChangeStream } from '../../stores/sqlite/change-stream.ts'
import { change } from '../stream/contract/opened.contract.ts'
import type { AppendAnswer, ChangeStream } from '../stream/stream.ts'
import { type History, history } from './merge.fixture.ts'
import type { CommittedTransaction } from './merge.ts'
import type { Outbox } from './outbox.ts'
import { type Relay, type RelayOptions, startRelay } from './relay.ts'

/**
 * What becomes of an append: its answer may be lost with or without its effect; the relay may die before or after it;
 * or it is taken for dead and goes on when another is at work already.
 */
const fate = fc.constantFrom('WELL', 'LOST_BEFORE', 'LOST_AFTER', 'DIES_BEFORE', 'DIES_AFTER', 'LATE')
type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never

const never = () => new Promise<never>(() => {})

/** All appends that relays of one run make. */
class Appends {
  readonly #fates: Fate[]
  readonly #onDeath: () => void
  /** Appends on their way. */
  readonly late: (() => Promise<AppendAnswer>)[] = []

  constructor(fates: readonly Fate[], onDeath: () => void) {
    this.#fates = [...fates]
    this.#onDeath = onDeath
  }

  async meet(act: () => Promise<AppendAnswer>): Promise<AppendAnswer> {
    switch (this.#fates.shift() ?? 'WELL') {
      case 'WELL':
        return act()
      case 'LOST_BEFORE':
        throw new StoreFailed('lost')
      case 'LOST_AFTER':
        await act()
        throw new StoreFailed('lost')
      case 'DIES_BEFORE':
        this.#onDeath()
        return never()
      case 'DIES_AFTER':
        await act()
        this.#onDeath()
        return never()
      case 'LATE':
        this.late.push(act)
        this.#onDeath()
        return never()
    }
  }
}

/** So large that a few transactions fill a portion, and some a window. */
const BALLAST = 'x'.repeat(1_000_000)

/** An outbox that shows more with every look. */
function growingOutbox(system: System, { orders }: History, pages: readonly number[]): Outbox {
  const rows: readonly TransactionRow[] = orders[system].map(({ row }) => ({
    ...row,
    writes: row.writes.map((write) => ({ ...write, after: { ballast: BALLAST } })),
  }))
  const steps = [...pages]
  let seen = 0
  return {
    system,
    async read(after, limit) {
      seen = Math.min(rows.length, seen + (steps.shift() ?? rows.length))
      return rows.slice(after, Math.min(seen, after + limit))
    },
    last: async () => rows.length,
    async waitBeyond(_, signal) {
      await new Promise((resolve) => setImmediate(resolve))
      if (seen === rows.length) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      signal.throwIfAborted()
    },
  }
}

const publication = (transaction: CommittedTransaction) =>
  transaction.flatMap(({ system, sequence, row }) =>
    row.writes.map(({ key }) => change(`${system} ${sequence} ${key}`, { transaction: row.id })),
  )

const names = (commits: History['orders'][System]) => publication(commits).map(({ id }) => id)

describe('Relays that die, are late and lose answers', () => {
  let folder = ''
  let files = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-relays-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('publish each write exactly once, each transaction in one piece, and each record in order', async () => {
    const drawn = {
      given: history,
      fates: fc.array(fate, { maxLength: 8 }),
      pages: fc.array(fc.nat({ max: 4 }), { maxLength: 12 }),
    }
    await fc.assert(
      fc.asyncProperty(fc.record(drawn), async ({ given, fates, pages }) => {
        files += 1
        const clock = createManualClock(0)
        const stream = await openSqliteChangeStream({ file: join(folder, `${files}.sqlite`), clock, lookEveryMs: 50 })
        const relays: Relay[] = []
        const start = () => {
          relays.push(
            startRelay({
              ...{ stream: mortal(stream, appends), clock, log: createKeptLog(), publication, isAlone: true },
              keep: { ageMsMax: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER },
              outboxes: SYSTEMS.map((system) => growingOutbox(system, given, pages)),
            }),
          )
        }
        const appends = new Appends(fates, start)
        start()
        await until(async () => {
          clock.skip(100_000)
          const { progress } = await stream.relay()
          return SYSTEMS.every((system) => progress[system].through === given.orders[system].length)
        })
        for (const append of appends.late) expect(await append()).toMatchObject({ append: 'FENCED' })
        await relays.at(-1)?.stop()
        const page = await stream.read({ from: 'OLDEST', entriesMax: 10_000, bytesMax: 10_000_000 })
        await stream.close()
        const entries = page.read === 'PAGE' ? page.entries.map((entry) => entry.change) : []
        const all = SYSTEMS.flatMap((system) => names(given.orders[system]))
        expect(entries.map(({ id }) => id).toSorted()).toEqual(all.toSorted())
        const pieces = entries.filter(({ transactionId }, at) => entries[at - 1]?.transactionId !== transactionId)
        expect(pieces).toHaveLength(new Set(entries.map(({ transactionId }) => transactionId)).size)
        for (const record of ['a', 'b', 'c', 'd', 'e', 'f']) {
          for (const system of SYSTEMS) {
            const isOfRecord = (id: string) => id.startsWith(system) && id.endsWith(`["${record}"]`)
            expect(entries.map(({ id }) => id).filter(isOfRecord)).toEqual(
              names(given.orders[system]).filter(isOfRecord),
            )
          }
        }
      }),
      { numRuns: 25 },
    )
  }, 60_000)
})

function mortal(stream: ChangeStream, appends: Appends): RelayOptions['stream'] {
  return {
    relay: () => stream.relay(),
    acquire: (request) => stream.acquire(request),
    renew: (lease) => stream.renew(lease),
    release: (lease) => stream.release(lease),
    append: (append) => appends.meet(() => stream.append(append)),
    drop: (retention) => stream.drop(retention),
  }
}
