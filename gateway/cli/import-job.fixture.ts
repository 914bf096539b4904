/** A job to look at, as the API would tell it. */

import type { ImportJob, Outcomes, Progress } from './import-job.ts'

interface Told extends Partial<Omit<ImportJob, 'progress' | 'outcomes'>> {
  readonly progress?: Partial<Progress>
  readonly outcomes?: Partial<Outcomes>
}

/** Running, half done, but for what is told otherwise. */
export function importJob({ progress, outcomes, ...told }: Told = {}): ImportJob {
  return {
    ...{ id: 'j1', state: 'RUNNING', entity: 'Customer', native: null, operation: 'UPSERT', mode: 'COMMIT' },
    ...{ createdAt: '2026-03-01T10:00:00Z', startedAt: '2026-03-01T10:00:01Z', endedAt: null, fault: null },
    progress: {
      ...{ total: 10_000, done: 5_000, percent: 50, checkedPercent: 100, rowsPerSecond: 2_000, eta: 2.5 },
      ...progress,
    },
    outcomes: {
      ...{ created: 5_000, updated: 0, unchanged: 0, deleted: 0, skipped: 0, failed: 0, notAttempted: 0 },
      ...outcomes,
    },
    ...{ failureGroups: [], planHash: null, retryOf: null, undoOf: null },
    ...{ failuresUrl: '/imports/j1/failures.csv', resultsUrl: '/imports/j1/results.csv' },
    ...told,
  }
}
