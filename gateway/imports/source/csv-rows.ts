/** CSV text into rows: each record against the header. */

import { isUtf8 } from 'node:buffer'
import { type CsvDialect, type CsvRecord, csvReader } from './csv-records.ts'
import { LINE_ENDS } from './line-cutter.ts'
import type { RowFault } from './source.ts'
import { BAD_ENCODING, faultyLine, type RowContent, type TextReader, type TextRow, textOf } from './text-rows.ts'

export interface CsvShape extends CsvDialect {
  readonly header: readonly string[]
}

export function csvRows(shape: CsvShape, bytesMax: number, measure: (text: Buffer) => number): TextReader {
  const reader = csvReader(shape, bytesMax, measure)
  const lineEnd = LINE_ENDS[shape.lineEnd]
  return {
    read: async (text, isLast) => {
      const records = await reader.read(text, isLast)
      return records.map((record): TextRow => {
        if (!record.ok) return faultyLine(record.fault, record.line)
        const { raw } = record
        return { content: contentOf(shape, record), bytes: measure(raw), lines: linesIn(raw, lineEnd) }
      })
    },
  }
}

/** Whether there is nothing in the line but space: spreadsheets leave such lines behind. */
export function isBlank({ cells, raw }: Pick<Extract<CsvRecord, { ok: true }>, 'cells' | 'raw'>): boolean {
  return cells.length === 1 && cells[0]?.trim() === '' && textOf(raw).trim() === ''
}

function contentOf({ header }: CsvShape, { cells, raw }: Extract<CsvRecord, { ok: true }>): RowContent | null {
  if (!isUtf8(raw)) return { kind: 'FAULT', fault: BAD_ENCODING, cells: null, text: textOf(raw) }
  if (cells.length === header.length && cells.length > 1) return { kind: 'CELLS', cells }
  if (isBlank({ cells, raw })) return null
  if (cells.length === header.length) return { kind: 'CELLS', cells }
  return { kind: 'FAULT', fault: wrongCount(header.length, cells.length), cells, text: null }
}

function wrongCount(wanted: number, found: number): RowFault {
  const message = `The row has ${found} cells and the header ${wanted}.`
  if (found < wanted) return { code: 'TOO_FEW_CELLS', message }
  return { code: 'TOO_MANY_CELLS', message: `${message} A cell with a delimiter in it must be quoted.` }
}

function linesIn(raw: Buffer, lineEnd: number): number {
  let lines = 0
  for (let at = raw.indexOf(lineEnd); at >= 0; at = raw.indexOf(lineEnd, at + 1)) lines += 1
  return lines
}
