/**
 * The rows that a retry runs again, as their uploader wrote them: those that failed, and where rows are written all or none,
 * those that were left out with them. What was left out is kept by its number alone, and so it is read from the source.
 */

import { asUploaded } from '../failures/as-uploaded.ts'
import { type FailedRow, type FailureReason, uploadedOf } from '../failures/failed-row.ts'
import type { Job } from '../job/job.ts'
import { inlineRows } from '../source/inline-rows.ts'
import { rowsOf } from '../source/rows.ts'
import type { SourceRow } from '../source/source.ts'
import type { JobStore } from '../store/job-store.ts'
import { failedRows, unwrittenRows } from '../store/kept-rows.ts'
import { type Answer, refused, type UploadStore } from '../upload/upload.ts'

interface Parts {
  readonly jobs: Pick<JobStore, 'outcomes' | 'inlineRows'>
  readonly uploads: Pick<UploadStore, 'file'>
}

/** Refused where the source is needed and is gone. */
export async function rowsAgain(parts: Parts, job: Job): Promise<Answer<AsyncIterable<FailedRow>>> {
  if (job.definition.atomicity === 'ROW') return { ok: true, value: failedRows(parts.jobs, job) }
  const source = await sourceOf(parts, job)
  return source.ok ? { ok: true, value: unwritten(parts, job, source.value) } : source
}

const LEFT_OUT: FailureReason = {
  ...{ code: 'NOT_ATTEMPTED', field: null, system: null },
  message: 'It was left out because other rows of its batch failed.',
}

async function* unwritten({ jobs }: Parts, job: Job, source: AsyncIterable<SourceRow>): AsyncGenerator<FailedRow> {
  const wanted = unwrittenRows(jobs, job)
  try {
    let next = await wanted.next()
    for await (const read of source) {
      if (next.done === true) return
      if (next.value.row !== read.row) continue
      const outcome = next.value
      yield outcome.outcome === 'FAILED'
        ? outcome
        : { row: outcome.row, reasons: [LEFT_OUT], uploaded: uploadedOf(read) }
      next = await wanted.next()
    }
  } finally {
    await wanted.return(undefined)
  }
}

async function sourceOf(
  { jobs, uploads }: Parts,
  { id, definition, format }: Job,
): Promise<Answer<AsyncIterable<SourceRow>>> {
  const { source } = definition
  if (source.kind !== 'UPLOAD' || format === null) {
    const values = await jobs.inlineRows(id)
    return values === null ? GONE : { ok: true, value: eachOf(inlineRows(values)) }
  }
  const file = await uploads.file(source.uploadId)
  return file.ok ? { ok: true, value: eachOf(rowsOf(file.value, format), asUploaded(format).row) } : GONE
}

const GONE = refused(
  'EXPIRED',
  'All of its rows have to be run again, and its file is gone: import the file once more, as a new import.',
)

async function* eachOf(
  rows: AsyncIterable<SourceRow> | Iterable<SourceRow>,
  read: (row: SourceRow) => SourceRow = (row) => row,
): AsyncGenerator<SourceRow> {
  for await (const row of rows) yield read(row)
}
