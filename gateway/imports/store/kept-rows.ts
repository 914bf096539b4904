/** What became of a job's rows, read page by page, so that no file is ever held whole. */

import type { FailedRow } from '../failures/failed-row.ts'
import { isOver, type Job, type JobId } from '../job/job.ts'
import type { Outcome, RowFailure, RowOutcome, UnwrittenRow, WrittenRow } from '../job/outcome.ts'
import type { JobStore } from './job-store.ts'

type Reader = Pick<JobStore, 'outcomes'>

const PAGE_ROWS = 500

/** Those that failed, in the order of their file. */
export async function* failedRows(jobs: Reader, { id }: Pick<Job, 'id'>): AsyncGenerator<FailedRow> {
  for await (const outcome of keptRows(jobs, { id }, 'FAILED')) {
    if (outcome.outcome === 'FAILED') yield outcome
  }
}

/** Those that failed and those that were left out, in the order of their file; not those that nobody took. */
export async function* unwrittenRows(
  jobs: Reader,
  { id }: Pick<Job, 'id'>,
): AsyncGenerator<RowFailure | UnwrittenRow, void, undefined> {
  for await (const outcome of keptRows(jobs, { id }, null)) {
    if (outcome.outcome === 'FAILED' || outcome.outcome === 'NOT_ATTEMPTED') yield outcome
  }
}

/** Every row that has its outcome; of a job that is over, every row. */
export async function* everyRow(jobs: Reader, job: Job): AsyncGenerator<RowOutcome> {
  yield* keptRows(jobs, job, null)
  const last = isOver(job) ? (job.rows ?? 0) : 0
  for (let row = job.taken.place.rows + 1; row <= last; row += 1) yield { row, outcome: 'NOT_ATTEMPTED' }
}

/** Those that something was written of, the last one of their file first. */
export async function* writtenRowsBackwards(
  jobs: Pick<JobStore, 'find' | 'outcomes'>,
  id: JobId,
): AsyncGenerator<WrittenRow> {
  const rows = (await jobs.find(id))?.job.rows ?? 0
  for (let last = rows; last > 0; last -= PAGE_ROWS) {
    const page = await jobs.outcomes(id, { after: Math.max(0, last - PAGE_ROWS), limit: PAGE_ROWS, only: null })
    const ofPage = page.outcomes.map(({ outcome }) => outcome).filter(({ row }) => row <= last)
    for (const outcome of ofPage.toReversed()) {
      if ('transaction' in outcome && outcome.transaction !== null) yield outcome
    }
  }
}

async function* keptRows(jobs: Reader, { id }: Pick<Job, 'id'>, only: Outcome | null): AsyncGenerator<RowOutcome> {
  let after = 0
  for (;;) {
    const page = await jobs.outcomes(id, { after, limit: PAGE_ROWS, only })
    for (const { outcome } of page.outcomes) yield outcome
    after = page.outcomes.at(-1)?.outcome.row ?? after
    if (!page.hasMore) return
  }
}
