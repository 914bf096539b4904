import { describe, expect, it } from 'vitest'
import { decide } from './decide.ts'
import type { BatchTaken, JobEvent } from './event.ts'
import {
  created,
  ending,
  failed,
  following,
  idOf,
  locked,
  NOW,
  numbersTo,
  refusalOf,
  refused,
  refusing,
  running,
  taking,
} from './job.fixture.ts'
import { batchKey, type Job } from './job.ts'
import type { RowResult } from './outcome.ts'

const sending = (batch: number): JobEvent => ({ event: 'BATCH_SENT', batch, at: NOW })

/** With its first rows sent as batch 1. */
const sent = (rows: number, options: Parameters<typeof running>[1] = {}) => {
  const job = running(100, options)
  return following(job, taking(job, rows))
}

/** The row that is the only one of the only open batch, sent and refused until its job has enough of it. */
function insist(first: Job, result: RowResult): { readonly job: Job; readonly times: number } {
  let job = first
  for (let times = 0; ; times += 1) {
    const [batch] = job.open
    if (batch === undefined) return { job, times }
    const sentJob = batch.sending.status === 'WAITING' ? following(job, sending(batch.number)) : job
    job = following(sentJob, ending(batch.number, [result]))
  }
}

describe('Rows that are taken', () => {
  it('become a batch that is sent, but for those whose outcome is known', () => {
    const job = running(9)
    const decision = decide(job, taking(job, 4, [failed(2)]))
    expect(decision).toMatchObject({
      job: {
        taken: { place: { rows: 4 }, bytes: 40 },
        ...{ batches: 1, outcomes: { FAILED: 1 } },
        open: [{ number: 1, attempt: 0, round: 0, bytes: 40, from: job.taken.place, sending: { status: 'SENT' } }],
      },
      outcomes: [{ batch: null, outcome: failed(2) }],
    })
  })

  it('become none where all outcomes are known, and are taken once all the same', () => {
    const job = running(9)
    const next = taking(job, 2, [failed(1), failed(2)])
    const taken = following(job, next)
    expect(taken).toMatchObject({ open: [], batches: 1 })
    expect(refusalOf(decide(taken, next))).toBe('UNKNOWN_BATCH')
  })

  it.each<[string, (right: BatchTaken) => Partial<BatchTaken>]>([
    ['leave out a row', ({ sent: rows }) => ({ sent: rows.slice(1) })],
    ['have a row twice', ({ sent: rows }) => ({ sent: [...rows, 4] })],
    ['have a row that is sent although its outcome is known', () => ({ settled: [failed(4)] })],
    ['reach beyond the file', () => ({ sent: numbersTo(4, 10), to: { byte: 0, line: 0, rows: 10 } })],
    ['are none', () => ({ sent: [], to: { byte: 0, line: 0, rows: 3 } })],
    ['end before others that were taken', () => ({ bytes: 29 })],
  ])('are refused where they %s', (_case, wrong) => {
    const begun = running(9)
    const job = following(begun, taking(begun, 3))
    const right = taking(job, 6)
    expect(refusalOf(decide(job, { ...right, ...wrong(right) }))).toBe('WRONG_ROWS')
    expect(refusalOf(decide(job, right))).toBeNull()
  })
})

describe('A batch that has ended', () => {
  it('is gone, with an outcome for each of its rows', () => {
    const decision = decide(sent(3), ending(1, [created(3), refused(1), created(2)]))
    expect(decision).toMatchObject({
      job: { open: [], outcomes: { CREATED: 2, FAILED: 1 } },
      outcomes: [created(3), failed(1), created(2)].map((outcome) => ({ batch: 1, outcome })),
    })
  })

  it('is told once', () => {
    const job = following(sent(1), ending(1, [created(1)]))
    expect(refusalOf(decide(job, ending(1, [created(1)])))).toBe('UNKNOWN_BATCH')
    expect(refusalOf(decide(job, refusing(1, true)))).toBe('UNKNOWN_BATCH')
  })

  it('is refused where not just its rows are told', () => {
    const job = sent(2)
    const wrong = [[created(1)], [created(1), created(1)], [1, 2, 3].map(created), []]
    expect(wrong.map((results) => refusalOf(decide(job, ending(1, results))))).toEqual(wrong.map(() => 'WRONG_ROWS'))
  })

  it('leaves the next ones as large as fits how long it took, unless the size was asked for', () => {
    const quick = { ...ending(1, numbersTo(1, 50).map(created)), durationMs: 10 }
    expect(following(sent(50), quick).batchRows).toBe(100)
    expect(following(sent(50, { batchRows: 50 }), quick).batchRows).toBe(50)
  })
})

describe('Rows that failed for a reason that passes', () => {
  it('come again as a batch of their own, after a pause', () => {
    const job = following(sent(3), ending(1, [locked(1), refused(2), locked(3)]))
    expect(job.outcomes).toMatchObject({ FAILED: 1 })
    expect(job.open).toMatchObject([{ number: 2, round: 1, sending: { status: 'WAITING', notBefore: NOW + 100 } }])
  })

  it('come again at once where others of their batch were written, in whose way they may have been', () => {
    const job = following(sent(4), ending(1, [created(1), locked(2), refused(3), locked(4)]))
    expect(job.outcomes).toMatchObject({ CREATED: 1, FAILED: 1 })
    expect(job.open).toEqual([
      {
        ...{ number: 2, attempt: 0, round: 1, from: sent(4).open[0]?.from, bytes: 20 },
        rows: [
          [2, 2],
          [4, 4],
        ],
        sending: {
          ...{ status: 'WAITING', notBefore: NOW },
          reasons: [...failed(2, 'LOCKED', null).reasons, ...failed(4, 'LOCKED', null).reasons],
        },
      },
    ])
  })

  it('have no end to be told before they are sent', () => {
    const job = following(sent(1), ending(1, [locked(1)]))
    expect(refusalOf(decide(job, ending(2, [created(1)])))).toBe('UNKNOWN_BATCH')
    expect(following(job, sending(2), sending(2), ending(2, [created(1)])).outcomes.CREATED).toBe(1)
    expect(refusalOf(decide(job, sending(1)))).toBe('UNKNOWN_BATCH')
  })

  it('wait longer each time, and fail in the end', () => {
    const { job, times } = insist(sent(1), locked(1))
    expect([times, job.outcomes.FAILED]).toEqual([8, 1])
  })
})

describe('A batch that is refused as a whole', () => {
  it('for a reason that passes waits, and comes again under another key, as often as it takes', () => {
    let job = sent(3)
    const keys = new Set<string>()
    for (let times = 0; times < 50; times += 1) {
      for (const batch of job.open) keys.add(batchKey(job, batch))
      job = following(job, refusing(1, true), sending(1))
    }
    expect(job.open).toMatchObject([{ number: 1, attempt: 50, round: 0, rows: [[1, 3]] }])
    expect(keys.size).toBe(50)
  })

  it('says why it waits', () => {
    const [batch] = following(sent(3), refusing(1, true)).open
    expect(batch?.sending).toMatchObject({ notBefore: NOW + 100, reasons: [{ code: 'SYSTEM_UNAVAILABLE' }] })
  })

  it('for good is split', () => {
    const job = following(sent(5), refusing(1, false))
    expect(job).toMatchObject({
      ...{ batches: 3, batchRows: 3 },
      open: [
        { number: 2, rows: [[1, 3]], bytes: 30, sending: { status: 'WAITING', notBefore: NOW } },
        { number: 3, rows: [[4, 5]], bytes: 20, sending: { status: 'WAITING', notBefore: NOW } },
      ],
    })
  })

  it('for good is one row in the end, of which its outcome is to be told', () => {
    let job = sent(5)
    for (let batch = job.open[0]; batch !== undefined; batch = job.open[0]) {
      if (batch.sending.status === 'WAITING') job = following(job, sending(batch.number))
      const rows = batch.rows.flatMap(([first, last]) => numbersTo(first, last))
      const [only] = rows
      if (only === undefined) throw new Error('A batch has rows')
      if (rows.length === 1) expect(refusalOf(decide(job, refusing(batch.number, false)))).toBe('INDIVISIBLE')
      const isPoison = rows.includes(4)
      const end = rows.length > 1 ? refusing(batch.number, false) : ending(batch.number, [refused(4)])
      job = following(job, isPoison ? end : ending(batch.number, rows.map(created)))
    }
    expect(job.outcomes).toMatchObject({ CREATED: 4, FAILED: 1 })
  })

  it('for good is split where its worker says, so that rows stay together', () => {
    const refusal = { ...refusing(1, false), firstHalf: 1 }
    expect(following(sent(5), refusal).open.map(({ rows }) => rows)).toEqual([[[1, 1]], [[2, 5]]])
    expect(refusalOf(decide(sent(5), { ...refusal, firstHalf: 5 }))).toBe('INDIVISIBLE')
  })

  it('while its job ends leaves its rows not attempted', () => {
    const ended = following(sent(3), { event: 'CANCEL', at: NOW }, refusing(1, true))
    expect(ended).toMatchObject({ phase: { state: 'CANCELLED' }, outcomes: { NOT_ATTEMPTED: 100 } })
  })
})

describe('A batch that is written as a whole or not at all', () => {
  const atomic = (rows: number) => sent(rows, { atomicity: 'BATCH', batchRows: 10 })
  const left = (row: number): RowResult => ({ row, outcome: 'NOT_ATTEMPTED' })

  it('has no row written beside one that failed', () => {
    const torn = ending(1, [created(1), refused(2)])
    expect(refusalOf(decide(atomic(2), torn))).toBe('NOT_ATOMIC')
    expect(following(atomic(2), ending(1, [left(1), refused(2)])).outcomes).toMatchObject({
      FAILED: 1,
      NOT_ATTEMPTED: 1,
    })
  })

  it('is not sent without a row that failed already', () => {
    const job = running(9, { atomicity: 'BATCH', batchRows: 3 })
    expect(refusalOf(decide(job, taking(job, 3, [failed(1)])))).toBe('NOT_ATOMIC')
    expect(refusalOf(decide(job, taking(job, 3, [failed(1), { row: 2, outcome: 'NOT_ATTEMPTED' }, failed(3)])))).toBe(
      null,
    )
  })

  it('comes again for as long as others of it are written each time', () => {
    const rows = 20
    let job = following(running(rows), taking(running(rows), rows))
    for (let written = 1; written <= rows; written += 1) {
      const [batch] = job.open
      const results = numbersTo(written, rows).map((row) => (row === written ? created(row) : locked(row)))
      if (batch?.sending.status === 'WAITING') {
        job = following(job, { event: 'BATCH_SENT', batch: batch.number, at: NOW })
      }
      job = following(job, ending(batch?.number ?? 0, results))
    }
    expect(job).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { CREATED: rows } })
  })

  it('comes again with all of its rows where only passing reasons kept it out', () => {
    expect(following(atomic(3), ending(1, [left(1), locked(2), left(3)])).open).toMatchObject([
      { round: 1, rows: [[1, 3]] },
    ])
    const mixed = following(atomic(3), ending(1, [left(1), locked(2), refused(3)]))
    expect(mixed).toMatchObject({ open: [], outcomes: { FAILED: 2, NOT_ATTEMPTED: 1 } })
  })

  it('is the whole file where no size is given: a part of it is not taken', () => {
    const job = running(9, { atomicity: 'BATCH' })
    expect(refusalOf(decide(job, taking(job, 8)))).toBe('NOT_ATOMIC')
    expect(refusalOf(decide(job, taking(job, 9)))).toBeNull()
  })

  it('is not split', () => {
    expect(refusalOf(decide(atomic(3), refusing(1, false)))).toBe('INDIVISIBLE')
  })
})

describe('The key of a batch', () => {
  it('is the same for the same batch alone', () => {
    const keys = [
      batchKey({ id: idOf('a') }, { number: 1, attempt: 0 }),
      batchKey({ id: idOf('b') }, { number: 1, attempt: 0 }),
      batchKey({ id: idOf('a') }, { number: 2, attempt: 0 }),
      batchKey({ id: idOf('a') }, { number: 1, attempt: 1 }),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(batchKey({ id: idOf('a') }, { number: 1, attempt: 0 })).toBe(keys[0])
  })
})
