import { expect, it } from 'vitest'
import { exitCodeOf } from './exit-code.ts'
import { importJob } from './import-job.fixture.ts'
import type { JobState } from './import-job.ts'

const CODES: readonly (readonly [JobState, number])[] = [
  ['COMPLETED', 0],
  ['COMPLETED_WITH_FAILURES', 3],
  ['FAILED', 1],
  ['CANCELLED', 1],
  ['EXPIRED', 1],
  ['PAUSED', 1],
]

it.each(CODES)('of a job that is %s: %i', (state, code) => {
  expect(exitCodeOf(importJob({ state }))).toBe(code)
})
