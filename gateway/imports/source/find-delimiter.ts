/** Finds the delimiter of a CSV file: the one by which its first rows have as many cells as its first line. */

import { type CsvDialect, csvReader } from './csv-records.ts'
import { isBlank } from './csv-rows.ts'
import type { Sureness } from './format-options.ts'
import { DELIMITERS, type Delimiter, SourceError } from './source.ts'

/** The beginning of a file, in UTF-8. */
export interface Sample {
  readonly text: Buffer
  /** Whether it is all of the file. */
  readonly isWhole: boolean
  readonly bytesMax: number
  readonly measure: (text: Buffer) => number
}

export interface FoundDelimiter {
  readonly delimiter: Delimiter
  readonly sureness: Sureness
}

/** Rows that are looked at. */
const ROWS = 50

/** What is `said` is taken. Throws a SourceError where two fit alike. */
export async function findDelimiter(
  sample: Sample,
  dialect: Omit<CsvDialect, 'delimiter'>,
  said: Delimiter | null,
): Promise<FoundDelimiter> {
  if (said !== null) return { delimiter: said, sureness: 'SURE' }
  const shapes = await Promise.all(
    DELIMITERS.map(async (delimiter) => ({ delimiter, ...(await shapeUnder(sample, { ...dialect, delimiter })) })),
  )
  const possible = shapes.filter(({ width }) => width > 1).toSorted((one, other) => other.share - one.share)
  const [best, second] = possible
  if (best === undefined) return { delimiter: ',', sureness: 'LIKELY' }
  if (second === undefined) return { delimiter: best.delimiter, sureness: best.share >= 0.5 ? 'SURE' : 'LIKELY' }
  if (best.share >= 0.9 && second.share < 0.5) return { delimiter: best.delimiter, sureness: 'LIKELY' }
  const names = possible.map(({ delimiter }) => JSON.stringify(delimiter)).join(' or ')
  throw new SourceError('AMBIGUOUS', `The cells may be delimited by ${names}. Set \`delimiter\`.`, 'delimiter')
}

/** Cells of the first row, and the share of the others that have as many. */
async function shapeUnder(
  sample: Sample,
  dialect: CsvDialect,
): Promise<{ readonly width: number; readonly share: number }> {
  const records = await csvReader(dialect, sample.bytesMax, sample.measure).read(sample.text, sample.isWhole)
  const [first, ...others] = records
    .slice(0, ROWS)
    .filter((record) => !record.ok || !isBlank(record))
    .map((record) => (record.ok ? record.cells.length : 0))
  const width = first ?? 0
  return { width, share: others.length === 0 ? 1 : others.filter((cells) => cells === width).length / others.length }
}
