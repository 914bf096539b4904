/** All who asked with equal filters: an entry is judged once for them, and the message is one object for all. */

import type { Entry } from '../stream/stream.ts'
import { cursorAt } from './cursor.ts'
import type { ChangeFilter, FeedMessage } from './feed.ts'
import { type DistinctFilter, distinctFilter } from './filter.ts'

export type ChangeMessage = Extract<FeedMessage, { message: 'Change' | 'LeftFilter' }>

export class Audience {
  readonly distinct: DistinctFilter
  readonly #messages = new WeakMap<Entry, ChangeMessage | null>()

  constructor(distinct: DistinctFilter) {
    this.distinct = distinct
  }

  /** The same object whenever the same entry is given; null where the entry is nothing to them. */
  messageOf(entry: Entry): ChangeMessage | null {
    const known = this.#messages.get(entry)
    if (known !== undefined) return known
    const message = messageFor(this.distinct, entry, cursorAt)
    this.#messages.set(entry, message)
    return message
  }
}

/** Null where the entry is nothing to the filter. */
export function messageFor(
  distinct: DistinctFilter,
  { change, position }: Entry,
  cursorFor: (position: Entry['position']) => string,
): ChangeMessage | null {
  const meaning = distinct.meaningOf(change)
  switch (meaning) {
    case 'NOTHING':
      return null
    case 'LEAVES':
      return { message: 'LeftFilter', cursor: cursorFor(position), change }
    case 'ENTERS':
    case 'STAYS':
      return { message: 'Change', cursor: cursorFor(position), change, entered: meaning === 'ENTERS' }
  }
}

/** The audiences of one process, each there as long as somebody belongs to it. */
export class Audiences {
  readonly #present = new Map<string, { readonly audience: Audience; members: number }>()

  get size(): number {
    return this.#present.size
  }

  /** Each call is matched by one of `leave`. */
  enter(filter: ChangeFilter): Audience {
    const distinct = distinctFilter(filter)
    const present = this.#present.get(distinct.key) ?? { audience: new Audience(distinct), members: 0 }
    present.members += 1
    this.#present.set(distinct.key, present)
    return present.audience
  }

  leave({ distinct: { key } }: Audience): void {
    const present = this.#present.get(key)
    if (present === undefined) return
    present.members -= 1
    if (present.members === 0) this.#present.delete(key)
  }
}
