/** The rows that failed, as JSON lines that can be corrected and imported again: each row's own values, and why. */

import { FAILURE_COLUMNS, type FailedRow, failureCells, type Uploaded } from './failed-row.ts'

/** Where the text of a row stands that is no JSON object; without the text corrected the row gives no field. */
export const TEXT_NAME = 'lockstep:text'

export async function* failuresJsonl(rows: AsyncIterable<FailedRow> | Iterable<FailedRow>): AsyncGenerator<string> {
  for await (const row of rows) {
    const cells = failureCells(row)
    const reasons = FAILURE_COLUMNS.map((name, at) => [name, cells[at] ?? ''] as const)
    yield `${JSON.stringify(Object.fromEntries([...reasons, ...ownValues(row.uploaded)]))}\n`
  }
}

function ownValues(uploaded: Uploaded): readonly (readonly [string, unknown])[] {
  switch (uploaded.kind) {
    case 'CELLS':
      throw new TypeError('a CSV row has no place in JSON lines')
    case 'RECORD':
      return Object.entries(uploaded.record)
    case 'TEXT':
      return [[TEXT_NAME, uploaded.text]]
  }
}
