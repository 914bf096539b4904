import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from './decide.ts'
import type { JobDefinition } from './definition.ts'
import type { JobEvent } from './event.ts'
import {
  created,
  ending,
  failed,
  locked,
  NOW,
  placeAfter,
  refused,
  refusing,
  started,
  taking,
  uploaded,
  validated,
  waiting,
} from './job.fixture.ts'
import { isOneBatch, isOver, type Job } from './job.ts'
import { counted, NO_OUTCOMES, type RowOutcome, type RowResult, totalOf } from './outcome.ts'
import { rowsIn } from './row-spans.ts'

const ROWS = 12

const options: fc.Arbitrary<Partial<JobDefinition>> = fc.record({
  atomicity: fc.constantFrom('ROW', 'ROW', 'BATCH'),
  batchRows: fc.constantFrom(null, 3),
  maxFailures: fc.constantFrom(
    null,
    null,
    { kind: 'ROWS', rows: 2 } as const,
    { kind: 'PERCENT', percent: 50 } as const,
  ),
})

const draw = {
  // What ends a job is rare, lest most end before anything happens.
  kind: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('TAKE', 'SEND', 'END', 'END') },
    { weight: 5, arbitrary: fc.constantFrom('REFUSE', 'PAUSE', 'RESUME', 'RESUME', 'NONSENSE') },
    { weight: 5, arbitrary: fc.constantFrom('UPLOADED', 'STARTED', 'CHECKED', 'VALIDATED') },
    { weight: 1, arbitrary: fc.constantFrom('CANCEL', 'FAULT', 'EXPIRE', 'ANNOUNCED_ANEW') },
  ),
  count: fc.integer({ min: 1, max: 5 }),
  pick: fc.nat(),
  results: fc.array(fc.constantFrom(created, created, refused, locked, leftOut), { minLength: 5, maxLength: 5 }),
  flag: fc.boolean(),
}
const act = fc.record(draw)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

function leftOut(row: number): RowResult {
  return { row, outcome: 'NOT_ATTEMPTED' }
}

/** An event that fits the job, as far as there is one of its kind. */
function eventOf(job: Job, { kind, count, pick, results, flag }: Act): JobEvent {
  const batch = job.open.length === 0 ? undefined : job.open[pick % job.open.length]
  const number = batch?.number ?? pick
  const at = NOW + pick
  switch (kind) {
    case 'TAKE': {
      const last = isOneBatch(job) ? ROWS : Math.min(ROWS, job.taken.place.rows + count)
      return taking(job, last, flag ? [failed(last)] : [])
    }
    case 'SEND':
      return { event: 'BATCH_SENT', batch: number, at }
    case 'END': {
      const said = (index: number) => (flag ? created : (results[index % results.length] ?? created))
      return ending(
        number,
        (batch === undefined ? [] : rowsIn(batch.rows)).map((row, index) => said(index)(row)),
        at,
      )
    }
    case 'REFUSE':
      return refusing(number, flag, at)
    case 'NONSENSE':
      return flag
        ? ending(number, [created(pick % ROWS), created(pick % ROWS)], at)
        : { ...taking(job, ROWS), to: placeAfter(pick % (2 * ROWS)), sent: [pick % ROWS] }
    case 'FAULT':
      return { event: 'FAULTED', fault: { code: 'GONE', message: 'The file is gone' }, at }
    case 'UPLOADED':
      return uploaded(ROWS)
    case 'ANNOUNCED_ANEW':
      return { event: kind, uploadId: `upload ${pick}`, at }
    case 'STARTED':
      return started
    case 'CHECKED':
      return { event: 'CHECKED', bytes: pick, at }
    case 'VALIDATED':
      return validated(ROWS)
    default:
      return { event: kind, at }
  }
}

interface Course {
  readonly jobs: readonly Job[]
  readonly outcomes: readonly RowOutcome[]
}

/** Every job that there was, and every outcome that was told. */
function courseOf(first: Job, acts: readonly Act[]): Course {
  return acts.reduce<Course>(
    ({ jobs, outcomes }, one) => {
      const job = jobs.at(-1) ?? first
      const decision = decide(job, eventOf(job, one))
      if (!decision.decided) return { jobs: [...jobs, job], outcomes }
      return {
        jobs: [...jobs, decision.job],
        outcomes: [...outcomes, ...decision.outcomes.map(({ outcome }) => outcome)],
      }
    },
    { jobs: [first], outcomes: [] },
  )
}

const acts = fc.array(act, { maxLength: 60, size: 'max' })
/** Half of them begin where rows are taken. */
const beginning = fc.constantFrom<readonly JobEvent[]>([], [uploaded(ROWS), started, validated(ROWS)])
const course = fc.record({ options, acts, beginning }).map(({ options: some, acts: all, beginning: before }) => {
  const first = before.reduce((job, event) => {
    const decision = decide(job, event)
    return decision.decided ? decision.job : job
  }, waiting(some))
  return courseOf(first, all)
})

const runs = { numRuns: 500 }

describe('Whatever happens to an import job, in whatever order', () => {
  it('each row that was taken has one outcome or is open, and none has both or two', () => {
    fc.assert(
      fc.property(course, ({ jobs, outcomes }) => {
        const job = jobs.at(-1)
        if (job === undefined) throw new Error('There is a job')
        const open = job.open.flatMap(({ rows }) => rowsIn(rows))
        const rows = [...outcomes.map(({ row }) => row), ...open].toSorted((one, other) => one - other)
        expect(rows).toEqual(Array.from({ length: job.taken.place.rows }, (_, index) => index + 1))
      }),
      runs,
    )
  })

  it('the outcomes that were told are those that are counted, and add up to the rows of a job that is over', () => {
    fc.assert(
      fc.property(course, ({ jobs, outcomes }) => {
        const job = jobs.at(-1)
        if (job === undefined) throw new Error('There is a job')
        const left = isOver(job) ? (job.rows ?? 0) - job.taken.place.rows : 0
        const told = counted(NO_OUTCOMES, outcomes)
        expect(job.outcomes).toEqual({ ...told, NOT_ATTEMPTED: told.NOT_ATTEMPTED + left })
        if (isOver(job)) expect(totalOf(job.outcomes)).toBe(job.rows ?? 0)
      }),
      runs,
    )
  })

  it('a job that is over stays as it is', () => {
    fc.assert(
      fc.property(course, ({ jobs }) => {
        const over = jobs.find(isOver)
        if (over !== undefined) expect(jobs.at(-1)).toBe(over)
      }),
      runs,
    )
  })

  it('only a job in which nothing failed is COMPLETED', () => {
    fc.assert(
      fc.property(course, ({ jobs, outcomes }) => {
        const isClean = outcomes.every(({ outcome }) => outcome !== 'FAILED' && outcome !== 'NOT_ATTEMPTED')
        const state = jobs.at(-1)?.phase.state
        if (state === 'COMPLETED') expect(isClean).toBe(true)
        if (state === 'COMPLETED_WITH_FAILURES') expect(isClean).toBe(false)
      }),
      runs,
    )
  })

  it('no key is ever that of two different batches', () => {
    fc.assert(
      fc.property(course, ({ jobs }) => {
        const rowsOf = new Map<number, string>()
        for (const { number, rows } of jobs.flatMap(({ open }) => open)) {
          expect(rowsOf.get(number) ?? JSON.stringify(rows)).toBe(JSON.stringify(rows))
          rowsOf.set(number, JSON.stringify(rows))
        }
      }),
      runs,
    )
  })

  it('every kind of end is reached, so that these laws say something', () => {
    const ends = new Set(fc.sample(course, { numRuns: 2_000, seed: 1 }).map(({ jobs }) => jobs.at(-1)?.phase.state))
    expect([...ends].toSorted()).toEqual(
      [
        ...['AWAITING_UPLOAD', 'CANCELLED', 'CANCELLING', 'COMPLETED', 'COMPLETED_WITH_FAILURES', 'EXPIRED', 'FAILED'],
        ...['PAUSED', 'QUEUED', 'RUNNING', 'VALIDATING'],
      ].toSorted(),
    )
  })
})
