/** Finds the encoding of a file from its first bytes: by its byte order mark, else only UTF-8 is found, never guessed. */

import { isUtf8 } from 'node:buffer'
import type { Sureness } from './format-options.ts'
import { type Encoding, SourceError } from './source.ts'

export interface FoundEncoding {
  readonly encoding: Encoding
  /** Bytes of the byte order mark. */
  readonly mark: number
  readonly sureness: Sureness
}

const MARKS: readonly { readonly encoding: Encoding; readonly bytes: Buffer }[] = [
  { encoding: 'UTF_8', bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'UTF_16LE', bytes: Buffer.from([0xff, 0xfe]) },
  { encoding: 'UTF_16BE', bytes: Buffer.from([0xfe, 0xff]) },
]

/** Throws a SourceError where the bytes are no text, or that of another encoding. */
export function findEncoding(beginning: Buffer, given: Encoding | null): FoundEncoding {
  const marked = MARKS.find(({ bytes }) => beginning.subarray(0, bytes.length).equals(bytes))
  if (given !== null) {
    if (marked === undefined) return { encoding: given, mark: 0, sureness: 'GIVEN' }
    if (marked.encoding === given) return { encoding: given, mark: marked.bytes.length, sureness: 'GIVEN' }
    // In such a file the mark of UTF-8 would be letters that begin no text.
    if (given === 'WINDOWS_1252' && marked.encoding === 'UTF_8')
      return { encoding: 'UTF_8', mark: marked.bytes.length, sureness: 'SURE' }
    const message = `The encoding is given as ${given}, but the file begins with the byte order mark of ${marked.encoding}.`
    throw new SourceError('WRONG_ENCODING', message, 'encoding')
  }
  if (marked !== undefined) return { encoding: marked.encoding, mark: marked.bytes.length, sureness: 'SURE' }
  refuseOtherThanUtf8(beginning)
  return { encoding: 'UTF_8', mark: 0, sureness: 'SURE' }
}

const KNOWN_FILES = [
  { begins: 'PK\x03\x04', what: 'a ZIP archive, such as an Excel workbook' },
  { begins: '\xd0\xcf\x11\xe0', what: 'an old Excel workbook' },
  { begins: '%PDF', what: 'a PDF' },
  { begins: 'BZh', what: 'a bzip2 archive' },
  { begins: '\x28\xb5\x2f\xfd', what: 'a zstd archive' },
  { begins: '\xfd7zXZ', what: 'an xz archive' },
]

function refuseOtherThanUtf8(beginning: Buffer): void {
  const known = KNOWN_FILES.find(({ begins }) => beginning.subarray(0, begins.length).toString('latin1') === begins)
  if (known !== undefined) {
    throw new SourceError('NOT_ROWS', `The file is ${known.what}. Send CSV or JSON lines, as they are or as gzip.`)
  }
  if (beginning.includes(0)) throw utf16OrNoText(beginning)
  if (!isUtf8(withoutCutCharacter(beginning))) {
    const message = 'The file is not UTF-8. Set `encoding`: files from Windows programs often are WINDOWS_1252.'
    throw new SourceError('WRONG_ENCODING', message, 'encoding')
  }
}

/** Latin text in UTF-16 has a NUL for every other byte. */
function utf16OrNoText(beginning: Buffer): SourceError {
  const nuls = [0, 0]
  for (const [at, byte] of beginning.entries()) if (byte === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = nuls
  const half = beginning.length / 2
  const likely = odd > half / 2 && even === 0 ? 'UTF_16LE' : even > half / 2 && odd === 0 ? 'UTF_16BE' : null
  if (likely === null) return new SourceError('NOT_ROWS', 'The file is no text. Send CSV or JSON lines.')
  return new SourceError('WRONG_ENCODING', `The file looks like ${likely}. Set \`encoding\`.`, 'encoding')
}

/** The beginning of a file may end within a character, which has at most four bytes. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    const isContinued = byte >= 0x80 && byte < 0xc0
    if (isContinued) continue
    const length = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes
  }
  return bytes
}
