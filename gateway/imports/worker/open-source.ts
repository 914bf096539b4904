/** A job's source, opened: its rows from any place on, each as it is to be written. */

import type { MapSet } from '../../../maps/model.ts'
import type { Clock } from '../../coordinator/environment.ts'
import { planNativeColumns } from '../columns/native-columns.ts'
import { planColumns } from '../columns/plan-columns.ts'
import { asUploaded } from '../failures/as-uploaded.ts'
import type { ImportTarget, JobDefinition } from '../job/definition.ts'
import type { Job } from '../job/job.ts'
import { findFormat } from '../source/find-format.ts'
import { inlineRows } from '../source/inline-rows.ts'
import { rowsOf } from '../source/rows.ts'
import { FILE_START, type Place, type SourceFormat, type SourceRow } from '../source/source.ts'
import type { JobStore } from '../store/job-store.ts'
import type { UploadStore } from '../upload/upload.ts'
import { KEEP_MS } from './awaited-uploads.ts'
import { entityRows } from './entity-rows.ts'
import { Faulted } from './faulted.ts'
import { joinedRows } from './joined-rows.ts'
import { nativeRows } from './native-rows.ts'
import { openUndo, type UndoParts } from './open-undo.ts'
import type { ReadRow, RowReader } from './read-row.ts'

export interface OpenSource extends Pick<RowReader, 'fieldOf'> {
  /** Null for inline rows. */
  readonly format: SourceFormat | null
  readonly begin: Place
  /** Rows give parts, and those of one record that follow each other are one write. */
  readonly joins?: boolean
  rows(from: Place): AsyncIterable<ReadRow>
  /**
   * Rows as they may be taken: those whose records are not as they were left are at fault. Asked when rows are taken and
   * never of what was sent, which itself may have changed them. Left out: all rows may be.
   */
  asLeft?(rows: readonly ReadRow[]): Promise<readonly ReadRow[]>
}

export interface SourceParts extends UndoParts {
  readonly store: Pick<JobStore, 'find' | 'inlineRows' | 'outcomes'>
  readonly uploads: Pick<UploadStore, 'keepUntil' | 'file'>
  readonly clock: Pick<Clock, 'now'>
}

/**
 * In the format that the job was validated with, else the one that is found. Rejects with Faulted or a SourceError where
 * the job cannot go on with it; `rows` likewise.
 */
export async function openSource(job: Job, parts: SourceParts): Promise<OpenSource> {
  const { source } = job.definition
  switch (source.kind) {
    case 'INLINE':
      return openInline(job, parts)
    case 'UPLOAD':
      return openUpload(job, source.uploadId, parts)
    case 'UNDO':
      return openUndo(source.of, parts)
  }
}

async function openInline(job: Job, { store, mapSet }: SourceParts): Promise<OpenSource> {
  const values = await store.inlineRows(job.id)
  if (values === null) throw new Faulted('SOURCE_GONE', 'The rows of this import are gone.')
  const rows = inlineRows(values)
  const reader = readerOf(job, mapSet, null)
  return {
    ...{ format: null, begin: FILE_START, fieldOf: reader.fieldOf },
    async *rows({ rows: before }) {
      for (const row of rows.slice(before)) yield reader.read(row)
    },
  }
}

async function openUpload(job: Job, uploadId: string, { uploads, mapSet, clock }: SourceParts): Promise<OpenSource> {
  const upload = await uploads.keepUntil(uploadId, clock.now() + KEEP_MS)
  const file = await uploads.file(uploadId)
  if (!upload.ok || !file.ok) {
    const { message } = upload.ok && !file.ok ? file.refusal : { message: 'The upload has expired.' }
    throw new Faulted('SOURCE_GONE', `The file of this import is gone. ${message}`)
  }
  const { name, contentType } = upload.value
  const options = { name, contentType, ...job.definition.format }
  const format = job.format ?? (await findFormat(file.value, options)).format
  const meant = asUploaded(format)
  const reader = readerOf(job, mapSet, meant.header)
  const joins = reader.lists.length > 0
  return {
    ...{ format, begin: format.begin, fieldOf: reader.fieldOf, joins },
    rows: (from) => {
      const rows = readAll(rowsOf(file.value, format, { from }), (row) => reader.read(meant.row(row)))
      return joins ? joinedRows(rows, reader.lists) : rows
    },
  }
}

async function* readAll(rows: AsyncIterable<SourceRow>, read: (row: SourceRow) => ReadRow): AsyncGenerator<ReadRow> {
  for await (const row of rows) yield read(row)
}

/** `header` is null for rows of JSON. */
function readerOf({ definition }: Job, mapSet: MapSet, header: readonly string[] | null): RowReader {
  const { target, operation, matchBy, columns } = definition
  if (target.kind === 'NATIVE') return nativeReaderOf(definition, target, mapSet, header)
  const map = mapSet.byEntity.get(target.entity)
  if (map === undefined) throw new Faulted('UNMAPPED', `There is no entity ${target.entity}.`)
  const planned = planColumns(mapSet, map, header, columns)
  if (!planned.ok) throw unusable(planned.problems)
  return entityRows({ mapSet, map, operation, matchBy, plan: planned.plan })
}

function nativeReaderOf(
  { atomicity, operation, columns }: JobDefinition,
  { system, table: name }: Extract<ImportTarget, { kind: 'NATIVE' }>,
  mapSet: MapSet,
  header: readonly string[] | null,
): RowReader {
  const table = mapSet.tables[system].get(name)
  const maps = mapSet.byTable(system, name)
  if (table === undefined || maps.length === 0) {
    throw new Faulted('UNMAPPED', `No map has a table ${name} of the ${system}.`)
  }
  if (atomicity === 'BATCH') {
    throw new Faulted('NOT_SUPPORTED', 'Rows of a native table are written each by itself. Set atomicity to ROW.')
  }
  const planned = planNativeColumns(table, header, columns)
  if (!planned.ok) throw unusable(planned.problems)
  return nativeRows({ table, maps, operation, plan: planned.plan })
}

const PROBLEMS_SHOWN = 10

function unusable(problems: readonly { readonly code: string; readonly message: string }[]): Faulted {
  const more = problems.length - PROBLEMS_SHOWN
  const messages = problems.slice(0, PROBLEMS_SHOWN).map(({ message }) => message)
  return new Faulted(
    problems[0]?.code ?? 'UNKNOWN_COLUMN',
    [...messages, ...(more > 0 ? [`And ${more} more.`] : [])].join(' '),
  )
}
