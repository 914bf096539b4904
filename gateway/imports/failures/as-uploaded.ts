/** Rows as their uploader means them: those of a failure file without Lockstep's columns, and with their cells as they were. */

import type { SourceFormat, SourceRow } from '../source/source.ts'
import { FAILURE_COLUMNS } from './failed-row.ts'
import { TEXT_NAME } from './failures-jsonl.ts'
import { restored } from './spreadsheet-cell.ts'

export interface AsUploaded {
  /** Null for JSON lines. */
  readonly header: readonly string[] | null
  row(row: SourceRow): SourceRow
}

export function asUploaded(format: SourceFormat): AsUploaded {
  if (format.format === 'JSONL') return { header: null, row: withoutReasons }
  const { header } = format
  const isFailureFile = FAILURE_COLUMNS.every((name, at) => header[at] === name)
  if (!isFailureFile) return { header, row: (row) => row }
  const own = (cells: readonly string[]) => cells.slice(FAILURE_COLUMNS.length).map(restored)
  return {
    header: own(header),
    row: (row) => {
      if (row.kind === 'RECORD' || row.cells === null) return row
      return { ...row, cells: own(row.cells) }
    },
  }
}

const REASONS: ReadonlySet<string> = new Set([...FAILURE_COLUMNS, TEXT_NAME])

function withoutReasons(row: SourceRow): SourceRow {
  if (row.kind !== 'RECORD' || !Object.keys(row.record).some((name) => REASONS.has(name))) return row
  return { ...row, record: Object.fromEntries(Object.entries(row.record).filter(([name]) => !REASONS.has(name))) }
}
