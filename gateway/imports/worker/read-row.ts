/** One row of a source as it is to be written, or why it cannot be. */

import type { NativeWrite } from '../../../schema/native-write.ts'
import type { RowWrite } from '../../sync/write.ts'
import type { CellFault } from '../columns/columns.ts'
import { type FailureReason, type Uploaded, uploadedOf } from '../failures/failed-row.ts'
import type { Touched } from '../job/next-work.ts'
import type { Place, SourceRow } from '../source/source.ts'
import type { NativeImage } from '../undo/undo-write.ts'

export interface ReadRow {
  readonly row: number
  readonly next: Place
  readonly storedBytes: number
  readonly uploaded: Uploaded
  readonly content: RowContent
}

export type RowContent =
  | FaultyContent
  | EntityContent
  /** What it gives is written with an earlier row, of the same record: it ends as that one does. */
  | { readonly kind: 'WITH'; readonly first: number }
  | ({ readonly kind: 'NATIVE'; readonly write: NativeRow } & Meant)

export interface FaultyContent {
  readonly kind: 'FAULTY'
  readonly reasons: readonly FailureReason[]
  /** As `record` of `Meant`: of whatever could be read. */
  readonly among: string | null
  /** All rows of its record are at fault together, which whoever reads only the last of them does not see. */
  readonly isJoint?: true
}

export interface EntityContent extends Meant {
  readonly kind: 'ENTITY'
  readonly write: RowWrite
  /** Of the record, where its key is complete. */
  readonly id: string | null
}

export interface Meant {
  /** Records by their names among all that the job writes. */
  readonly touches: { readonly [Kind in keyof Touched]: readonly string[] }
  /** The same for rows that mean the same record; null for a record that is still to get its key. */
  readonly record: string | null
  /** Of what is taken back: how its records were left, as they still have to be. */
  readonly left?: readonly NativeImage[]
}

/** UPSERT is asked of a system as a create, and where there is such a record as an update. */
export interface NativeRow extends Pick<NativeWrite, 'system' | 'table' | 'key' | 'set'> {
  readonly operation: NativeWrite['operation'] | 'UPSERT'
  /** What is set without the columns of the key, as an update takes it. */
  readonly changes: NativeWrite['set']
  /** Left out: any. */
  readonly expectedRevision?: number
}

export const TOUCHES_NOTHING: Meant['touches'] = { writes: [], refers: [] }

export interface RowReader {
  /** The lists of parts that rows of cells give. */
  readonly lists: readonly string[]
  read(row: SourceRow): ReadRow
  /** What the uploader calls the field at this path of an error; null where the row as a whole is meant. */
  fieldOf(path: readonly string[]): string | null
}

/** `contentOf` is asked for rows that have content. */
export function readRow(
  row: SourceRow,
  contentOf: (row: Exclude<SourceRow, { kind: 'FAULT' }>) => RowContent,
): ReadRow {
  const { row: number, next, storedBytes } = row
  const content = row.kind === 'FAULT' ? faulty([{ ...row.fault, field: null, system: null }]) : contentOf(row)
  return { row: number, next, storedBytes, uploaded: uploadedOf(row), content }
}

export function faulty(reasons: readonly FailureReason[], among: string | null = null): FaultyContent {
  return { kind: 'FAULTY', reasons, among }
}

export function reasonOf({ code, field, header, message }: CellFault): FailureReason {
  return { code, field: header ?? (field.length > 0 ? field.join('.') : null), system: null, message }
}
