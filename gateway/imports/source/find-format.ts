/** Finds out how a file is to be read: from what its uploader says, its beginning, its name and its content type. */

import { bytesBefore, transcoder } from './encoding.ts'
import { findDelimiter } from './find-delimiter.ts'
import { findEncoding } from './find-encoding.ts'
import { findHeader } from './find-header.ts'
import { findKind } from './find-kind.ts'
import { findLineEnd } from './find-line-end.ts'
import type { FormatOptions, Sureness } from './format-options.ts'
import { isGzip, plainBytes } from './plain-bytes.ts'
import {
  type Encoding,
  FILE_START,
  SOURCE_LIMITS,
  SourceError,
  type SourceFormat,
  type SourceLimits,
  type StoredFile,
} from './source.ts'

export interface FoundFormat {
  readonly format: SourceFormat
  readonly sureness: {
    readonly format: Sureness
    readonly encoding: Sureness
    /** Null for a file that has none. */
    readonly delimiter: Sureness | null
  }
}

/** As much of a file's beginning as is looked at. */
const BEGINNING_BYTES = 128 * 1024

/**
 * Throws a SourceError for a file that cannot be read at all, and for one that may be meant in more than one way, which
 * then names the option to set. A header without rows is a format; a file without a line is an error.
 */
export async function findFormat(
  file: StoredFile,
  options: FormatOptions = {},
  limits: SourceLimits = SOURCE_LIMITS,
): Promise<FoundFormat> {
  const { bytes, compression, isWhole } = await beginningOf(file, limits)
  const { encoding, mark, sureness: encodingSureness } = findEncoding(bytes, options.encoding ?? null)
  const text = textOf(bytes.subarray(mark), encoding, isWhole)
  if (text.toString().trim() === '') throw new SourceError('EMPTY_FILE', 'The file is empty.')

  const kind = findKind(text.toString(), options)
  const begin = { ...FILE_START, byte: mark }
  if (kind.format === 'JSONL') {
    const sureness = { format: kind.sureness, encoding: encodingSureness, delimiter: null }
    return { format: { format: 'JSONL', compression, encoding, begin }, sureness }
  }

  const quote = options.quote === undefined ? '"' : options.quote
  const dialect = { quote, lineEnd: findLineEnd(text.toString(), quote) }
  const sample = { text, isWhole, bytesMax: limits.rowBytesMax, measure: (part: Buffer) => bytesBefore(encoding, part) }
  const delimiter = await findDelimiter(sample, dialect, options.delimiter ?? kind.delimiter)
  const csv = { ...dialect, delimiter: delimiter.delimiter }
  const header = await findHeader(sample, csv, { given: options.header ?? null, begin, columnsMax: limits.columnsMax })
  return {
    format: { format: 'CSV', compression, encoding, ...csv, ...header },
    sureness: {
      format: kind.sureness,
      encoding: encodingSureness,
      delimiter: options.delimiter === undefined ? delimiter.sureness : 'GIVEN',
    },
  }
}

async function beginningOf(file: StoredFile, limits: SourceLimits) {
  let first = Buffer.alloc(0)
  for await (const chunk of file.open(0)) {
    first = Buffer.concat([first, chunk])
    if (first.length >= 2) break
  }
  const compression = isGzip(first) ? 'GZIP' : 'NONE'
  const pieces: Buffer[] = []
  let length = 0
  for await (const { bytes } of plainBytes(file, compression, 0, limits.plainBytesMax)) {
    pieces.push(bytes)
    length += bytes.length
    if (length > BEGINNING_BYTES) break
  }
  return {
    bytes: Buffer.concat(pieces).subarray(0, BEGINNING_BYTES),
    compression,
    isWhole: length <= BEGINNING_BYTES,
  } as const
}

function textOf(bytes: Buffer, encoding: Encoding, isWhole: boolean): Buffer {
  const text = transcoder(encoding)
  return Buffer.concat([text.next(bytes), isWhole ? text.end() : Buffer.alloc(0)])
}
