import type { RecordRef, Row } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'

/** The record of a company-bound table that a column of a row names; null where the row names none. */
export function recordNamedBy(row: Row, column: string, table: string): RecordRef | null {
  const [company, value] = [row['dataAreaId'] ?? null, row[column] ?? null]
  return company === null || value === null ? null : { table, key: recordKey([company, value]) }
}
