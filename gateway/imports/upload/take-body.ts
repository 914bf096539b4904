/** Takes the bytes of an upload as they arrive: counted, digested, written, and forced to the disk when they are whole. */

import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { type Answer, refused, type Upload } from './upload.ts'

export interface Taken {
  readonly size: number
  readonly sha256: string
}

export interface Bounds {
  /** By the sender, before the first byte. */
  readonly announced: number | null
  /** When the upload was created. */
  readonly declared: Pick<Upload, 'size' | 'sha256' | 'expiresAt'>
  readonly bytesMax: number
  readonly clock: () => number
}

/** Reads nothing more of a body that is refused, and then returns its iterator. */
export async function takeBody(
  file: Pick<FileHandle, 'writeFile' | 'sync'>,
  body: AsyncIterable<Uint8Array>,
  bounds: Bounds,
): Promise<Answer<Taken>> {
  const { announced, declared } = bounds
  const foreseen = announced === null ? null : sizeFault(bounds, announced, true)
  if (foreseen !== null) return foreseen
  const pieces = body[Symbol.asyncIterator]()
  try {
    const written = await writePieces(file, pieces, bounds)
    if (!written.ok) return written
    const { size, sha256 } = written.value
    const fault = sizeFault(bounds, size, true)
    if (fault !== null) return fault
    if (declared.sha256 !== null && sha256 !== declared.sha256) {
      return refused('DIGEST_DIFFERS', `The upload was created for another file: this one has the SHA-256 ${sha256}.`)
    }
    return (await isWritten(file.sync())) ? written : NO_SPACE
  } finally {
    await pieces.return?.()
  }
}

async function writePieces(
  file: Pick<FileHandle, 'writeFile'>,
  pieces: AsyncIterator<Uint8Array>,
  bounds: Bounds,
): Promise<Answer<Taken>> {
  const digest = createHash('sha256')
  let size = 0
  for (let piece = await nextOf(pieces); piece !== null; piece = await nextOf(pieces)) {
    if (piece === CUT_OFF) return refused('CUT_OFF', 'The file stopped half way. Send it again, from its beginning.')
    size += piece.length
    const fault = sizeFault(bounds, size, false)
    if (fault !== null) return fault
    if (bounds.clock() >= bounds.declared.expiresAt) {
      return refused('EXPIRED', 'The upload has expired while its file was being sent.')
    }
    digest.update(piece)
    if (!(await isWritten(file.writeFile(piece)))) return NO_SPACE
  }
  return { ok: true, value: { size, sha256: digest.digest('hex') } }
}

function sizeFault({ declared, bytesMax }: Bounds, size: number, isWhole: boolean): Answer<never> | null {
  if (size > bytesMax) return refused('TOO_LARGE', `The file has more than ${bytesMax} bytes.`)
  if (declared.size === null || (isWhole ? size === declared.size : size <= declared.size)) return null
  return refused('SIZE_DIFFERS', `The upload was created for ${declared.size} bytes, and the file has another size.`)
}

const CUT_OFF = Symbol('cut off')

/** Null at the end. Whatever goes wrong with a body is the sender's going away. */
async function nextOf(pieces: AsyncIterator<Uint8Array>): Promise<Uint8Array | null | typeof CUT_OFF> {
  try {
    const { done, value } = await pieces.next()
    return done === true ? null : value
  } catch {
    return CUT_OFF
  }
}

const NO_SPACE = refused('NO_SPACE', 'The server has no room for the file.')

async function isWritten(writing: Promise<void>): Promise<boolean> {
  try {
    await writing
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return false
    throw error
  }
}
