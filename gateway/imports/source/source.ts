/**
 * Where imported rows come from: the words that the readers and whoever consumes their rows share.
 *
 * A source is a stored file, or values given inline. Reading goes `found = await findFormat(...)`, then
 * `rowsOf(file, found.format, from)`: each row comes out once, in order, as what it holds or as what is wrong with it, and
 * says where reading may begin again behind it. What makes a file as a whole useless is thrown as a SourceError, by
 * either; one row at fault never keeps its neighbours from being read.
 */

import type { Json } from '../../../schema/record.ts'

/** A file that lies somewhere, whole and unchanging. May be opened any number of times. */
export interface StoredFile {
  /** In bytes, as stored. */
  readonly size: number
  /** From this byte to the end; ends early when the consumer does. Rejects where the file is gone or cannot be read. */
  open(fromByte: number): AsyncIterable<Uint8Array>
}

export const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** `WINDOWS_1252` reads ISO 8859-1 as well: they differ only where the latter has control characters. */
export type Encoding = 'UTF_8' | 'UTF_16LE' | 'UTF_16BE' | 'WINDOWS_1252'

interface TextFormat {
  readonly compression: 'NONE' | 'GZIP'
  readonly encoding: Encoding
  /** The first row, behind a byte order mark and the header. */
  readonly begin: Place
}

export interface CsvFormat extends TextFormat {
  readonly format: 'CSV'
  readonly delimiter: Delimiter
  /** The character that cells may be put in, doubled within them; null where there is none. */
  readonly quote: '"' | "'" | null
  /** What ends a line. `CR` is for files whose first line ends in one; a lone CR in others is part of its cell. */
  readonly lineEnd: 'LF' | 'CR'
  /** Names of the columns, without space around them; a column without a name is the empty text. */
  readonly header: readonly string[]
}

export interface JsonLinesFormat extends TextFormat {
  readonly format: 'JSONL'
}

/** All that there is to know to read a file: plain data, to be kept with the job that reads it. */
export type SourceFormat = CsvFormat | JsonLinesFormat

/** Where reading may begin: plain data. `byte` counts from 0 in the file as it is unzipped; `line` counts from 1. */
export interface Place {
  readonly byte: number
  readonly line: number
  /** Rows before this place. */
  readonly rows: number
}

export const FILE_START: Place = { byte: 0, line: 1, rows: 0 }

export type RecordObject = { readonly [name: string]: Json }

export type RowFaultCode =
  /** More cells than the header names. */
  | 'TOO_MANY_CELLS'
  | 'TOO_FEW_CELLS'
  /** A quote within a cell, or behind one, or one that is never closed. */
  | 'BAD_QUOTE'
  /** Bytes that are no text in the file's encoding. */
  | 'BAD_ENCODING'
  | 'INVALID_JSON'
  | 'NOT_AN_OBJECT'
  /** More bytes than a row may have. */
  | 'TOO_LARGE'
  /** Lists and objects inside one another without end. */
  | 'TOO_DEEP'
  | 'TOO_MANY_KEYS'
  /** A number with more digits than JSON numbers keep. */
  | 'INEXACT_NUMBER'

/** `message` is for whoever uploaded the file. */
export interface RowFault {
  readonly code: RowFaultCode
  readonly message: string
}

interface RowBase {
  /** Counts from 1, without the header and blank lines. */
  readonly row: number
  /** The first of its lines in the file as it is, counted from 1. */
  readonly line: number
  /** Where reading may begin again, behind this row. */
  readonly next: Place
  /** How much of the stored file has been read to get here: exact, but in a zipped file, where it is the nearest known. */
  readonly storedBytes: number
}

export interface CellsRow extends RowBase {
  readonly kind: 'CELLS'
  /** As many as the header has names. */
  readonly cells: readonly string[]
}

export interface RecordRow extends RowBase {
  readonly kind: 'RECORD'
  readonly record: RecordObject
}

/** A row that cannot be used. Either its cells are known, or some of its text, or nothing. */
export interface FaultyRow extends RowBase {
  readonly kind: 'FAULT'
  readonly fault: RowFault
  /** Null where it could not be told where they begin and end. */
  readonly cells: readonly string[] | null
  /** The row as written, cut where it is very long; what is no text shows as U+FFFD. Null where the cells say it all. */
  readonly text: string | null
}

export type SourceRow = CellsRow | RecordRow | FaultyRow

/** What one row, and one file, may come to. */
export interface SourceLimits {
  readonly rowBytesMax: number
  /** Lists and objects inside one another in one JSON row. */
  readonly depthMax: number
  /** Names and list elements in one JSON row, those of inner objects counted in. */
  readonly keysMax: number
  readonly columnsMax: number
  /** Bytes of an unzipped file: a small file may hold a great many. */
  readonly plainBytesMax: number
  readonly inlineRowsMax: number
}

const MEBIBYTE = 1024 * 1024

export const SOURCE_LIMITS: SourceLimits = {
  rowBytesMax: MEBIBYTE,
  depthMax: 16,
  keysMax: 10_000,
  columnsMax: 2_000,
  plainBytesMax: 64 * 1024 * MEBIBYTE,
  inlineRowsMax: 500,
}

export type SourceErrorCode =
  | 'EMPTY_FILE'
  | 'NOT_ROWS'
  | 'AMBIGUOUS'
  | 'WRONG_ENCODING'
  | 'BAD_HEADER'
  | 'DUPLICATE_HEADER'
  | 'TRUNCATED_GZIP'
  | 'DAMAGED_GZIP'
  | 'EXPANDS_TOO_FAR'
  | 'TOO_MANY_ROWS'

/** The source as a whole cannot be used. `message` says what is wrong and what to do; `option` is what to set, if any. */
export class SourceError extends Error {
  readonly code: SourceErrorCode
  readonly option: 'format' | 'delimiter' | 'encoding' | 'quote' | 'header' | null

  constructor(code: SourceErrorCode, message: string, option: SourceError['option'] = null) {
    super(message)
    this.name = 'SourceError'
    this.code = code
    this.option = option
  }
}
