/** The file of a job's failed rows, in the form that its upload had. */

import { asUploaded } from '../failures/as-uploaded.ts'
import type { FailedRow } from '../failures/failed-row.ts'
import { failuresCsv } from '../failures/failures-csv.ts'
import { failuresJsonl } from '../failures/failures-jsonl.ts'
import type { Job } from '../job/job.ts'
import type { SourceFormat } from '../source/source.ts'

export type FileForm = SourceFormat['format']

/** JSONL for rows that come from no file. Of a file that nobody has read yet, what was said of it. */
export function formOf({ format, definition }: Pick<Job, 'format' | 'definition'>): FileForm {
  if (definition.source.kind !== 'UPLOAD') return 'JSONL'
  return format?.format ?? definition.format.format ?? 'CSV'
}

/** The file, in pieces. Of a job whose file nobody has read yet it is empty. */
export function failureFile({ format }: Pick<Job, 'format'>, rows: AsyncIterable<FailedRow>): AsyncIterable<string> {
  return format?.format === 'CSV' ? failuresCsv(format, asUploaded(format).header ?? [], rows) : failuresJsonl(rows)
}
