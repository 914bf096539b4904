/** Cuts text into lines as it arrives, without ever keeping more than a bound of one. */

import type { CsvFormat } from './source.ts'

export interface Line {
  /** Its line end included; of a line above the bound the beginning alone. */
  readonly text: Buffer
  readonly isCut: boolean
  /** Of the whole line, as measured. */
  readonly bytes: number
}

export interface LineCutter {
  /** The rest of the line that was begun, and what follows behind it; null where the line does not end in this text. */
  cut(text: Buffer): { readonly line: Line; readonly rest: Buffer } | null
  /** The last line, if it has no end; null where there is none. */
  end(): Line | null
}

/** How much is kept of a line that is too large. */
const EXCERPT_BYTES_MAX = 4096

export const LINE_ENDS: Readonly<Record<CsvFormat['lineEnd'], number>> = { LF: 0x0a, CR: 0x0d }

/** `measure` tells how many bytes of the file some of its text was. */
export function lineCutter(lineEnd: number, bytesMax: number, measure: (text: Buffer) => number): LineCutter {
  let pieces: Buffer[] = []
  let length = 0
  let bytes = 0
  let isCut = false

  const take = (piece: Buffer) => {
    bytes += measure(piece)
    if (isCut) return
    pieces.push(piece)
    length += piece.length
    if (length <= bytesMax) return
    isCut = true
    pieces = [Buffer.from(Buffer.concat(pieces).subarray(0, Math.min(EXCERPT_BYTES_MAX, bytesMax)))]
  }
  const finish = (): Line => {
    const [only] = pieces
    const text = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces)
    const line = { text, isCut, bytes }
    pieces = []
    length = 0
    bytes = 0
    isCut = false
    return line
  }

  return {
    cut: (text) => {
      const at = text.indexOf(lineEnd)
      take(at < 0 ? text : text.subarray(0, at + 1))
      return at < 0 ? null : { line: finish(), rest: text.subarray(at + 1) }
    },
    end: () => (bytes === 0 ? null : finish()),
  }
}
