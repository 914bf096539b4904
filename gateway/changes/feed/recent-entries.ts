/** The last entries that were read, bounded, so that whoever comes a little late needs no read of its own. */

import type { Entry, PageLimits, Position } from '../stream/stream.ts'

export class RecentEntries {
  readonly #limits: PageLimits
  #entries: Entry[] = []
  #bytes = 0
  /** What the first entry follows. */
  #start: Position

  constructor(limits: PageLimits, start: Position) {
    this.#limits = limits
    this.#start = start
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    this.#bytes += entry.bytes
    while (this.#entries.length > this.#limits.entriesMax || this.#bytes > this.#limits.bytesMax) this.#forget()
  }

  /** Everything after the position; null where that is not known. */
  after(position: Position): readonly Entry[] | null {
    if (position === this.#start) return [...this.#entries]
    const index = this.#entries.findLastIndex((entry) => entry.position === position)
    return index < 0 ? null : this.#entries.slice(index + 1)
  }

  #forget(): void {
    const oldest = this.#entries.shift()
    if (oldest === undefined) return
    this.#bytes -= oldest.bytes
    this.#start = oldest.position
  }
}
