/**
 * Cursors: where a feed goes on, as text that can be kept for years and given to any process. Each holds a sum of
 * itself, so that one that was cut or changed is told from one that is only too old.
 */

import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Position } from '../stream/stream.ts'
import type { DistinctFilter } from './filter.ts'

/** How far a snapshot has come; `filter` is the digest of the filter that it is of. */
export interface SnapshotProgress {
  readonly filter: string
  readonly entity: string
  /** Of the entity's next chunk; null for the first. */
  readonly after: string | null
}

export interface Place {
  /** Everything up to it has been looked through. */
  readonly position: Position
  /** What is still to be read of a snapshot, if anything. */
  readonly snapshot: SnapshotProgress | null
}

export function cursorOf({ position, snapshot }: Place): string {
  const content = snapshot === null ? [position] : [position, snapshot.filter, snapshot.entity, snapshot.after]
  const text = JSON.stringify(content)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(text))
  return Buffer.concat([sum, Buffer.from(text)]).toString('base64url')
}

export function cursorAt(position: Position): string {
  return cursorOf({ position, snapshot: null })
}

/** Null for everything that is not exactly what `cursorOf` gives. */
export function placeIn(cursor: string): Place | null {
  const place = parsed(Buffer.from(cursor, 'base64url').subarray(4).toString())
  return place !== null && cursorOf(place) === cursor ? place : null
}

export function digestOf({ key }: Pick<DistinctFilter, 'key'>): string {
  return hash('sha256', key, 'base64url').slice(0, 16)
}

function parsed(text: string): Place | null {
  try {
    const content: unknown = JSON.parse(text)
    if (!Array.isArray(content)) return null
    const [position, filter, entity, after]: readonly unknown[] = content
    if (typeof position !== 'string') return null
    const place = { position: position as Position, snapshot: null }
    if (content.length === 1) return place
    if (typeof filter !== 'string' || typeof entity !== 'string') return null
    if (typeof after !== 'string' && after !== null) return null
    return { ...place, snapshot: { filter, entity, after } }
  } catch {
    return null
  }
}
