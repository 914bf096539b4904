import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ending,
  following,
  locked,
  NOW,
  numbersTo,
  queued,
  refused,
  refusing,
  running,
  started,
  taking,
} from './job.fixture.ts'
import type { Job } from './job.ts'
import { nextWork, takeable, type Worker } from './next-work.ts'

const next = (job: Job, worker: Partial<Omit<Worker, 'inHand'>> & { readonly inHand?: readonly number[] } = {}) =>
  nextWork(job, { now: NOW, parallelMax: 2, ...worker, inHand: new Set(worker.inHand) })

const pause = { event: 'PAUSE', at: NOW } as const

describe('A worker', () => {
  it('begins, validates, and takes rows while it may send more', () => {
    expect(next(queued(9))).toEqual({ work: 'START' })
    expect(next(following(queued(9), started))).toEqual({ work: 'VALIDATE' })
    const job = running(9, { batchRows: 3 })
    expect(next(job)).toEqual({ work: 'TAKE', from: job.taken.place, rowsMax: 3 })
    const first = following(job, taking(job, 3))
    expect(next(first, { inHand: [1] })).toEqual({ work: 'TAKE', from: first.taken.place, rowsMax: 3 })
    const both = following(first, taking(first, 6))
    expect(next(both, { inHand: [1, 2] })).toEqual({ work: 'WAIT', until: null })
  })

  it('that has taken over sends first what its predecessor may have sent', () => {
    const job = running(9)
    const first = following(job, taking(job, 3))
    const both = following(first, taking(first, 6))
    expect(next(both)).toMatchObject({ work: 'SEND', batch: { number: 1 } })
    expect(next(both, { inHand: [1] })).toMatchObject({ work: 'SEND', batch: { number: 2 } })
    expect(next(both, { parallelMax: 1, inHand: [1] })).toEqual({ work: 'WAIT', until: null })
  })

  it('sends again what has waited long enough, before it takes more', () => {
    const job = running(9, { batchRows: 3 })
    const waits = following(following(job, taking(job, 3)), ending(1, [refused(1), locked(2), refused(3)]))
    expect(next(waits)).toMatchObject({ work: 'TAKE' })
    expect(next(waits, { now: NOW + 100 })).toMatchObject({ work: 'SEND', batch: { number: 2 } })
  })

  it('waits where all is taken, until the first is due', () => {
    const job = running(6)
    const first = following(job, taking(job, 3))
    const both = following(first, taking(first, 6), refusing(1, true, NOW + 9), refusing(2, true, NOW))
    expect(next(both)).toEqual({ work: 'WAIT', until: NOW + 100 })
  })

  it('takes no more where many batches wait already', () => {
    let job = running(99)
    for (let batch = 1; batch <= 16; batch += 1) job = following(job, taking(job, batch), refusing(batch, true))
    expect(next(job)).toEqual({ work: 'WAIT', until: NOW + 100 })
  })

  it.each([
    ['is paused', pause],
    ['is cancelled', { event: 'CANCEL', at: NOW }],
    ['cannot go on', { event: 'FAULTED', fault: { code: 'GONE', message: '' }, at: NOW }],
  ] as const)('of a job that %s sees to its end what was sent, and does nothing else', (_case, event) => {
    const job = running(9)
    const first = following(job, taking(job, 3))
    const stopping = following(following(first, taking(first, 6)), event)
    expect(next(stopping)).toMatchObject({ work: 'SEND', batch: { number: 1 } })
    expect(next(stopping, { inHand: [1, 2] })).toEqual({ work: 'WAIT', until: null })
    const end = (batch: number, from: number) => ending(batch, numbersTo(from, from + 2).map(locked))
    expect(next(following(stopping, end(1, 1), end(2, 4)))).toEqual({ work: 'NONE' })
  })
})

describe('Rows that are taken together', () => {
  const row = (number: number, ...writes: readonly string[]) => ({ row: number, writes, refers: [] })
  const referring = (number: number, write: string, ...refers: readonly string[]) => ({
    row: number,
    writes: [write],
    refers,
  })
  const numbers = (rows: readonly { readonly row: number }[]) => rows.map((one) => one.row)
  const nothing = { writes: [], refers: [] }

  it('are the first ones, as many as may be', () => {
    const rows = [row(1, 'a'), row(2, 'b'), row(3, 'c')]
    expect(numbers(takeable(rows, 2, nothing))).toEqual([1, 2])
    expect(numbers(takeable(rows, 9, nothing))).toEqual([1, 2, 3])
    expect(takeable([], 9, nothing)).toEqual([])
  })

  it('end before the second row of a record', () => {
    expect(numbers(takeable([row(1, 'a', 'x'), row(2, 'b'), row(3, 'x'), row(4, 'd')], 9, nothing))).toEqual([1, 2])
  })

  it('end before a row whose record an open batch touches, lest it overtakes', () => {
    const rows = [row(1), row(2, 'b'), row(3, 'a'), row(4, 'd')]
    expect(numbers(takeable(rows, 9, { writes: ['a'], refers: [] }))).toEqual([1, 2])
    expect(numbers(takeable(rows, 9, { writes: [], refers: ['a'] }))).toEqual([1, 2])
    expect(takeable([row(1, 'a')], 9, { writes: ['a'], refers: [] })).toEqual([])
  })

  it('may refer to one record all together, and end before a row that refers to what another writes', () => {
    const rows = [referring(1, 'a', 'x'), referring(2, 'b', 'x'), referring(3, 'c', 'a')]
    expect(numbers(takeable(rows, 9, { writes: [], refers: ['x'] }))).toEqual([1, 2])
    expect(takeable(rows, 9, { writes: ['x'], refers: [] })).toEqual([])
    expect(numbers(takeable([referring(1, 'a', 'x'), row(2, 'x')], 9, nothing))).toEqual([1])
  })

  it('are contiguous, wait for nothing that is taken or held, and are as many as can be', () => {
    const record = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
    const some = fc.uniqueArray(record, { maxLength: 1 })
    const touched = fc.record({ writes: some, refers: some })
    const drawn = fc.record({
      touches: fc.array(touched, { maxLength: 12 }),
      ...{ rowsMax: fc.integer({ min: 1, max: 6 }), held: touched },
    })
    fc.assert(
      fc.property(drawn, ({ touches, rowsMax, held }) => {
        const rows = touches.map((records, index) => ({ row: index + 1, ...records }))
        const taken = takeable(rows, rowsMax, held)
        expect(taken).toEqual(rows.slice(0, taken.length))
        const waits = (at: number) => {
          const before = [held, ...rows.slice(0, at)]
          const written = before.flatMap(({ writes }) => writes)
          const referred = before.flatMap(({ refers }) => refers)
          const { writes, refers } = rows[at] ?? nothing
          return (
            [...writes, ...refers].some((one) => written.includes(one)) || writes.some((one) => referred.includes(one))
          )
        }
        for (const at of taken.keys()) expect(waits(at)).toBe(false)
        const isFull = taken.length === rowsMax || taken.length === rows.length
        expect(isFull || waits(taken.length)).toBe(true)
      }),
    )
  })
})
