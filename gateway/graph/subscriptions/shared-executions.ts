/**
 * Subscribers that ask the same, as the same caller, share one execution of each change. The feed gives the very same
 * message to all who are at the same part of the stream, so its identity tells what has been worked out already.
 *
 * Results are kept for those of the group who are a little behind, and for those who join it soon: many come back one by
 * one after a restart, and go through the same changes. What is kept is bounded in bytes, for all groups together, and
 * the oldest goes first; whoever comes to a message later than that has it worked out anew. Nothing is kept for a member
 * that is alone, nor of what only one subscriber gets (the opening, heartbeats, rows of a snapshot), nor of a group that
 * everyone has left. A result with errors is shared by those alone who ask while it is under way: whoever comes to the
 * message later may find that what went wrong is over.
 */

import type { FeedMessage } from '../../changes/feed/feed.ts'

const MIB = 1_024 * 1_024
export const RESULTS_BYTES_MAX = 8 * MIB

export interface Membership<Result> {
  /** The result for the message: worked out by whoever asks first. */
  readonly take: (message: FeedMessage) => Promise<Result>
  /** May be called again. */
  readonly leave: () => void
}

export interface SharedExecutionsOptions<Result> {
  /** Whether it is as good for whoever asks later. */
  readonly isKept: (result: Result) => boolean
  readonly bytesOf: (result: Result) => number
  /** Of all results that are kept; those that are under way come besides. */
  readonly bytesMax: number
}

interface Group<Result> {
  members: number
  readonly execute: (message: FeedMessage) => Promise<Result>
  /** Under way or kept. */
  readonly results: WeakMap<FeedMessage, Promise<Result>>
  readonly kept: Set<Kept<Result>>
}

interface Kept<Result> {
  readonly group: Group<Result>
  /** Not held: it may be much larger than the result. */
  readonly message: WeakRef<FeedMessage>
  readonly bytes: number
}

export class SharedExecutions<Result> {
  readonly #options: SharedExecutionsOptions<Result>
  readonly #groups = new Map<string, Group<Result>>()
  /** The oldest first. */
  readonly #kept = new Set<Kept<Result>>()
  #bytes = 0

  constructor(options: SharedExecutionsOptions<Result>) {
    this.#options = options
  }

  /** What is held at present: groups that have members, and the results that are kept. */
  get load(): { readonly groups: number; readonly results: number; readonly bytes: number } {
    return { groups: this.#groups.size, results: this.#kept.size, bytes: this.#bytes }
  }

  /** `execute` does the same for all who join under one key. */
  join(key: string, execute: Group<Result>['execute']): Membership<Result> {
    const group = this.#groups.get(key) ?? { members: 0, execute, results: new WeakMap(), kept: new Set() }
    this.#groups.set(key, group)
    group.members += 1
    let isMember = true
    return {
      take: (message) => this.#take(group, message),
      leave: () => {
        if (!isMember) return
        isMember = false
        group.members -= 1
        if (group.members > 0) return
        this.#groups.delete(key)
        for (const kept of group.kept) this.#drop(kept)
      },
    }
  }

  #take(group: Group<Result>, message: FeedMessage): Promise<Result> {
    const isShared = message.message === 'Change' || message.message === 'LeftFilter'
    if (!isShared) return group.execute(message)
    const known = group.results.get(message)
    if (known !== undefined) return known
    const result = group.execute(message)
    group.results.set(message, result)
    result.then(
      (value) => this.#keep(group, message, value),
      () => group.results.delete(message),
    )
    return result
  }

  #keep(group: Group<Result>, message: FeedMessage, result: Result): void {
    const { isKept, bytesOf, bytesMax } = this.#options
    if (group.members < 2 || !isKept(result)) {
      group.results.delete(message)
      return
    }
    const kept = { group, message: new WeakRef(message), bytes: bytesOf(result) }
    group.kept.add(kept)
    this.#kept.add(kept)
    this.#bytes += kept.bytes
    for (const oldest of this.#kept) {
      if (this.#bytes <= bytesMax) return
      this.#drop(oldest)
    }
  }

  #drop(dropped: Kept<Result>): void {
    const { group, message, bytes } = dropped
    this.#kept.delete(dropped)
    this.#bytes -= bytes
    group.kept.delete(dropped)
    const known = message.deref()
    if (known !== undefined) group.results.delete(known)
  }
}
