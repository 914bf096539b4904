import { describe, expect, it } from 'vitest'
import { importJob } from '../import-job.fixture.ts'
import { jobLine, summary } from './summary.ts'

const ended = { endedAt: '2026-03-01T10:01:06Z', progress: { done: 10_000 } } as const

describe('the summary', () => {
  it('of rows that are all written says what became of them', () => {
    const job = importJob({ ...ended, state: 'COMPLETED', outcomes: { created: 9_000, updated: 1_000 } })
    expect(summary(job)).toBe(
      'Completed: 10,000 rows in 1:05\n   9,000 created\n   1,000 updated'.replaceAll('   ', '  '),
    )
  })

  it('of rows that failed says why, with a row for each reason', () => {
    const failureGroups = [
      { code: 'REFERENCE', field: 'input.group', rows: 20, samples: [{ row: 17, message: 'There is no group X' }] },
      { code: 'TIMEOUT', field: null, rows: 1, samples: [] },
    ]
    const outcomes = { created: 9_979, failed: 21 }
    expect(summary(importJob({ ...ended, state: 'COMPLETED_WITH_FAILURES', outcomes, failureGroups }))).toBe(
      [
        'Completed with failures: 10,000 rows in 1:05',
        '  9,979 created',
        '     21 failed',
        'Failures',
        '  20 rows: REFERENCE input.group',
        '    row 17: There is no group X',
        '  1 row: TIMEOUT',
      ].join('\n'),
    )
  })

  it('names no more kinds of failures than a person reads', () => {
    const failureGroups = Array.from({ length: 12 }, (_, at) => ({ code: `C${at}`, field: null, rows: 1, samples: [] }))
    const text = summary(importJob({ ...ended, state: 'COMPLETED_WITH_FAILURES', failureGroups }))
    expect(text).toContain('C9\n  and 2 more kinds')
    expect(text).not.toContain('C10')
  })

  it('of a job that failed says why', () => {
    const fault = { code: 'TRUNCATED_GZIP', message: 'The gzip file ends in the middle' }
    const job = importJob({
      state: 'FAILED',
      fault,
      startedAt: null,
      progress: { total: null },
      outcomes: { created: 0 },
    })
    expect(summary(job)).toBe('Failed\nThe gzip file ends in the middle (TRUNCATED_GZIP)')
  })

  it('of a dry run says that nothing was written, and how to have just this written', () => {
    const text = summary(importJob({ ...ended, state: 'COMPLETED', mode: 'DRY_RUN', planHash: 'abc' }))
    expect(text).toContain('nothing was written')
    expect(text).toContain('--plan-hash abc')
  })

  it('lets no cell of a file steer the terminal', () => {
    const samples = [{ row: 1, message: 'There is no \u001b[2J\u009b2J group' }]
    const failureGroups = [{ code: 'REFERENCE', field: 'a\nb', rows: 1, samples }]
    const text = summary(importJob({ ...ended, state: 'COMPLETED_WITH_FAILURES', failureGroups }))
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect(text).toContain('REFERENCE a b')
  })
})

describe('a line of a list', () => {
  it('says which job, of what, and how far', () => {
    const native = { system: 'CRM', table: 'accounts' }
    expect(jobLine(importJob())).toBe('j1  2026-03-01T10:00:00Z  Customer  Importing, 5,000 of 10,000 rows')
    expect(jobLine(importJob({ entity: null, native, outcomes: { failed: 3 } }))).toBe(
      'j1  2026-03-01T10:00:00Z  CRM:accounts  Importing, 5,000 of 10,000 rows, 3 failed',
    )
  })
})
