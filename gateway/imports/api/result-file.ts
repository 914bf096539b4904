/** The file of what became of each row of a job. */

import { failureCells } from '../failures/failed-row.ts'
import { csvLine, MARK } from '../failures/failures-csv.ts'
import type { RowOutcome } from '../job/outcome.ts'

const COLUMNS = ['row', 'outcome', 'id', 'transaction', 'changedFields', 'code', 'message'] as const
const DIALECT = { delimiter: ',', quote: '"' } as const

export async function* resultsCsv(rows: AsyncIterable<RowOutcome>): AsyncGenerator<string> {
  yield MARK + csvLine(DIALECT, COLUMNS)
  for await (const row of rows) {
    const { id, transaction, changedFields } = writtenOf(row)
    const [, code = '', , , message = ''] = row.outcome === 'FAILED' ? failureCells(row) : []
    const cells = [String(row.row), row.outcome, id ?? '', transaction ?? '', changedFields.join('; '), code, message]
    yield csvLine(DIALECT, cells)
  }
}

export async function* resultsJsonl(rows: AsyncIterable<RowOutcome>): AsyncGenerator<string> {
  for await (const row of rows) {
    const reasons = row.outcome === 'FAILED' ? row.reasons : []
    yield `${JSON.stringify({ row: row.row, outcome: row.outcome, ...writtenOf(row), reasons })}\n`
  }
}

function writtenOf(row: RowOutcome) {
  if (!('changedFields' in row)) return { id: null, transaction: null, changedFields: [] }
  const { id, transaction, changedFields } = row
  return { id, transaction, changedFields }
}
