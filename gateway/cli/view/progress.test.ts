import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importJob } from '../import-job.fixture.ts'
import type { ImportJob, JobState } from '../import-job.ts'
import { isNews, progressBar, progressLine } from './progress.ts'

const STATES: readonly JobState[] = ['QUEUED', 'VALIDATING', 'RUNNING', 'PAUSED', 'CANCELLING', 'COMPLETED']

const anyJob: fc.Arbitrary<ImportJob> = fc
  .record({
    state: fc.constantFrom(...STATES),
    percent: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
    total: fc.option(fc.nat(10_000_000)),
    eta: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
    rowsPerSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
    failed: fc.nat(1_000_000),
  })
  .map(({ state, failed, ...progress }) => importJob({ state, progress, outcomes: { failed } }))

describe('the bar', () => {
  it('tells how many rows are done, how fast it goes, how long it takes still, and how many failed', () => {
    const job = importJob({ outcomes: { failed: 12 } })
    const facts = '50%  5,000 of 10,000 rows  2,000 rows/s  0:03 left  12 failed'
    expect(progressBar(job, 120)).toBe(`Importing  ${'█'.repeat(15)}${'░'.repeat(15)}   ${facts}`)
  })

  it('gives way where the terminal is narrow, and so does what stands at the end', () => {
    expect(progressBar(importJob(), 50)).toBe('Importing  █████░░░░░░   50%  5,000 of 10,000 rows')
    expect(progressBar(importJob(), 24)).toBe('Importing  ███░░░░   50%')
    expect(progressBar(importJob(), 18)).toBe('Importing  50%')
    expect(progressBar(importJob(), 6)).toBe('Import')
  })

  it('shows how much of the file is checked before the first row is written', () => {
    const job = importJob({ state: 'VALIDATING', progress: { ...NOTHING, checkedPercent: 20 } })
    expect(progressBar(job, 80)).toBe(`Checking  ${'█'.repeat(6)}${'░'.repeat(24)}   20%`)
  })

  it('is left out while nothing is known', () => {
    expect(progressBar(importJob({ state: 'QUEUED', progress: NOTHING }), 80)).toBe('Queued')
  })

  it('says so where nothing is written', () => {
    expect(progressBar(importJob({ mode: 'DRY_RUN' }), 80)).toMatch(/^Trying out /)
  })

  it('is never wider than the terminal', () => {
    fc.assert(
      fc.property(anyJob, fc.integer({ min: 1, max: 200 }), (job, columns) => {
        expect(progressBar(job, columns).length).toBeLessThanOrEqual(columns)
      }),
    )
  })

  it('is full only when all is done', () => {
    fc.assert(
      fc.property(anyJob, (job) => {
        const isAllDone = (job.state === 'VALIDATING' ? job.progress.checkedPercent : job.progress.percent) === 100
        const bar = progressBar(job, 200)
        expect(bar.includes('█') && !bar.includes('░')).toBe(isAllDone)
      }),
    )
  })
})

describe('a log', () => {
  it('has the same in words', () => {
    expect(progressLine(importJob())).toBe('Importing, 50%, 5,000 of 10,000 rows, 2,000 rows/s, 0:03 left')
  })

  it('gets a line for each state and each tenth', () => {
    const at = (percent: number, state: JobState = 'RUNNING') => importJob({ state, progress: { percent } })
    expect(isNews(null, at(0))).toBe(true)
    expect(isNews(at(10), at(19.9))).toBe(false)
    expect(isNews(at(19.9), at(20))).toBe(true)
    expect(isNews(at(15), at(15, 'PAUSED'))).toBe(true)
  })
})

const NOTHING = { total: null, percent: null, checkedPercent: null, rowsPerSecond: 0, eta: null }
