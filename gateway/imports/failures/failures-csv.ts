/**
 * The rows that failed, as a CSV file that can be corrected and imported again: Lockstep's columns, and behind them the
 * uploader's own, in the uploader's dialect. A row that was malformed is as malformed here, so that nothing is imported
 * by accident which nobody has corrected. The file is UTF-8 with its mark and has a header, whatever the upload had.
 */

import type { CsvFormat } from '../source/source.ts'
import { FAILURE_COLUMNS, type FailedRow, failureCells, type Uploaded } from './failed-row.ts'
import { harmless } from './spreadsheet-cell.ts'

export const MARK = '\ufeff'

/** The file, in pieces. `header` are the uploader's own columns. */
export async function* failuresCsv(
  dialect: Pick<CsvFormat, 'delimiter' | 'quote'>,
  header: readonly string[],
  rows: AsyncIterable<FailedRow> | Iterable<FailedRow>,
): AsyncGenerator<string> {
  yield MARK + csvLine(dialect, [...FAILURE_COLUMNS, ...header])
  for await (const row of rows) {
    yield csvLine(dialect, [...failureCells(row), ...ownCells(row.uploaded, header.length)])
  }
}

function ownCells(uploaded: Uploaded, width: number): readonly string[] {
  switch (uploaded.kind) {
    case 'CELLS':
      return uploaded.cells
    case 'RECORD':
      throw new TypeError('a JSON row has no place in a CSV file')
    case 'TEXT':
      return width === 1 ? [uploaded.text, ''] : [uploaded.text]
  }
}

export function csvLine(dialect: Pick<CsvFormat, 'delimiter' | 'quote'>, cells: readonly string[]): string {
  return `${cells.map((cell) => written(dialect, harmless(cell))).join(dialect.delimiter)}\r\n`
}

function written({ delimiter, quote }: Pick<CsvFormat, 'delimiter' | 'quote'>, text: string): string {
  if (quote === null) return text.replaceAll(delimiter, ' ').replace(/[\r\n]+/g, ' ')
  const isPlain = text.trim() === text && ![delimiter, quote, '\r', '\n'].some((special) => text.includes(special))
  return isPlain ? text : `${quote}${text.replaceAll(quote, quote + quote)}${quote}`
}
