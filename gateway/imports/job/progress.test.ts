import { describe, expect, it } from 'vitest'
import {
  created,
  ending,
  failed,
  following,
  locked,
  NOW,
  numbersTo,
  queued,
  refused,
  running,
  started,
  taking,
  waiting,
} from './job.fixture.ts'
import type { Job } from './job.ts'
import { paced, ratesOf } from './pace.ts'
import { progressOf } from './progress.ts'

/** The next ten rows written by that time after the beginning. */
const ten = (job: Job, ms: number) => {
  const first = job.taken.place.rows + 1
  const taken = following(job, taking(job, first + 9))
  return following(taken, ending(taken.batches, numbersTo(first, first + 9).map(created), NOW + ms))
}

describe('The progress of a job', () => {
  it('is not known before there is something to know', () => {
    const nothing = { total: null, read: 0, done: 0, rowsPerSecond: 0, etaMs: null }
    expect(progressOf(waiting(), NOW)).toEqual({ ...nothing, percent: null, checkedPercent: null })
    expect(progressOf(queued(100), NOW)).toEqual({ ...nothing, percent: 0, checkedPercent: 0 })
  })

  it('tells how much validation has read', () => {
    const job = following(queued(100), started, { event: 'CHECKED', bytes: 250, at: NOW })
    expect(progressOf(job, NOW)).toMatchObject({ percent: 0, checkedPercent: 25 })
    expect(progressOf(running(100), NOW)).toMatchObject({ total: 100, percent: 0, checkedPercent: 100 })
  })

  it('counts by bytes what has its outcome, not what is under way', () => {
    const job = running(100)
    const taken = following(job, taking(job, 20, [failed(1), failed(2)]))
    expect(progressOf(taken, NOW)).toMatchObject({ read: 20, done: 2, percent: 0 })
    const results = [...numbersTo(3, 11).map(created), ...numbersTo(12, 20).map(locked)]
    expect(progressOf(following(taken, ending(1, results)), NOW)).toMatchObject({ read: 20, done: 11, percent: 10 })
  })

  it('tells rows per second and how long it still takes, from the last seconds', () => {
    const job = ten(ten(running(100), 1_000), 2_000)
    expect(progressOf(job, NOW + 2_000)).toMatchObject({ percent: 20, rowsPerSecond: 10, etaMs: 8_000 })
    const faster = [11, 12, 13, 14].reduce((before, second) => ten(before, second * 1_000), job)
    expect(progressOf(faster, NOW + 14_000)).toMatchObject({ percent: 60, rowsPerSecond: 3.3, etaMs: 12_000 })
  })

  it('slows down while nothing comes, and has no end in sight', () => {
    const job = ten(running(100), 1_000)
    expect(progressOf(job, NOW + 4_000)).toMatchObject({ rowsPerSecond: 2.5 })
    expect(progressOf(job, NOW + 60_000)).toMatchObject({ rowsPerSecond: 0, etaMs: null })
    expect(progressOf(following(job, { event: 'PAUSE', at: NOW }), NOW + 1_000)).toMatchObject({ rowsPerSecond: 0 })
  })

  it('is all, and takes no longer, when the job is completed', () => {
    expect(progressOf(ten(running(10), 1_000), NOW + 9_000)).toMatchObject({
      ...{ total: 10, done: 10, percent: 100, etaMs: 0, rowsPerSecond: 0 },
    })
  })

  it('stays where it was when the job is cancelled', () => {
    const job = following(ten(running(100), 1_000), { event: 'CANCEL', at: NOW })
    expect(progressOf(job, NOW + 2_000)).toMatchObject({ read: 10, done: 10, percent: 10, etaMs: 0 })
  })

  it('does not count rows that a job was cut short before, and those that others took with them', () => {
    const rows = numbersTo(1, 10)
    const results = rows.map((row) => (row === 3 ? refused(row) : ({ row, outcome: 'NOT_ATTEMPTED' } as const)))
    const whole = running(10, { atomicity: 'BATCH' })
    const left = following(whole, taking(whole, 10), ending(1, results))
    expect(progressOf(left, NOW)).toMatchObject({ total: 10, done: 10, percent: 100 })
    const job = running(20, { maxFailures: { kind: 'ROWS', rows: 0 } })
    const failing = following(job, taking(job, 10), ending(1, [...rows.slice(1).map(created), refused(1)]))
    expect(failing.phase.state).toBe('FAILED')
    expect(progressOf(failing, NOW)).toMatchObject({ total: 20, done: 10, percent: 50 })
  })

  it('tells after a pause how fast it comes on since', () => {
    const paused = following(ten(running(100), 1_000), { event: 'PAUSE', at: NOW + 1_000 })
    const resumed = following(paused, { event: 'RESUME', at: NOW + 8_000 })
    expect(progressOf(resumed, NOW + 8_000)).toMatchObject({ rowsPerSecond: 0, etaMs: null })
    expect(progressOf(ten(resumed, 9_000), NOW + 9_000)).toMatchObject({ rowsPerSecond: 10, etaMs: 8_000 })
  })

  it('is by rows where there is no file', () => {
    const inline = waiting({ source: { kind: 'INLINE', rows: 20, sha256: '' } })
    const job = following(inline, started, { event: 'VALIDATED', rows: 20, format: null, at: NOW })
    expect(progressOf(job, NOW)).toMatchObject({ percent: 0, checkedPercent: null })
    const some = following(job, { ...taking(job, 5), bytes: 0 }, ending(1, numbersTo(1, 5).map(created), NOW + 1_000))
    expect(progressOf(some, NOW + 1_000)).toMatchObject({ percent: 25, rowsPerSecond: 5, etaMs: 3_000 })
  })
})

describe('The pace', () => {
  it('remembers a bounded number of moments, however often something is done', () => {
    let pace = paced([], { at: 0, rows: 0, bytes: 0 })
    for (let at = 1; at <= 100_000; at += 7) pace = paced(pace, { at, rows: at, bytes: 2 * at })
    expect(pace.length).toBeLessThanOrEqual(32)
    const rates = ratesOf(pace, 100_000)
    expect(rates?.rowsPerSecond).toBeCloseTo(1_000, -1)
    expect(rates?.bytesPerSecond).toBeCloseTo(2_000, -2)
  })

  it('is not confused by a clock that is behind', () => {
    const pace = paced([{ at: 5_000, rows: 5, bytes: 5 }], { at: 1_000, rows: 10, bytes: 10 })
    expect(pace.at(-1)).toEqual({ at: 5_000, rows: 10, bytes: 10 })
    expect(ratesOf(pace, 4_000)).toBeNull()
    expect(ratesOf([], 4_000)).toBeNull()
  })
})
