/** Rows given as values, in a request. */

import { checkedRecord } from './json-record.ts'
import { SOURCE_LIMITS, SourceError, type SourceLimits, type SourceRow } from './source.ts'

/** Each row's line is its number. Throws a SourceError for more rows than may be given this way. */
export function inlineRows(values: readonly unknown[], limits: SourceLimits = SOURCE_LIMITS): readonly SourceRow[] {
  if (values.length > limits.inlineRowsMax) {
    const message = `${values.length} rows are given inline, and at most ${limits.inlineRowsMax} may be: upload a file instead.`
    throw new SourceError('TOO_MANY_ROWS', message)
  }
  return values.map((value, at): SourceRow => {
    const row = at + 1
    const base = { row, line: row, next: { byte: row, line: row + 1, rows: row }, storedBytes: row }
    const checked = checkedRecord(value, null, limits)
    if (checked.ok) return { kind: 'RECORD', record: checked.record, ...base }
    return { kind: 'FAULT', fault: checked.fault, cells: null, text: JSON.stringify(value) ?? null, ...base }
  })
}
