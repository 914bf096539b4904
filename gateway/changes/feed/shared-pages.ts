/**
 * Pages for subscribers that read by themselves. Many of them often stand near each other, after a burst or a restart:
 * they share pages, and with the entries the messages and whatever is worked out for each message.
 *
 * The last pages are kept, each at most a window large. Whoever stands within one gets the rest of it. What a page holds
 * never changes; only whether more is behind it may, and whoever comes to its end looks there for itself.
 */

import type { ChangeStream, PageLimits, Position, ReadFrom } from '../stream/stream.ts'
import { readPage, type StreamPage } from './reading.ts'

const PAGES_KEPT = 8

export class SharedPages {
  readonly #stream: Pick<ChangeStream, 'read'>
  readonly #limits: PageLimits
  /** The oldest first; none is empty. */
  readonly #kept: StreamPage[] = []
  readonly #underWay = new Map<Position, Promise<StreamPage>>()

  constructor(stream: Pick<ChangeStream, 'read'>, limits: PageLimits) {
    this.#stream = stream
    this.#limits = limits
  }

  /** What follows the position, or a part of it; `hasMore` may be of an earlier moment. Rejects as `readPage` does. */
  async after(position: Position): Promise<StreamPage> {
    return this.#restAfter(position) ?? this.#underWay.get(position) ?? this.#begin(position)
  }

  /** As the stream answers now, but for entries that are at hand already. Rejects as `readPage` does. */
  async anew(from: ReadFrom): Promise<StreamPage> {
    const page = await readPage(this.#stream, from, this.#limits)
    if (page.entries.length === 0) return page
    const known = this.#restAfter(page.start)
    if (known !== null) return known
    this.#kept.push(page)
    if (this.#kept.length > PAGES_KEPT) this.#kept.shift()
    return page
  }

  #begin(position: Position): Promise<StreamPage> {
    const page = this.anew({ after: position }).finally(() => this.#underWay.delete(position))
    this.#underWay.set(position, page)
    return page
  }

  /** Null where no page that is kept goes on from there. */
  #restAfter(position: Position): StreamPage | null {
    for (const page of this.#kept) {
      if (page.start === position) return page
      const index = page.entries.findLastIndex((entry) => entry.position === position)
      const entries = page.entries.slice(index + 1)
      if (index >= 0 && entries.length > 0) return { ...page, start: position, entries }
    }
    return null
  }
}
