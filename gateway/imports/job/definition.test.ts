import { describe, expect, it } from 'vitest'
import { isSameDefinition, type JobDefinition, optionProblems, tooManyFailed } from './definition.ts'
import { definition } from './job.fixture.ts'

describe('The options of an import', () => {
  it.each<[string, Partial<JobDefinition>]>([
    ['all that may be left out', {}],
    ['a batch of one row', { batchRows: 1 }],
    ['the largest batch', { batchRows: 5_000 }],
    ['no failure', { maxFailures: { kind: 'ROWS', rows: 0 } }],
    ['a part of a percent', { maxFailures: { kind: 'PERCENT', percent: 0.5 } }],
    ['a key', { idempotencyKey: 'march' }],
  ])('may be %s', (_case, options) => {
    expect(optionProblems(definition(options))).toEqual([])
  })

  it.each<[string, Partial<JobDefinition>]>([
    ['batchRows', { batchRows: 0 }],
    ['batchRows', { batchRows: 5_001 }],
    ['batchRows', { batchRows: 1.5 }],
    ['maxFailures', { maxFailures: { kind: 'ROWS', rows: -1 } }],
    ['maxFailures', { maxFailures: { kind: 'ROWS', rows: 0.5 } }],
    ['maxFailures', { maxFailures: { kind: 'PERCENT', percent: 101 } }],
    ['maxFailures', { maxFailures: { kind: 'PERCENT', percent: Number.NaN } }],
    ['columns', { operation: 'DELETE', columns: { blank: 'CLEAR' } }],
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'x'.repeat(256) }],
  ])('are refused at %s: %j', (option, options) => {
    expect(optionProblems(definition(options))).toEqual([expect.objectContaining({ option })])
  })

  it('are refused together', () => {
    const problems = optionProblems(definition({ batchRows: 0, idempotencyKey: '' }))
    expect(problems.map(({ option }) => option)).toEqual(['batchRows', 'idempotencyKey'])
  })

  it('are the same or not, in whatever order they are written', () => {
    const { actor, ...rest } = definition()
    expect(isSameDefinition(definition(), { actor, ...rest })).toBe(true)
    expect(isSameDefinition(definition(), definition({ mode: 'DRY_RUN' }))).toBe(false)
  })
})

describe('Rows that may fail', () => {
  it('are any where nothing is said', () => {
    expect(tooManyFailed(null, 1_000, 1_000)).toBe(false)
  })

  it('are a number, or a percentage of all rows', () => {
    expect([3, 4].map((failed) => tooManyFailed({ kind: 'ROWS', rows: 3 }, failed, 10))).toEqual([false, true])
    expect([5, 6].map((failed) => tooManyFailed({ kind: 'PERCENT', percent: 2.5 }, failed, 200))).toEqual([false, true])
    expect([0, 1].map((failed) => tooManyFailed({ kind: 'PERCENT', percent: 0 }, failed, 200))).toEqual([false, true])
  })
})
