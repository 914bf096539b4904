import { describe, expect, it } from 'vitest'
import { FILE_START } from '../source/source.ts'
import { decide } from './decide.ts'
import type { JobEvent } from './event.ts'
import {
  created,
  ending,
  failed,
  following,
  locked,
  NOW,
  numbersTo,
  queued,
  refusalOf,
  refused,
  running,
  started,
  taking,
  uploaded,
  validated,
  waiting,
} from './job.fixture.ts'
import type { Job } from './job.ts'

const at = NOW + 5_000
const pause: JobEvent = { event: 'PAUSE', at }
const resume: JobEvent = { event: 'RESUME', at }
const cancel: JobEvent = { event: 'CANCEL', at }
const expire: JobEvent = { event: 'EXPIRE', at }
const fault: JobEvent = { event: 'FAULTED', fault: { code: 'TRUNCATED_GZIP', message: 'It ends too early' }, at }

const stateOf = ({ phase }: Job) => phase.state
const endedAll = (first: number, last: number, batch: number) => ending(batch, numbersTo(first, last).map(created), at)

describe('An import job', () => {
  it('waits for its file, is validated, runs and is completed', () => {
    const job = waiting()
    expect(stateOf(job)).toBe('AWAITING_UPLOAD')
    const ready = following(job, uploaded(4))
    expect(ready).toMatchObject({ phase: { state: 'QUEUED' }, sizeBytes: 40 })
    const begun = following(ready, started)
    expect(begun).toMatchObject({ phase: { state: 'VALIDATING' }, startedAt: NOW })
    const runs = following(begun, { event: 'CHECKED', bytes: 20, at }, validated(4))
    expect(runs).toMatchObject({ phase: { state: 'RUNNING' }, rows: 4, taken: { place: FILE_START } })
    const over = following(runs, taking(runs, 4), endedAll(1, 4, 1))
    expect(over).toMatchObject({ phase: { state: 'COMPLETED', endedAt: at }, outcomes: { CREATED: 4 }, open: [] })
  })

  it('with inline rows waits for no file', () => {
    expect(stateOf(waiting({ source: { kind: 'INLINE', rows: 1, sha256: '' } }))).toBe('QUEUED')
  })

  it('begins behind the header of its file', () => {
    const begin = { byte: 12, line: 2, rows: 0 }
    const format = { format: 'JSONL', compression: 'NONE', encoding: 'UTF_8', begin } as const
    const job = following(queued(4), started, { event: 'VALIDATED', rows: 3, format, at })
    expect(job).toMatchObject({ format, taken: { place: begin } })
  })

  it('of no rows is completed as soon as that is known', () => {
    expect(following(queued(0), started, validated(0))).toMatchObject({ phase: { state: 'COMPLETED' } })
  })

  it('is over with the last row, whichever batch has it', () => {
    const job = running(6)
    const first = following(job, taking(job, 3))
    const both = following(first, taking(first, 6), endedAll(4, 6, 2))
    expect(stateOf(both)).toBe('RUNNING')
    expect(stateOf(following(both, endedAll(1, 3, 1)))).toBe('COMPLETED')
  })

  describe('with rows that failed', () => {
    it('is never just COMPLETED', () => {
      const job = running(3)
      const taken = following(job, taking(job, 3, [failed(2)]))
      expect(stateOf(following(taken, ending(1, [created(1), created(3)])))).toBe('COMPLETED_WITH_FAILURES')
      const left = ending(1, [created(1), { row: 3, outcome: 'NOT_ATTEMPTED' }])
      expect(stateOf(following(following(job, taking(job, 3, [{ row: 2, outcome: 'SKIPPED' }])), left))).toBe(
        'COMPLETED_WITH_FAILURES',
      )
    })

    it('is COMPLETED where rows were skipped because others took their place', () => {
      const job = running(2)
      const settled = [1, 2].map((row) => ({ row, outcome: 'SKIPPED' }) as const)
      expect(stateOf(following(job, taking(job, 2, settled)))).toBe('COMPLETED')
    })

    it('groups them by code and field', () => {
      const job = running(3)
      const { failures } = following(job, taking(job, 2, [failed(1), failed(2)]))
      expect(failures.groups).toMatchObject([{ code: 'VALIDATION', field: 'name', rows: 2 }])
    })

    it('goes on while no more of them fail than may', () => {
      const job = running(100, { maxFailures: { kind: 'ROWS', rows: 2 } })
      expect(stateOf(following(job, taking(job, 2, [failed(1), failed(2)])))).toBe('RUNNING')
      const over = following(job, taking(job, 3, [failed(1), failed(2), failed(3)]))
      expect(over).toMatchObject({
        phase: { state: 'FAILED' },
        fault: { code: 'TOO_MANY_FAILURES', message: '3 rows failed, more than were allowed' },
        outcomes: { FAILED: 3, NOT_ATTEMPTED: 97 },
      })
    })

    it('counts a percentage of all rows of the file, so that the first one does not end it', () => {
      const job = running(100, { maxFailures: { kind: 'PERCENT', percent: 1.5 } })
      const one = following(job, taking(job, 1, [failed(1)]))
      expect(stateOf(one)).toBe('RUNNING')
      expect(stateOf(following(one, taking(one, 2, [failed(2)])))).toBe('FAILED')
    })

    it('that may have none fails with the first, even if that is the last row', () => {
      const job = running(1, { maxFailures: { kind: 'ROWS', rows: 0 } })
      expect(stateOf(following(job, taking(job, 1, [failed(1)])))).toBe('FAILED')
    })

    it('sees what was sent to its end before it fails, and takes nothing more', () => {
      const job = running(9, { maxFailures: { kind: 'ROWS', rows: 0 } })
      const first = following(job, taking(job, 3))
      const failing = following(first, taking(first, 6, [failed(4)]))
      expect(failing).toMatchObject({ phase: { state: 'RUNNING' }, fault: { code: 'TOO_MANY_FAILURES' } })
      expect(refusalOf(decide(failing, taking(failing, 9)))).toBe('NOT_NOW')
      expect(refusalOf(decide(failing, pause))).toBe('NOT_NOW')
      const drained = following(failing, endedAll(1, 3, 1), ending(2, [created(5), locked(6)]))
      expect(drained).toMatchObject({
        ...{ phase: { state: 'FAILED' }, outcomes: { CREATED: 4, FAILED: 2, NOT_ATTEMPTED: 3 } },
      })
    })
  })

  describe('that is paused', () => {
    it('begins nothing, and sees what was sent to its end', () => {
      const job = running(6)
      const paused = following(following(job, taking(job, 3)), pause)
      expect(paused.phase).toEqual({ state: 'PAUSED', before: 'RUNNING' })
      expect(refusalOf(decide(paused, taking(paused, 6)))).toBe('NOT_NOW')
      const drained = following(paused, ending(1, [created(1), created(2), locked(3)], at))
      expect(drained).toMatchObject({ phase: { state: 'PAUSED' }, outcomes: { CREATED: 2 } })
      expect(refusalOf(decide(drained, { event: 'BATCH_SENT', batch: 2, at }))).toBe('NOT_NOW')
      expect(stateOf(following(drained, resume, { event: 'BATCH_SENT', batch: 2, at }))).toBe('RUNNING')
    })

    it.each([
      ['QUEUED', queued(3)],
      ['VALIDATING', following(queued(3), started)],
      ['RUNNING', running(3)],
    ])('goes on as it was: %s', (_state, job) => {
      expect({ ...following(job, pause, resume), pace: job.pace }).toEqual(job)
    })

    it('is not over before it goes on, even if all rows have their outcome', () => {
      const job = running(3)
      const drained = following(following(job, taking(job, 3)), pause, endedAll(1, 3, 1))
      expect(stateOf(drained)).toBe('PAUSED')
      expect(stateOf(following(drained, resume))).toBe('COMPLETED')
    })

    it('runs afterwards where validation came to its end meanwhile', () => {
      const paused = following(queued(3), started, pause, validated(3))
      expect(paused.phase).toEqual({ state: 'PAUSED', before: 'RUNNING' })
    })

    it('can be cancelled', () => {
      expect(stateOf(following(running(3), pause, cancel))).toBe('CANCELLED')
    })

    it('fails where it cannot go on, or where too many failed of what was sent', () => {
      expect(stateOf(following(running(3), pause, fault))).toBe('FAILED')
      const job = running(6, { maxFailures: { kind: 'ROWS', rows: 0 } })
      const paused = following(following(job, taking(job, 3)), pause)
      expect(stateOf(following(paused, ending(1, [created(1), refused(2), created(3)])))).toBe('FAILED')
    })
  })

  describe('that is cancelled', () => {
    it.each([
      ['before its file came', waiting()],
      ['before it began', queued(3)],
      ['while it is validated', following(queued(3), started)],
    ])('%s is over at once', (_case, job) => {
      expect(following(job, cancel)).toMatchObject({
        phase: { state: 'CANCELLED', endedAt: at },
        outcomes: job.outcomes,
      })
    })

    it('tells that the rows nobody took were not attempted', () => {
      const job = running(9)
      const over = following(following(job, taking(job, 3)), endedAll(1, 3, 1), cancel)
      expect(over).toMatchObject({ phase: { state: 'CANCELLED' }, outcomes: { CREATED: 3, NOT_ATTEMPTED: 6 } })
    })

    it('sees what was sent to its end, and drops what waits', () => {
      const job = running(9)
      const first = following(job, taking(job, 3))
      const both = following(first, taking(first, 6), ending(1, [created(1), locked(2), locked(3)]))
      const decision = decide(both, cancel)
      expect(decision).toMatchObject({
        decided: true,
        job: { phase: { state: 'CANCELLING' }, open: [{ number: 2 }] },
        outcomes: [2, 3].map((row) => ({ batch: 3, outcome: { row, outcome: 'NOT_ATTEMPTED' } })),
      })
      const over = following(following(both, cancel), ending(2, [created(4), locked(5), created(6)]))
      expect(over).toMatchObject({
        ...{ phase: { state: 'CANCELLED' }, outcomes: { CREATED: 3, FAILED: 1, NOT_ATTEMPTED: 5 } },
      })
    })

    it('twice, meanwhile, is cancelled', () => {
      const job = running(9)
      expect(stateOf(following(following(job, taking(job, 3)), cancel, cancel))).toBe('CANCELLING')
    })
  })

  it('whose file never came is expired', () => {
    expect(following(waiting(), expire).phase).toEqual({ state: 'EXPIRED', endedAt: at })
    expect(refusalOf(decide(queued(3), expire))).toBe('NOT_NOW')
  })

  it('that cannot be read to its end fails, and keeps what was written', () => {
    const job = running(9)
    const over = following(following(job, taking(job, 3)), endedAll(1, 3, 1), fault)
    expect(over).toMatchObject({
      ...{ phase: { state: 'FAILED' }, fault: { code: 'TRUNCATED_GZIP' }, outcomes: { CREATED: 3, NOT_ATTEMPTED: 6 } },
    })
  })

  it('keeps the first of two reasons why it fails', () => {
    const job = running(9)
    const draining = following(following(job, taking(job, 3)), fault, {
      ...fault,
      fault: { code: 'LATER', message: '' },
    })
    expect(draining.fault?.code).toBe('TRUNCATED_GZIP')
  })

  it.each<[string, Job]>([
    ['COMPLETED', following(queued(0), started, validated(0))],
    ['FAILED', following(running(3), fault)],
    ['CANCELLED', following(running(3), cancel)],
    ['EXPIRED', following(waiting(), expire)],
  ])('that is %s never changes', (state, job) => {
    expect(stateOf(job)).toBe(state)
    for (const event of [uploaded(3), expire, pause, resume, cancel, started, validated(3), taking(job, 3), fault]) {
      expect(refusalOf(decide(job, event))).toBe('ENDED')
    }
  })

  it.each<[string, Job, readonly JobEvent[]]>([
    ['waits for its file', waiting(), [pause, resume, started, validated(3), fault]],
    ['is queued', queued(3), [uploaded(3), resume, validated(3), { event: 'CHECKED', bytes: 1, at }]],
    ['is validated', following(queued(3), started), [uploaded(3), started, resume, taking(running(3), 3)]],
    ['runs', running(3), [uploaded(3), started, validated(3), resume]],
    ['is paused', following(running(3), pause), [pause, started, validated(3)]],
  ])('refuses what does not fit while it %s', (_state, job, events) => {
    expect(events.map((event) => refusalOf(decide(job, event)))).toEqual(events.map(() => 'NOT_NOW'))
  })

  describe('that is to be written all or none', () => {
    it('is one batch', () => {
      expect(running(321, { atomicity: 'BATCH' }).batchRows).toBe(321)
      expect(running(321, { atomicity: 'BATCH', batchRows: 7 }).batchRows).toBe(7)
    })

    it('fails before anything is written where it has more rows than a batch may have', () => {
      const job = running(5_001, { atomicity: 'BATCH' })
      expect(job).toMatchObject({ phase: { state: 'FAILED' }, outcomes: { NOT_ATTEMPTED: 5_001 } })
      expect(job.fault?.message).toContain('5000 are the most')
    })
  })

  it('is not validated with a number of rows that cannot be', () => {
    const job = following(queued(3), started)
    expect([-1, 0.5].map((rows) => refusalOf(decide(job, validated(rows))))).toEqual(['WRONG_ROWS', 'WRONG_ROWS'])
  })
})
