/**
 * CSV text into records, by csv-parse, which knows no way on behind a quote that is wrong. Here reading then begins anew
 * with the next line: a quote too many costs its own line and no other. So that no cell can fill the memory, the same
 * happens to a record that grows too large. Where records begin and end does not depend on the pieces that arrive.
 */

import { CsvError, Parser } from 'csv-parse'
import { LINE_ENDS, type Line, type LineCutter, lineCutter } from './line-cutter.ts'
import type { CsvFormat, RowFault } from './source.ts'

export type CsvDialect = Pick<CsvFormat, 'delimiter' | 'quote' | 'lineEnd'>

/** `raw` is the record as written, line end included. */
export type CsvRecord =
  | { readonly ok: true; readonly cells: readonly string[]; readonly raw: Buffer }
  | { readonly ok: false; readonly fault: RowFault; readonly line: Line }

export interface CsvReader {
  /** The records that end in this text, the last one also where nothing ends it if this `isLast`. */
  read(text: Buffer, isLast: boolean): Promise<readonly CsvRecord[]>
}

const NOTHING = Buffer.alloc(0)

export function csvReader(dialect: CsvDialect, bytesMax: number, measure: (text: Buffer) => number): CsvReader {
  let parser = csvParser(dialect)
  /** Text that the parser has and has made no record of. */
  let held: Buffer = NOTHING
  /** Of a line at fault, of which the end is still to come. */
  let broken: LineCutter | null = null

  /** Gives the records up to the first one at fault, which it leaves in `held`, and whether there is one. */
  const parse = async (text: Buffer, isLast: boolean, records: CsvRecord[]): Promise<boolean> => {
    held = held.length === 0 ? text : Buffer.concat([held, text])
    const { found, isBroken } = await parser.parse(text, isLast)
    for (const { cells, length } of found) {
      if (length > bytesMax) return true
      records.push({ ok: true, cells, raw: held.subarray(0, length) })
      held = held.subarray(length)
    }
    return isBroken || held.length > bytesMax
  }

  return {
    read: async (text, isLast) => {
      const records: CsvRecord[] = []
      let unread = text
      for (;;) {
        if (broken !== null) {
          const cut = broken.cut(unread)
          const line: Line | null = cut?.line ?? (isLast ? broken.end() : null)
          if (line === null) break
          records.push({ ok: false, fault: faultOf(line, bytesMax), line })
          broken = null
          unread = cut?.rest ?? NOTHING
        }
        if (!(await parse(unread, isLast, records))) break
        unread = held
        broken = lineCutter(LINE_ENDS[dialect.lineEnd], bytesMax, measure)
        held = NOTHING
        parser = csvParser(dialect)
      }
      return records
    },
  }
}

interface Parsed {
  /** Each with its bytes, line end included, in order. */
  readonly found: readonly { readonly cells: readonly string[]; readonly length: number }[]
  /** The quotes of the record behind them do not match. */
  readonly isBroken: boolean
}

function csvParser({ delimiter, quote, lineEnd }: CsvDialect) {
  let found: { cells: readonly string[]; length: number }[] = []
  let end = 0
  const parser = new Parser({
    delimiter,
    quote,
    escape: quote,
    record_delimiter: lineEnd === 'CR' ? '\r' : ['\r\n', '\n'],
    relax_column_count: true,
    on_record: (cells: readonly string[], { bytes }) => {
      found.push({ cells, length: bytes - end })
      end = bytes
      return null
    },
  })
  // The error comes through the callbacks below as well; nothing is ever read from the stream itself.
  parser.on('error', () => undefined).resume()
  return {
    parse: async (text: Buffer, isLast: boolean): Promise<Parsed> => {
      found = []
      const fault = await new Promise<Error | null>((resolve) => {
        const done = (error?: Error | null) => resolve(error ?? null)
        if (isLast) parser.end(text, done)
        else parser.write(text, done)
      })
      if (fault !== null && !(fault instanceof CsvError)) throw fault
      return { found, isBroken: fault !== null }
    },
  }
}

/** A line above the bound is too large; where a record is at fault otherwise, a quote was opened in its first line. */
function faultOf(line: Line, bytesMax: number): RowFault {
  if (line.isCut) return { code: 'TOO_LARGE', message: `The line has more than ${bytesMax} bytes.` }
  const message =
    'The quotes do not match: a quote that is opened must be closed, and a cell with a quote in it must be quoted as a ' +
    'whole, with that quote written twice.'
  return { code: 'BAD_QUOTE', message }
}
