/**
 * Text of any encoding as UTF-8, piece by piece, so that one reader suffices. Bytes that are no text become a byte that
 * no UTF-8 has: nothing is replaced in silence, and whoever reads on finds the row that they are in.
 */

import type { Encoding } from './source.ts'

export interface Transcoder {
  /** The next piece as UTF-8; what a character still lacks is kept until the next one. */
  next(bytes: Buffer): Buffer
  /** What is left when no more comes. */
  end(): Buffer
}

/** Part of no UTF-8 text. */
const NO_TEXT = Buffer.from([0xff])
const NOTHING = Buffer.alloc(0)

export function transcoder(encoding: Encoding): Transcoder {
  switch (encoding) {
    case 'UTF_8':
      return { next: (bytes) => bytes, end: () => NOTHING }
    case 'WINDOWS_1252': {
      const decoder = new TextDecoder('windows-1252')
      return { next: (bytes) => Buffer.from(decoder.decode(bytes, { stream: true })), end: () => NOTHING }
    }
    case 'UTF_16LE':
      return fromUtf16((bytes) => bytes)
    case 'UTF_16BE':
      return fromUtf16((bytes) => Buffer.from(bytes).swap16())
  }
}

/** How many bytes of the file this part of its UTF-8 text was. */
export function bytesBefore(encoding: Encoding, text: Buffer): number {
  if (encoding === 'UTF_8') return text.length
  // What is no text decodes to one unit for each byte that stands for it.
  const units = text.toString('utf8').length
  return encoding === 'WINDOWS_1252' ? units : units * 2
}

function fromUtf16(littleEndian: (bytes: Buffer) => Buffer): Transcoder {
  let kept = NOTHING
  return {
    next: (bytes) => {
      const joined = kept.length === 0 ? bytes : Buffer.concat([kept, bytes])
      const even = littleEndian(joined.subarray(0, joined.length - (joined.length % 2)))
      const whole = endsInHalfPair(even) ? even.length - 2 : even.length
      kept = Buffer.from(joined.subarray(whole))
      return utf8Of(even.toString('utf16le', 0, whole))
    },
    // Half a pair, half a unit, or both.
    end: () => Buffer.alloc(Math.ceil(kept.length / 2), NO_TEXT),
  }
}

/** Whether the last unit of UTF-16 is the first half of a pair, whose second half is still to come. */
function endsInHalfPair(littleEndian: Buffer): boolean {
  const high = littleEndian.at(-1)
  return high !== undefined && high >= 0xd8 && high <= 0xdb
}

function utf8Of(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text)
  return Buffer.concat(
    text.split(/(\p{Surrogate})/u).map((part) => (part.isWellFormed() ? Buffer.from(part) : NO_TEXT)),
  )
}
