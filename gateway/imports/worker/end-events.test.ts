import { describe, expect, it } from 'vitest'
import type { JobDefinition } from '../job/definition.ts'
import { created, following, NOW, running, taking } from '../job/job.fixture.ts'
import type { Batch, Job } from '../job/job.ts'
import type { End } from './batches-in-hand.ts'
import { eventsOfEnd, eventsOfLoss } from './end-events.ts'
import { going, writing } from './read-row.fixture.ts'
import type { ReadRow } from './read-row.ts'

const REASON = { code: 'VALIDATION', field: null, system: null, message: 'too large' } as const
const four = [1, 2, 3, 4].map((row) => writing(row))

function sent(
  rows: readonly ReadRow[],
  options: Partial<JobDefinition> = {},
): { readonly job: Job; readonly batch: Batch } {
  const before = running(rows.length, options)
  const job = following(before, taking(before, rows.length))
  const [batch] = job.open
  if (batch === undefined) throw new TypeError('no batch is open')
  return { job, batch }
}

function told(answer: End['answer'], rows: readonly ReadRow[] = four, options: Partial<JobDefinition> = {}) {
  const shipment = { ...sent(rows, options), rows, isFirst: true, fieldOf: () => null }
  return eventsOfEnd({ shipment, answer, durationMs: 70 }, NOW)
}

const refused = (retryable: boolean): End['answer'] => ({ answer: 'REFUSED', retryable, reasons: [REASON] })

describe('What is told of a batch that was sent', () => {
  it('is what became of its rows', () => {
    const results = [1, 2, 3, 4].map(created)
    expect(told({ answer: 'ENDED', results })).toEqual([
      { event: 'BATCH_ENDED', batch: 1, results, durationMs: 70, at: NOW },
    ])
  })

  it('is nothing where it was time to stop before that was known', () => {
    expect(told(null)).toEqual([])
  })

  it('is that it comes again where it was refused for a reason that passes', () => {
    expect(told(refused(true))).toMatchObject([
      { event: 'BATCH_REFUSED', batch: 1, retryable: true, reasons: [REASON] },
    ])
  })

  it.each<[string, readonly ReadRow[], number]>([
    ['in the middle', four, 2],
    ['behind rows that go with others', [writing(1), writing(2), going(3, 2), writing(4)], 3],
    ['before them where none is behind', [writing(1), writing(2), going(3, 2), going(4, 2)], 1],
  ])('is that it is made smaller where it was refused for good: %s', (_case, rows, firstHalf) => {
    expect(told(refused(false), rows)).toMatchObject([{ event: 'BATCH_REFUSED', retryable: false, firstHalf }])
  })

  it.each<[string, readonly ReadRow[], Partial<JobDefinition>]>([
    ['is a single row', [writing(1)], {}],
    ['is a single record', [writing(1), going(2, 1), going(3, 1)], {}],
    ['is all or nothing', four, { atomicity: 'BATCH' }],
  ])('is that its rows failed where it was refused for good and %s', (_case, rows, options) => {
    expect(told(refused(false), rows, options)).toMatchObject([
      {
        event: 'BATCH_ENDED',
        results: rows.map(({ row, uploaded }) => ({
          row,
          outcome: 'FAILED',
          reasons: [REASON],
          uploaded,
          retryable: false,
        })),
      },
    ])
  })

  it('is the end of the job where other rows were sent under its key before, and that of these rows nothing is known', () => {
    const [fault, end] = told({ answer: 'OTHER_ROWS' })
    expect(fault).toMatchObject({ event: 'FAULTED', fault: { code: 'SOURCE_CHANGED' } })
    expect(end).toMatchObject({
      event: 'BATCH_ENDED',
      results: four.map(({ row }) => ({ row, outcome: 'FAILED', reasons: [{ code: 'SOURCE_CHANGED' }] })),
    })
  })

  it('ends the job, each row with its outcome, where its rows are lost', () => {
    const { job, batch } = sent(four)
    const lost = { code: 'SOURCE_GONE', message: 'The file is gone.' }
    const events = eventsOfLoss(batch, lost, NOW)
    expect(events).toMatchObject([
      { event: 'FAULTED', fault: lost },
      {
        event: 'BATCH_ENDED',
        results: four.map(({ row }) => ({
          ...{ row, outcome: 'FAILED', retryable: false, uploaded: { kind: 'TEXT', text: '' } },
          reasons: [{ code: 'SOURCE_GONE', message: 'The file is gone. What became of the row is not known.' }],
        })),
      },
    ])
    expect(following(job, ...events)).toMatchObject({
      phase: { state: 'FAILED' },
      fault: lost,
      outcomes: { FAILED: 4 },
    })
  })

  it.each<[string, End['answer'], Partial<JobDefinition>]>([
    ['an end', { answer: 'ENDED', results: [1, 2, 3, 4].map(created) }, {}],
    ['a refusal for now', refused(true), {}],
    ['a refusal for good', refused(false), {}],
    ['a refusal of all', refused(false), { atomicity: 'BATCH' }],
    ['other rows', { answer: 'OTHER_ROWS' }, {}],
  ])('is taken by the job: %s', (_case, answer, options) => {
    expect(() => following(sent(four, options).job, ...told(answer, four, options))).not.toThrow()
  })
})
