import type { Row } from '../../../schema/record.ts'

/** Whether a write gives any of the columns another value than the record had; true for a create. */
export function touches(before: Row | null, after: Row, columns: readonly string[]): boolean {
  return before === null || columns.some((column) => before[column] !== after[column])
}
