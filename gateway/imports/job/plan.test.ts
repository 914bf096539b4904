import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JobDefinition } from './definition.ts'
import { created, definition, failed } from './job.fixture.ts'
import { newJob } from './job.ts'
import { digestedPlan, jobOfPlan, NO_PLAN, planHashOf } from './plan.ts'

const OUTCOMES = [created(1), created(2), failed(3), failed(4, 'LOCKED'), { row: 5, outcome: 'SKIPPED' } as const]

describe('the digest of a plan', () => {
  it('is the same in whatever order and portions its rows are told', () => {
    const whole = digestedPlan(NO_PLAN, OUTCOMES)
    const portions = fc.tuple(fc.shuffledSubarray(OUTCOMES, { minLength: OUTCOMES.length }), fc.nat(OUTCOMES.length))
    fc.assert(
      fc.property(portions, ([rows, cut]) => {
        expect(digestedPlan(digestedPlan(NO_PLAN, rows.slice(0, cut)), rows.slice(cut))).toBe(whole)
      }),
    )
  })

  it.each([
    ['one row less', OUTCOMES.slice(1)],
    ['another row', [...OUTCOMES.slice(1), created(9)]],
    ['another reason', [...OUTCOMES.slice(0, 2), failed(3, 'RULE'), ...OUTCOMES.slice(3)]],
    ['another revision', [{ ...created(1), judged: { revision: 4, systems: {} } }, ...OUTCOMES.slice(1)]],
  ])('is another one for %s', (_, rows) => {
    expect(digestedPlan(NO_PLAN, rows)).not.toBe(digestedPlan(NO_PLAN, OUTCOMES))
  })
})

describe('the hash of a plan', () => {
  const job = newJob({ id: 'job-1' as never, definition: definition({ mode: 'DRY_RUN' }), at: 0 })
  const ended = { ...job, phase: { state: 'COMPLETED', endedAt: 1 } } as const

  it('names its dry run', () => {
    expect(jobOfPlan(planHashOf(ended) ?? '')).toBe('job-1')
    expect(jobOfPlan('job-1')).toBeNull()
  })

  it('is there when the dry run has come to its end, and of nothing else', () => {
    expect(planHashOf(job)).toBeNull()
    expect(planHashOf({ ...ended, phase: { state: 'FAILED', endedAt: 1 } })).toBeNull()
    expect(planHashOf({ ...ended, definition: definition() })).toBeNull()
  })

  it.each<[string, Partial<JobDefinition>]>([
    ['rows that are written together', { atomicity: 'BATCH' }],
    ["rows of a system's own table", { target: { kind: 'NATIVE', system: 'CRM', table: 'accounts' } }],
  ])('has no hash for %s, for no import could keep to it', (_, options) => {
    expect(planHashOf({ ...ended, definition: definition({ mode: 'DRY_RUN', ...options }) })).toBeNull()
  })
})
