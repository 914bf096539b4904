/**
 * The course of one subscriber: it is opened; goes through a snapshot, if it asked for one; reads the stream by itself
 * until nothing more is there; arrives at the shared reader and is live. One that falls behind reads by itself again, so
 * that the stream is its buffer.
 */

import { StoreFailed } from '../../../schema/process/store-faults.ts'
import type { Position } from '../stream/stream.ts'
import type { Trouble } from '../trouble.ts'
import type { Audience, ChangeMessage } from './audience.ts'
import { cursorOf, type Place, placeIn, type SnapshotProgress } from './cursor.ts'
import type { FeedRequest } from './feed.ts'
import type { DistinctFilter } from './filter.ts'
import { cursorUnknown, type StreamPage } from './reading.ts'
import type { SharedPages } from './shared-pages.ts'
import type { Member, SharedReader } from './shared-reader.ts'
import { assertProgress, beginningOf, Snapshot, type SnapshotOptions } from './snapshot.ts'
import type { SnapshotSource } from './snapshot-source.ts'
import type { Window } from './window.ts'

export interface CourseOptions extends SnapshotOptions {
  readonly reader: SharedReader
  readonly pages: SharedPages
  /** Of all who read by themselves. */
  readonly trouble: Trouble
}

type Phase =
  | { readonly phase: 'OPENING' }
  | { readonly phase: 'SNAPSHOT'; readonly snapshot: Snapshot }
  /** More is in the stream after the position, or may be. */
  | { readonly phase: 'READING'; readonly position: Position }
  /** The shared reader lets it in at the position, if it has yet to come there; `isAhead` where that is sure. */
  | { readonly phase: 'ARRIVING'; readonly position: Position; readonly isAhead: boolean }
  | { readonly phase: 'LIVE' }
  | { readonly phase: 'OVER' }

export class Course implements Member {
  readonly audience: Audience
  readonly #options: CourseOptions
  readonly #request: FeedRequest
  readonly #window: Window
  readonly #onTold: () => void
  #phase: Phase = { phase: 'OPENING' }
  #waiting: PromiseWithResolvers<void> | null = null

  /** `onTold` is called when the shared reader has put something into the window, or has left it behind. */
  constructor(options: CourseOptions, audience: Audience, request: FeedRequest, window: Window, onTold: () => void) {
    this.audience = audience
    this.#options = options
    this.#request = request
    this.#window = window
    this.#onTold = onTold
  }

  /** Of all that has been looked through, if what is in the window has been taken; null before the feed is open. */
  get cursor(): string | null {
    const place = this.#place()
    return place === null ? null : cursorOf(place)
  }

  /** Whether there is more to take than what is in the window. */
  get isBehind(): boolean {
    return this.#phase.phase === 'SNAPSHOT' || this.#phase.phase === 'READING'
  }

  get isLive(): boolean {
    return this.#phase.phase === 'LIVE'
  }

  /** To be called when the window is empty: resolves when something may be in it, and when it may be called again. */
  more(signal: AbortSignal): Promise<void> {
    const phase = this.#phase
    switch (phase.phase) {
      case 'OPENING':
        return this.#open(phase)
      case 'SNAPSHOT':
        return this.#step(phase.snapshot, signal)
      case 'READING':
        return this.#readOn(phase, signal)
      case 'ARRIVING':
        return phase.isAhead ? this.#woken() : this.#look(phase, signal)
      case 'LIVE':
      case 'OVER':
        return this.#woken()
    }
  }

  /** Nothing more is done for it. */
  leave(): void {
    const { phase, position } = { position: null, ...this.#phase }
    this.#phase = { phase: 'OVER' }
    if (phase === 'LIVE' || phase === 'ARRIVING') this.#options.reader.leave(this, position)
    this.#wake()
  }

  joined(): void {
    this.#phase = { phase: 'LIVE' }
  }

  offer(message: ChangeMessage, bytes: number): boolean {
    if (!this.#window.offer(message, bytes)) return false
    this.#onTold()
    this.#wake()
    return true
  }

  released(position: Position): void {
    this.#phase = { phase: 'READING', position }
    this.#onTold()
    this.#wake()
  }

  failed(error: unknown): void {
    this.#waiting?.reject(error)
    this.#waiting = null
  }

  async #open(opening: Phase): Promise<void> {
    const { pages, source, reader } = this.#options
    const { from, snapshot } = startOf(this.#request, this.audience.distinct, source)
    if (typeof from !== 'string' && snapshot === null && reader.knows(from.after)) {
      this.#begin({ position: from.after, snapshot })
      return this.#arrive(from.after)
    }
    const page = await pages.anew(from)
    if (this.#phase !== opening) return
    this.#begin({ position: page.start, snapshot })
    if (snapshot === null) return this.#give(page)
    const place = { position: page.start, snapshot }
    this.#phase = { phase: 'SNAPSHOT', snapshot: new Snapshot(this.#options, this.audience, this.#window, place) }
  }

  #begin(place: Place): void {
    const { filter } = this.audience.distinct
    this.#window.put({ message: 'StreamOpened', cursor: cursorOf(place), filter }, 0)
  }

  async #step(snapshot: Snapshot, signal: AbortSignal): Promise<void> {
    await snapshot.step(signal)
    const { place } = snapshot
    if (this.#phase.phase === 'SNAPSHOT' && place.snapshot === null) this.#arrive(place.position)
  }

  async #readOn(phase: Extract<Phase, { phase: 'READING' }>, signal: AbortSignal): Promise<void> {
    const page = await this.#answered(this.#options.pages.after(phase.position), signal)
    if (page !== null && this.#phase === phase) this.#give(page)
  }

  /** The shared reader was not beyond the position when this began: nobody else's read, begun before, would do. */
  async #look(phase: Extract<Phase, { phase: 'ARRIVING' }>, signal: AbortSignal): Promise<void> {
    const page = await this.#answered(this.#options.pages.anew({ after: phase.position }), signal)
    if (page === null || this.#phase !== phase) return
    if (page.entries.length === 0) {
      this.#phase = { ...phase, isAhead: true }
      return
    }
    this.#options.reader.leave(this, phase.position)
    this.#give(page)
  }

  /** Null where the stream gave no answer, after a while: it is to be asked again. */
  async #answered(read: Promise<StreamPage>, signal: AbortSignal): Promise<StreamPage | null> {
    const { trouble } = this.#options
    try {
      const page = await read
      trouble.over()
      return page
    } catch (error) {
      if (!(error instanceof StoreFailed)) throw error
      await trouble.met(error, signal)
      return null
    }
  }

  #give({ entries, next, hasMore }: StreamPage): void {
    for (const entry of entries) {
      const message = this.audience.messageOf(entry)
      if (message !== null) this.#window.put(message, entry.bytes)
    }
    if (hasMore) this.#phase = { phase: 'READING', position: next }
    else this.#arrive(next)
  }

  #arrive(position: Position): void {
    this.#phase = { phase: 'ARRIVING', position, isAhead: false }
    this.#options.reader.join(this, position)
  }

  #place(): Place | null {
    const phase = this.#phase
    switch (phase.phase) {
      case 'OPENING':
      case 'OVER':
        return null
      case 'SNAPSHOT':
        return phase.snapshot.place
      case 'READING':
      case 'ARRIVING':
        return { position: phase.position, snapshot: null }
      case 'LIVE': {
        const { position } = this.#options.reader
        return position === null ? null : { position, snapshot: null }
      }
    }
  }

  #woken(): Promise<void> {
    this.#waiting ??= Promise.withResolvers()
    return this.#waiting.promise
  }

  #wake(): void {
    this.#waiting?.resolve()
    this.#waiting = null
  }
}

interface Start {
  readonly from: 'OLDEST' | 'NEWEST' | { readonly after: Position }
  readonly snapshot: SnapshotProgress | null
}

/** Throws FeedRefused for a cursor that is none, or of another snapshot. */
function startOf({ from, snapshot }: FeedRequest, distinct: DistinctFilter, source: SnapshotSource): Start {
  if (typeof from === 'string') return { from, snapshot: snapshot ? beginningOf(source, distinct) : null }
  const place = placeIn(from.after)
  if (place === null) throw cursorUnknown()
  if (place.snapshot !== null) assertProgress(place.snapshot, source, distinct)
  return { from: { after: place.position }, snapshot: place.snapshot }
}
