import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { TransactionRow } from '../../../schema/participant.ts'
import { createKeptLog, type KeptLog } from '../../../test/coordinator/two-systems.ts'
import type { Clock } from '../../coordinator/environment.ts'
import { createTrouble } from '../trouble.ts'
import { createDisorder, type Disorder } from './disorder.ts'
import { commit } from './merge.fixture.ts'
import type { Outbox } from './outbox.ts'
import { type Page, pagesOf } from './pages.ts'

const row = (sequence: number): TransactionRow => commit('ERP', sequence, `t${sequence}`, { ERP: [] }).row

describe('The pages of an outbox', () => {
  let rows: TransactionRow[]
  let asked: (readonly [after: number, limit: number])[]
  /** What the next reads come to instead, one each. */
  let faults: (Error | readonly TransactionRow[])[]
  let log: KeptLog
  let disorder: Disorder
  let stop: AbortController
  /** Runs before each read. */
  let asking: () => void
  beforeEach(() => {
    rows = []
    asked = []
    faults = []
    log = createKeptLog()
    disorder = createDisorder()
    stop = new AbortController()
    asking = () => {}
  })

  const outbox: Outbox = {
    system: 'ERP',
    async read(after, limit) {
      asked.push([after, limit])
      asking()
      const fault = faults.shift()
      if (fault instanceof Error) throw fault
      if (fault !== undefined) return fault
      return rows.filter(({ sequence }) => (sequence ?? 0) > after).slice(0, limit)
    },
    last: async () => rows.length,
    async waitBeyond(sequence, signal) {
      rows.push(row(sequence + 1))
      signal.throwIfAborted()
    },
  }
  /** Time goes by as soon as somebody waits for it. */
  const clock: Pick<Clock, 'after'> = {
    after(_, run) {
      queueMicrotask(run)
      return () => {}
    },
  }
  const pages = (after = 0) =>
    pagesOf(outbox, after, { trouble: createTrouble('read', { clock, log }), disorder, signal: stop.signal })
  const sequences = (page: Page) => page.map(({ sequence }) => sequence)
  const next = async (from: ReturnType<typeof pages>): Promise<Page> => {
    const { value } = await from.next()
    if (value === undefined) throw new Error('There is no page')
    return value
  }

  it('follow one another, and go on with what comes later', async () => {
    rows = Array.from({ length: 120 }, (_, index) => row(index + 1))
    const all = pages(10)
    const read = [await next(all), await next(all), await next(all), await next(all)]
    expect(read.flatMap(sequences)).toEqual(Array.from({ length: 111 }, (_, index) => index + 11))
  })

  it('are read no further than they are asked for', async () => {
    rows = Array.from({ length: 200 }, (_, index) => row(index + 1))
    await next(pages())
    expect(asked).toHaveLength(1)
  })

  it('come after any number of failures, which are said once, and less is asked for meanwhile', async () => {
    faults = Array.from({ length: 8 }, () => new Error('no answer'))
    rows = [row(1)]
    expect(sequences(await next(pages()))).toEqual([1])
    expect(asked.map(([, limit]) => limit)).toEqual([50, 25, 12, 6, 3, 1, 1, 1, 1])
    expect(log.lines).toHaveLength(1)
  })

  it('grow again little by little once less was asked for', async () => {
    rows = Array.from({ length: 200 }, (_, index) => row(index + 1))
    faults = [new Error('too much'), new Error('too much'), new Error('too much')]
    const all = pages()
    const lengths: number[] = []
    while (lengths.length < 5) lengths.push((await next(all)).length)
    expect(lengths).toEqual([6, 12, 24, 48, 50])
  })

  it('never come out of order', async () => {
    faults = [[2, 1].map(row)]
    rows = [1, 2].map(row)
    expect(sequences(await next(pages()))).toEqual([1, 2])
    expect(log.lines).toMatchObject([{ fields: { err: { name: 'OutOfOrder' } } }])
  })

  it('wait for a commit that is left out, however long it is, and ask for as much again', async () => {
    const askedMax = 20
    rows = [1, 3, 2, 4].map(row)
    asking = () => {
      if (asked.length > askedMax) stop.abort()
    }
    expect(await pages().next()).toEqual({ done: true, value: undefined })
    expect(new Set(asked.map(String))).toEqual(new Set(['0,50']))
    expect(disorder.now).toMatchObject({ system: 'ERP', message: expect.stringMatching(/t3 is number 3 after 1$/) })
    expect(log.lines).toHaveLength(1)
  })

  it('pass nothing over, whatever order an outbox gives and however little is read at once', async () => {
    const order = fc.integer({ min: 1, max: 8 }).chain((count) => {
      const all = Array.from({ length: count }, (_, index) => index + 1)
      return fc.shuffledSubarray(all, { minLength: count }).map((given) => ({ given, all }))
    })
    await fc.assert(
      fc.asyncProperty(order, fc.nat({ max: 7 }), async ({ given, all }, failures) => {
        asked = []
        faults = Array.from({ length: failures }, () => new Error('no answer'))
        rows = given.map(row)
        stop = new AbortController()
        asking = () => {
          if (asked.length > 30) stop.abort()
          // Whoever waits for more has read all that there is.
          if ((asked.at(-1)?.[0] ?? 0) >= all.length) stop.abort()
        }
        const got: number[] = []
        for await (const page of pages()) got.push(...sequences(page))
        expect(got).toEqual(all.slice(0, got.length))
        if (String(given) === String(all)) expect(got).toEqual(all)
      }),
    )
  })

  it('end when it is time to stop', async () => {
    const all = pages()
    rows = [row(1)]
    await next(all)
    stop.abort()
    expect(await all.next()).toEqual({ done: true, value: undefined })
  })
})
