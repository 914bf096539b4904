/** The reading side of a change stream, kept in memory, which a test fills, drops and breaks as it likes. */

import { StoreClosed } from '../../../schema/process/store-faults.ts'
import { numberIn, positionOf, startOf } from '../stream/position.ts'
import type { Change, Entry, Position, ReadAnswer, ReadRequest } from '../stream/stream.ts'
import type { ReadableStream } from './reading.ts'

const NAME = 'remembered'

export class RememberedStream implements ReadableStream {
  /** Calls so far. */
  reads = 0
  waits = 0
  /** Waits that are under way. */
  waiting = 0
  /** Each call is rejected with it, if there is one. */
  failure: Error | null = null
  readonly #entries: Entry[] = []
  readonly #pause: () => Promise<void>
  #dropped = 0
  #woken = Promise.withResolvers<void>()

  /** `pause` is waited for before and after each read. */
  constructor(pause: () => Promise<void> = () => Promise.resolve()) {
    this.#pause = pause
  }

  get entries(): readonly Entry[] {
    return this.#entries
  }

  get newest(): Position {
    return positionOf(NAME, this.#entries.length)
  }

  append(...changes: readonly Change[]): void {
    for (const change of changes) {
      const bytes = JSON.stringify(change).length
      this.#entries.push({ position: positionOf(NAME, this.#entries.length + 1), change, bytes })
    }
    this.wake()
  }

  /** Forgets all but the newest `kept` entries. */
  drop(kept: number): void {
    this.#dropped = this.#entries.length - kept
  }

  /** Those who wait look again, and learn of a failure if there is one. */
  wake(): void {
    this.#woken.resolve()
    this.#woken = Promise.withResolvers()
  }

  close(): void {
    this.failure = new StoreClosed('The change stream is closed')
    this.wake()
  }

  async read({ from, entriesMax, bytesMax }: ReadRequest): Promise<ReadAnswer> {
    this.reads += 1
    await this.#pause()
    if (this.failure !== null) throw this.failure
    const answer = this.#answer(from, entriesMax, bytesMax)
    await this.#pause()
    return answer
  }

  async waitBeyond(position: Position, signal: AbortSignal): Promise<void> {
    this.waits += 1
    this.waiting += 1
    const aborted = Promise.withResolvers<void>()
    const abort = () => aborted.resolve()
    signal.addEventListener('abort', abort)
    try {
      while ((numberIn(NAME, position) ?? -1) >= this.#entries.length) {
        signal.throwIfAborted()
        if (this.failure !== null) throw this.failure
        await Promise.race([this.#woken.promise, aborted.promise])
      }
      signal.throwIfAborted()
      if (this.failure !== null) throw this.failure
    } finally {
      this.waiting -= 1
      signal.removeEventListener('abort', abort)
    }
  }

  #answer(from: ReadRequest['from'], entriesMax: number, bytesMax: number): ReadAnswer {
    const edges = { dropped: this.#dropped, newest: this.#entries.length }
    const asked = typeof from === 'string' ? from : numberIn(NAME, from.after)
    const start = asked === null ? ({ start: 'INVALID' } as const) : startOf(asked, edges)
    if (start.start !== 'AT') {
      return start.start === 'EXPIRED'
        ? { read: 'EXPIRED', oldest: positionOf(NAME, this.#dropped) }
        : { read: 'INVALID' }
    }
    const following = this.#entries.slice(start.number, start.number + entriesMax)
    const ends = following.map((_, index) => following.slice(0, index + 1).reduce((sum, { bytes }) => sum + bytes, 0))
    const entries = following.filter((_, index) => index === 0 || (ends[index] ?? 0) <= bytesMax)
    const next = start.number + entries.length
    return {
      read: 'PAGE',
      entries,
      start: positionOf(NAME, start.number),
      next: positionOf(NAME, next),
      newest: this.newest,
      hasMore: next < this.#entries.length,
    }
  }
}
