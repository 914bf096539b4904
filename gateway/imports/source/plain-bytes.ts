/** The bytes of a stored file, unzipped where it is zipped, and how much of it has been read for them. */

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { SourceError, type SourceFormat, type StoredFile } from './source.ts'

export interface PlainChunk {
  readonly bytes: Buffer
  /** Bytes of the stored file that have been read up to the end of this chunk. */
  readonly storedBytes: number
}

/** Whether these, the first bytes of a file, are those of a gzip. */
export function isGzip(beginning: Uint8Array): boolean {
  return beginning[0] === 0x1f && beginning[1] === 0x8b
}

/**
 * From a byte of the unzipped file on. A gzip cannot be entered in the middle: it is unzipped from its beginning, and what
 * comes before is dropped. Throws a SourceError for a gzip that is cut off, damaged, or larger inside than `bytesMax`.
 */
export function plainBytes(
  file: StoredFile,
  compression: SourceFormat['compression'],
  fromByte: number,
  bytesMax: number,
): AsyncGenerator<PlainChunk> {
  return compression === 'GZIP' ? unzipped(file, fromByte, bytesMax) : asStored(file, fromByte)
}

async function* asStored(file: StoredFile, fromByte: number): AsyncGenerator<PlainChunk> {
  let storedBytes = fromByte
  for await (const chunk of file.open(fromByte)) {
    storedBytes += chunk.length
    yield { bytes: bufferOf(chunk), storedBytes }
  }
}

async function* unzipped(file: StoredFile, fromByte: number, bytesMax: number): AsyncGenerator<PlainChunk> {
  const gunzip = createGunzip()
  // What goes wrong arrives through the stream that is read below.
  pipeline(Readable.from(file.open(0), { objectMode: false }), gunzip).catch(() => undefined)
  let seen = 0
  try {
    for await (const chunk of gunzip) {
      const bytes = bufferOf(chunk)
      const dropped = Math.min(bytes.length, Math.max(0, fromByte - seen))
      seen += bytes.length
      if (seen > bytesMax)
        throw new SourceError('EXPANDS_TOO_FAR', `Unzipped, the file is larger than ${bytesMax} bytes.`)
      if (dropped < bytes.length) yield { bytes: bytes.subarray(dropped), storedBytes: gunzip.bytesWritten }
    }
  } catch (error) {
    throw unzipError(error)
  }
}

function unzipError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'Z_BUF_ERROR') {
    return new SourceError('TRUNCATED_GZIP', 'The gzip file ends in the middle: send it again, whole.')
  }
  if (!code.startsWith('Z_')) return error
  return new SourceError('DAMAGED_GZIP', 'The gzip file is damaged, or something follows behind its end.')
}

function bufferOf(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}
