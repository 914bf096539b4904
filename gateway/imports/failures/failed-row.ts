/** A row that was not imported, as its uploader wrote it, and why. */

import type { System } from '../../../schema/record.ts'
import type { RecordObject, SourceRow } from '../source/source.ts'

export interface FailedRow {
  readonly row: number
  /** At least one. */
  readonly reasons: readonly FailureReason[]
  readonly uploaded: Uploaded
}

export interface FailureReason {
  readonly code: string
  /** Header of the column, or path of the field; null where the row as a whole is meant. */
  readonly field: string | null
  readonly system: System | null
  readonly message: string
}

export type Uploaded =
  | { readonly kind: 'CELLS'; readonly cells: readonly string[] }
  | { readonly kind: 'RECORD'; readonly record: RecordObject }
  /** What could not be taken apart. */
  | { readonly kind: 'TEXT'; readonly text: string }

export function uploadedOf(row: SourceRow): Uploaded {
  switch (row.kind) {
    case 'CELLS':
      return { kind: 'CELLS', cells: row.cells }
    case 'RECORD':
      return { kind: 'RECORD', record: row.record }
    case 'FAULT':
      return row.cells === null ? { kind: 'TEXT', text: row.text ?? '' } : { kind: 'CELLS', cells: row.cells }
  }
}

const NAMES = ['row', 'code', 'field', 'system', 'message'] as const

/** The columns that a failure file has before its uploader's own, so that rows with too many cells keep their place. */
export const FAILURE_COLUMNS: readonly string[] = NAMES.map((name) => `lockstep:${name}`)

export function failureCells({ row, reasons }: FailedRow): readonly string[] {
  const each = (of: (reason: FailureReason) => string | null) =>
    [...new Set(reasons.map(of).filter((text) => text !== null))].join('; ')
  return [
    String(row),
    each(({ code }) => code),
    each(({ field }) => field),
    each(({ system }) => system),
    each(({ message }) => message),
  ]
}
