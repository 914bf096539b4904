/** Record keys: a record's native key values as one canonical text. */

import type { RecordKey, Row, Value } from './record.ts'
import type { TableDefinition } from './table.ts'

export function recordKey(values: readonly Value[]): RecordKey {
  return JSON.stringify(values) as RecordKey
}

/** The values of a key, in key order. Throws a SyntaxError for text that no `recordKey` made. */
export function keyValues(key: RecordKey): readonly Value[] {
  return JSON.parse(key)
}

/** The key of a native row; null where a key column is empty or missing. */
export function recordKeyOf(table: TableDefinition, row: Row): RecordKey | null {
  const values = table.key.map((column) => row[column] ?? null)
  return values.includes(null) ? null : recordKey(values)
}
