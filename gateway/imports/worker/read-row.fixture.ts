/** Rows as they are read, for tests. */

import { placeAfter, ROW_BYTES } from '../job/job.fixture.ts'
import type { ReadRow, RowContent } from './read-row.ts'

export function readRowOf(row: number, content: RowContent): ReadRow {
  const uploaded = { kind: 'CELLS', cells: [String(row)] } as const
  return { row, next: placeAfter(row), storedBytes: row * ROW_BYTES, uploaded, content }
}

/** One that writes a record, its own unless said otherwise, and refers to others. */
export function writing(row: number, record = `record ${row}`, refers: readonly string[] = []): ReadRow {
  const write = { entity: 'Customer', operation: 'UPSERT', id: null, input: {}, expectedRevision: null } as const
  return readRowOf(row, { kind: 'ENTITY', write, id: record, record, touches: { writes: [record], refers } })
}

/** One that goes with an earlier one. */
export function going(row: number, first: number): ReadRow {
  return readRowOf(row, { kind: 'WITH', first })
}

/** One that cannot be read. */
export function unreadable(row: number): ReadRow {
  const reasons = [{ code: 'BAD_QUOTE', field: null, system: null, message: 'A quote is never closed.' }]
  return readRowOf(row, { kind: 'FAULTY', reasons, among: null })
}
