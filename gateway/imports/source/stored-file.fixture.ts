/** Files that lie in memory, in pieces as small as a test wants them. */

import { setImmediate } from 'node:timers/promises'
import type { SourceRow, StoredFile } from './source.ts'

export interface MemoryFile extends StoredFile {
  /** The bytes that have been given out, of all openings together. */
  readonly bytesRead: () => number
}

export function memoryFile(content: string | Uint8Array, pieceBytes = 64 * 1024): MemoryFile {
  const bytes = Buffer.from(content)
  let bytesRead = 0
  return {
    size: bytes.length,
    bytesRead: () => bytesRead,
    open: async function* (fromByte) {
      for (let at = fromByte; at < bytes.length; at += pieceBytes) {
        await setImmediate()
        const piece = bytes.subarray(at, at + pieceBytes)
        bytesRead += piece.length
        yield piece
      }
    },
  }
}

/** A row in short: its number, its line, and its cells, its record, or the code of its fault. */
export function inShort(row: SourceRow): readonly unknown[] {
  const content = row.kind === 'CELLS' ? row.cells : row.kind === 'RECORD' ? row.record : row.fault.code
  return [row.row, row.line, content]
}

export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
