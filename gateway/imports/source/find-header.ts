/** The names of a CSV file's columns, from its first line or as given, and where its rows begin. */

import { isUtf8 } from 'node:buffer'
import { type CsvDialect, type CsvRecord, csvReader } from './csv-records.ts'
import { isBlank } from './csv-rows.ts'
import type { Sample } from './find-delimiter.ts'
import { LINE_ENDS } from './line-cutter.ts'
import { type CsvFormat, type Place, SourceError } from './source.ts'

export interface HeaderOptions {
  readonly given: readonly string[] | null
  /** Where the text begins. */
  readonly begin: Place
  readonly columnsMax: number
}

/** Throws a SourceError for a header that cannot be read, has a name twice, or no name at all. */
export async function findHeader(
  sample: Sample,
  dialect: CsvDialect,
  { given, begin, columnsMax }: HeaderOptions,
): Promise<Pick<CsvFormat, 'header' | 'begin'>> {
  if (given !== null) return { header: checked(given, columnsMax), begin }
  const records = await csvReader(dialect, sample.bytesMax, sample.measure).read(sample.text, sample.isWhole)
  const at = records.findIndex((record) => !record.ok || !isBlank(record))
  const first = records[at]
  if (first === undefined) throw bad('The first line is too long for a header.')
  if (!first.ok) throw bad(`The first line cannot be read. ${first.fault.message}`)
  if (!isUtf8(first.raw)) throw bad('The first line has bytes that are no text in the encoding of the file.')
  const read = Buffer.concat(records.slice(0, at + 1).map(rawOf))
  const lines = read.filter((byte) => byte === LINE_ENDS[dialect.lineEnd]).length
  return {
    header: checked(first.cells, columnsMax),
    begin: { byte: begin.byte + sample.measure(read), line: begin.line + lines, rows: 0 },
  }
}

function rawOf(record: CsvRecord): Buffer {
  return record.ok ? record.raw : record.line.text
}

function checked(names: readonly string[], columnsMax: number): readonly string[] {
  const header = names.map((name) => name.trim())
  const named = header.filter((name) => name !== '')
  if (named.length === 0) throw bad('No column has a name.')
  if (header.length > columnsMax)
    throw bad(`The header has ${header.length} columns, and at most ${columnsMax} may be.`)
  const twice = [...new Set(named.filter((name, at) => named.indexOf(name) !== at))]
  if (twice.length === 0) return header
  const message = `The header names ${twice.map((name) => `"${name}"`).join(', ')} more than once.`
  throw new SourceError('DUPLICATE_HEADER', message, 'header')
}

function bad(message: string): SourceError {
  return new SourceError('BAD_HEADER', message, 'header')
}
