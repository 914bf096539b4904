/** A new job of the rows that are to be run again: the file of them is uploaded, and imported as the first one was. */

import type { JobDefinition } from '../job/definition.ts'
import { isOver, type Job } from '../job/job.ts'
import type { FormatOptions } from '../source/format-options.ts'
import type { SourceFormat } from '../source/source.ts'
import type { JobStore } from '../store/job-store.ts'
import type { Answer, Upload, UploadStore } from '../upload/upload.ts'
import { type ImportProblem, problem } from './asked.ts'
import { failureFile } from './failure-file.ts'
import { rowsAgain } from './rows-again.ts'

/** Null for a job that may be tried again. */
export function refusalToRetry(job: Job): ImportProblem | null {
  if (!isOver(job)) return problem('NOT_NOW', 'The job is not over: rows may still fail.', 'id')
  if (job.definition.planHash !== null) {
    const message =
      'The import kept to a plan, which its failed rows are not part of: make a dry run of its file of failures.'
    return problem('KEEPS_TO_PLAN', message, 'id')
  }
  if (job.definition.source.kind === 'UNDO') {
    return problem(
      'UNSUPPORTED',
      'What could not be taken back has no rows of its own: undo the first job once more.',
      'id',
    )
  }
  return job.outcomes.FAILED === 0 ? problem('NOTHING_FAILED', 'No row of the job failed.', 'id') : null
}

/** A plan speaks of the file that it was made of, so a retry keeps to none. */
export function retryDefinition(
  { id, definition, format }: Job,
  upload: Pick<Upload, 'id' | 'name' | 'contentType'>,
  { idempotencyKey, actor }: Pick<JobDefinition, 'idempotencyKey' | 'actor'>,
): JobDefinition {
  const source = { kind: 'UPLOAD', uploadId: upload.id } as const
  const said = { name: upload.name, contentType: upload.contentType, ...formatOf(format) }
  return { ...definition, source, format: said, idempotencyKey, planHash: null, retryOf: id, after: null, actor }
}

function formatOf(format: SourceFormat | null): FormatOptions {
  if (format?.format !== 'CSV') return { format: 'JSONL', encoding: 'UTF_8' }
  return { format: 'CSV', encoding: 'UTF_8', delimiter: format.delimiter, quote: format.quote }
}

/** Refused as uploads are, and where rows are gone that have to be run again. Nothing is left of one that was refused. */
export async function uploadFailures(
  { jobs, uploads }: { readonly jobs: Pick<JobStore, 'outcomes' | 'inlineRows'>; readonly uploads: UploadStore },
  job: Job,
): Promise<Answer<Upload>> {
  const rows = await rowsAgain({ jobs, uploads }, job)
  if (!rows.ok) return rows
  const isCsv = job.format?.format === 'CSV'
  const created = await uploads.create({
    name: `failures-${job.id}.${isCsv ? 'csv' : 'jsonl'}`,
    contentType: isCsv ? 'text/csv' : 'application/jsonl',
    ...{ size: null, sha256: null },
  })
  if (!created.ok) return created
  const received = await uploads.receive(created.value.id, bytesOf(failureFile(job, rows.value)), null)
  if (!received.ok) await uploads.delete(created.value.id)
  return received
}

async function* bytesOf(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece)
}
