/**
 * Pages for subscribers that read by themselves. Many of them often stand near each other, after a burst or a restart:
 * they share pages, and with the entries the messages and whatever is worked out for each message. Who has to know what the
 * stream answers now shares the next read that begins, with all who came while the one before it was under way.
 *
 * The last pages are kept, each at most a window large. Whoever stands within one gets the rest of it. What a page holds
 * never changes; only whether more is behind it may, and whoever comes to its end looks there for itself.
 */

import type { ChangeStream, PageLimits, Position, ReadFrom } from '../stream/stream.ts'
import { readPage, type StreamPage } from './reading.ts'

const PAGES_KEPT = 8

interface Read {
  readonly page: Promise<StreamPage>
  /** Begins when this one is over, for whoever came meanwhile. */
  following: Promise<StreamPage> | null
}

export class SharedPages {
  readonly #stream: Pick<ChangeStream, 'read'>
  readonly #limits: PageLimits
  /** The oldest first; none is empty. */
  readonly #kept: StreamPage[] = []
  /** The last read that began at a place, for as long as it is under way or another follows it. */
  readonly #underWay = new Map<string, Read>()

  constructor(stream: Pick<ChangeStream, 'read'>, limits: PageLimits) {
    this.#stream = stream
    this.#limits = limits
  }

  /** What follows the position, or a part of it; `hasMore` may be of an earlier moment. Rejects as `readPage` does. */
  async after(position: Position): Promise<StreamPage> {
    const from = { after: position }
    return this.#restAfter(position) ?? this.#underWay.get(nameOf(from))?.page ?? this.#begin(from)
  }

  /**
   * As the stream answers to a read that begins after the call, but for entries that are at hand already. Rejects as
   * `readPage` does.
   */
  anew(from: ReadFrom): Promise<StreamPage> {
    const before = this.#underWay.get(nameOf(from))
    if (before === undefined) return this.#begin(from)
    const begin = () => this.#begin(from)
    before.following ??= before.page.then(begin, begin)
    return before.following
  }

  #begin(from: ReadFrom): Promise<StreamPage> {
    const name = nameOf(from)
    const page = this.#read(from).finally(() => {
      if (read.following === null) this.#underWay.delete(name)
    })
    const read: Read = { page, following: null }
    this.#underWay.set(name, read)
    return page
  }

  async #read(from: ReadFrom): Promise<StreamPage> {
    const page = await readPage(this.#stream, from, this.#limits)
    if (page.entries.length === 0) return page
    const known = this.#restAfter(page.start)
    if (known !== null) return known
    this.#kept.push(page)
    if (this.#kept.length > PAGES_KEPT) this.#kept.shift()
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

/** Not the same for any two places, whatever a client may send as a position. */
function nameOf(from: ReadFrom): string {
  return typeof from === 'string' ? from : `after ${from.after}`
}
