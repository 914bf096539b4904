/** The rows of a stored file, one after another: nothing is read before somebody asks for it, or kept behind it. */

import { csvRows } from './csv-rows.ts'
import { bytesBefore, transcoder } from './encoding.ts'
import { jsonRows } from './json-rows.ts'
import { plainBytes } from './plain-bytes.ts'
import {
  type Place,
  SOURCE_LIMITS,
  type SourceFormat,
  type SourceLimits,
  type SourceRow,
  type StoredFile,
} from './source.ts'
import type { TextReader, TextRow } from './text-rows.ts'

export interface ReadingOptions {
  /** The `next` of the last row that is done with, or the format's `begin`, where it is left out. */
  readonly from?: Place
  readonly limits?: SourceLimits
}

/**
 * Every row behind the place, once and in order; the same ones, with the same numbers, whatever place reading begins at.
 * Throws a SourceError where the rest of the file cannot be read, and whatever opening the file throws.
 */
export async function* rowsOf(
  file: StoredFile,
  format: SourceFormat,
  { from = format.begin, limits = SOURCE_LIMITS }: ReadingOptions = {},
): AsyncGenerator<SourceRow, void, undefined> {
  const text = transcoder(format.encoding)
  const reader = readerOf(format, limits)
  const numbered = numbering(format, from)
  let storedBytes = 0
  for await (const chunk of plainBytes(file, format.compression, from.byte, limits.plainBytesMax)) {
    storedBytes = chunk.storedBytes
    yield* numbered(await reader.read(text.next(chunk.bytes), false), storedBytes)
  }
  yield* numbered(await reader.read(text.end(), true), storedBytes)
}

function readerOf(format: SourceFormat, limits: SourceLimits): TextReader {
  const measure = (text: Buffer) => bytesBefore(format.encoding, text)
  return format.format === 'CSV' ? csvRows(format, limits.rowBytesMax, measure) : jsonRows(limits, measure)
}

/** Gives rows their numbers and places. */
function numbering({ compression }: SourceFormat, from: Place) {
  let { byte, line, rows } = from
  return function* (found: readonly TextRow[], readBytes: number): Generator<SourceRow> {
    for (const { content, bytes, lines } of found) {
      const firstLine = line
      byte += bytes
      line += lines
      if (content === null) continue
      rows += 1
      const storedBytes = compression === 'NONE' ? Math.min(byte, readBytes) : readBytes
      yield { ...content, row: rows, line: firstLine, next: { byte, line, rows }, storedBytes }
    }
  }
}
