/**
 * The records that are there, then the changes, without a gap between: chunk by chunk, each between two places of the
 * stream, with all changes up to the second given before the rows. A client that is cut off goes on at the chunk it was
 * in, and no row or change that it got is newer than one that it gets then.
 */

import type { Position } from '../stream/stream.ts'
import { type Audience, messageFor } from './audience.ts'
import { bytesOf, firstSize, nextSize } from './chunk-size.ts'
import { cursorOf, digestOf, type Place, type SnapshotProgress } from './cursor.ts'
import type { SnapshotRow } from './feed.ts'
import type { DistinctFilter } from './filter.ts'
import type { FeedLimits } from './limits.ts'
import type { Published } from './published.ts'
import { cursorInvalid, pageLimits, type ReadableStream, readPage, type StreamPage } from './reading.ts'
import { OpenChunk } from './snapshot-chunk.ts'
import type { ChunkSize, SnapshotSource } from './snapshot-source.ts'
import type { Window } from './window.ts'

export interface SnapshotOptions {
  readonly stream: ReadableStream
  readonly source: SnapshotSource
  readonly published: Published
  readonly limits: FeedLimits
}

/** Null where no records can be read of what the filter asks for. */
export function beginningOf(source: SnapshotSource, distinct: DistinctFilter): SnapshotProgress | null {
  return atEntity(entitiesOf(source, distinct)[0], distinct)
}

/** Throws FeedRefused where the progress is not of this filter, or of an entity that there is no more. */
export function assertProgress(progress: SnapshotProgress, source: SnapshotSource, distinct: DistinctFilter): void {
  if (progress.filter !== digestOf(distinct)) {
    throw cursorInvalid('This cursor is of a snapshot with another filter: send the same filter, or begin anew')
  }
  if (!entitiesOf(source, distinct).includes(progress.entity)) {
    throw cursorInvalid('This cursor is of a snapshot of records that are no longer served: begin anew')
  }
}

/** A chunk that was read, and the second mark: null until the stream has been read after the chunk. */
interface Reading {
  readonly chunk: OpenChunk
  readonly next: string | null
  readonly until: Position | null
}

/** Rows that are given as the window has room for them, and where to go on after the last. */
interface Giving {
  readonly rows: readonly SnapshotRow[]
  readonly rest: Place
}

type Under = Place & { readonly snapshot: SnapshotProgress }

export class Snapshot {
  readonly #options: SnapshotOptions
  readonly #audience: Audience
  readonly #window: Window
  #place: Place
  /** Whether nothing more was in the stream when it was read last: then a chunk may be read. */
  #isAtEnd = false
  #reading: Reading | null = null
  #giving: Giving | null = null
  /** Of the next chunk. */
  #size: ChunkSize

  constructor(options: SnapshotOptions, audience: Audience, window: Window, place: Under) {
    this.#options = options
    this.#audience = audience
    this.#window = window
    this.#place = place
    this.#size = firstSize(options.limits)
  }

  /** Where a client goes on that has got all that was given so far. */
  get place(): Place {
    return this.#place
  }

  /** One bounded step: fills the window with some messages, or none. Not to be called once the snapshot is complete. */
  async step(signal: AbortSignal): Promise<void> {
    const { snapshot, position } = this.#place
    if (snapshot === null) throw new Error('The snapshot is complete')
    if (this.#giving !== null) return this.#giveRows(this.#giving)
    if (this.#isAtEnd && this.#reading === null) this.#reading = await this.#readChunk(snapshot, signal)
    const { stream, limits } = this.#options
    const page = await readPage(stream, { after: position }, pageLimits(limits))
    this.#give(page)
    if (this.#reading !== null) this.#closeChunk(this.#reading, snapshot, page)
    else this.#isAtEnd = !page.hasMore
  }

  /** All that the chunk shows is in the stream by the time that this resolves. */
  async #readChunk({ entity, after }: SnapshotProgress, signal: AbortSignal): Promise<Reading> {
    const { source, published, limits } = this.#options
    const { distinct } = this.#audience
    const chunk = await source.chunk(entity, distinct.filter, after, this.#size)
    this.#size = nextSize(this.#size, chunk.rows, limits)
    await published(signal)
    return { chunk: new OpenChunk(entity, chunk, distinct), next: chunk.next, until: null }
  }

  #give({ entries, next }: StreamPage): void {
    const { snapshot } = this.#place
    for (const entry of entries) {
      const message = messageFor(this.#audience.distinct, entry, (position) => cursorOf({ position, snapshot }))
      if (message !== null) this.#window.put(message, entry.bytes)
      this.#reading?.chunk.pass(entry.change, message !== null)
    }
    this.#place = { position: next, snapshot }
  }

  /** The rows can be given once the stream has been looked through to the second mark. */
  #closeChunk({ chunk, next, until }: Reading, progress: SnapshotProgress, page: StreamPage): void {
    const mark = until ?? page.newest
    if (page.next !== mark && !page.entries.some(({ position }) => position === mark)) {
      this.#reading = { chunk, next, until: mark }
      return
    }
    const { source } = this.#options
    const { distinct } = this.#audience
    const rest = next === null ? followingOf(progress, source, distinct) : { ...progress, after: next }
    this.#reading = null
    this.#isAtEnd = !page.hasMore
    this.#giveRows({ rows: chunk.rows(), rest: { ...this.#place, snapshot: rest } })
  }

  /** What there is no room for waits for the next step, and the stream meanwhile. */
  #giveRows({ rows, rest }: Giving): void {
    const given = rows.findIndex((row, index) => !this.#offer(row, index === rows.length - 1 ? rest : this.#place))
    this.#giving = given === -1 ? null : { rows: rows.slice(given), rest }
    if (this.#giving === null) this.#place = rest
  }

  #offer(row: SnapshotRow, place: Place): boolean {
    return this.#window.offer({ message: 'SnapshotRow', cursor: cursorOf(place), row }, bytesOf(row))
  }
}

function entitiesOf({ entities }: SnapshotSource, { filter }: DistinctFilter): readonly string[] {
  return entities.filter((entity) => filter.entities?.includes(entity) ?? true)
}

function followingOf(
  { entity }: SnapshotProgress,
  source: SnapshotSource,
  distinct: DistinctFilter,
): SnapshotProgress | null {
  const entities = entitiesOf(source, distinct)
  return atEntity(entities[entities.indexOf(entity) + 1], distinct)
}

function atEntity(entity: string | undefined, distinct: DistinctFilter): SnapshotProgress | null {
  return entity === undefined ? null : { filter: digestOf(distinct), entity, after: null }
}
