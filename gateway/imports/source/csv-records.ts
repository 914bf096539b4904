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

/** A line at fault, of which the end is still to come. */
interface Broken {
  readonly fault: RowFault
  readonly cutter: LineCutter
}

const NOTHING = Buffer.alloc(0)

export function csvReader(dialect: CsvDialect, bytesMax: number, measure: (text: Buffer) => number): CsvReader {
  let parser = csvParser(dialect)
  /** Text that the parser has and has made no record of. */
  let held: Buffer = NOTHING
  let broken: Broken | null = null

  /** Gives the records up to the first one at fault, and leaves what is to be read anew in `held`. */
  const parse = async (text: Buffer, isLast: boolean, records: CsvRecord[]): Promise<RowFault | null> => {
    held = held.length === 0 ? text : Buffer.concat([held, text])
    const { found, error } = await parser.parse(text, isLast)
    for (const { cells, length } of found) {
      if (length > bytesMax) return tooLarge(bytesMax)
      records.push({ ok: true, cells, raw: held.subarray(0, length) })
      held = held.subarray(length)
    }
    if (held.length > bytesMax) return tooLarge(bytesMax)
    return error === null ? null : badQuote(error)
  }

  return {
    read: async (text, isLast) => {
      const records: CsvRecord[] = []
      let unread: Buffer | null = text
      while (unread !== null) {
        if (broken !== null) {
          const cut = broken.cutter.cut(unread)
          const line: Line | null = cut?.line ?? (isLast ? broken.cutter.end() : null)
          if (line === null) break
          records.push({ ok: false, fault: broken.fault, line })
          broken = null
          unread = cut?.rest ?? NOTHING
        }
        const fault = await parse(unread, isLast, records)
        unread = fault === null ? null : held
        if (fault === null) continue
        broken = { fault, cutter: lineCutter(LINE_ENDS[dialect.lineEnd], bytesMax, measure) }
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
  readonly error: CsvError | null
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
      return { found, error: fault }
    },
  }
}

function badQuote({ code }: CsvError): RowFault {
  const reasons: Readonly<Record<string, string>> = {
    INVALID_OPENING_QUOTE: 'A quote stands within a cell that is not quoted.',
    CSV_INVALID_CLOSING_QUOTE: 'Something stands between the end of a quoted cell and the next delimiter.',
    CSV_QUOTE_NOT_CLOSED: 'A quote is opened and never closed.',
  }
  const reason = reasons[code] ?? 'The quotes of the line do not match.'
  return {
    code: 'BAD_QUOTE',
    message: `${reason} A quote that belongs to the text is written twice, in a quoted cell.`,
  }
}

function tooLarge(bytesMax: number): RowFault {
  const message = `The row has more than ${bytesMax} bytes. Perhaps a quote in it is never closed.`
  return { code: 'TOO_LARGE', message }
}
