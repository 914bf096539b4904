/** What both kinds of text readers give: rows, still without their place in the file. */

import type { Line } from './line-cutter.ts'
import type { RecordObject, RowFault } from './source.ts'

export type RowContent =
  | { readonly kind: 'CELLS'; readonly cells: readonly string[] }
  | { readonly kind: 'RECORD'; readonly record: RecordObject }
  | {
      readonly kind: 'FAULT'
      readonly fault: RowFault
      readonly cells: readonly string[] | null
      readonly text: string | null
    }

export interface TextRow {
  /** Null for a blank line. */
  readonly content: RowContent | null
  /** Of the file, line end included. */
  readonly bytes: number
  readonly lines: number
}

export interface TextReader {
  /** The rows that end in this text, the last one also where nothing ends it if this `isLast`. Called once with that. */
  read(text: Buffer, isLast: boolean): Promise<readonly TextRow[]>
}

export function faultyLine(fault: RowFault, line: Line): TextRow {
  const content: RowContent = { kind: 'FAULT', fault, cells: null, text: textOf(line.text) }
  return { content, bytes: line.bytes, lines: 1 }
}

export const BAD_ENCODING: RowFault = {
  code: 'BAD_ENCODING',
  message: 'The row has bytes that are no text in the encoding of the file.',
}

/** For people to read: without its line end, and with U+FFFD for what is no text. */
export function textOf(raw: Buffer): string {
  return raw.toString('utf8').replace(/[\r\n]+$/, '')
}
