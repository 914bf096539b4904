/**
 * Subscribers that ask the same, as the same caller, share one execution of each change. The feed gives the very same
 * message to all who are live, so its identity tells what has been worked out already. Every other message is one
 * subscriber's own, and nothing of it is kept.
 */

import { RecentlyUsed } from '../../../schema/recently-used.ts'
import type { FeedMessage } from '../../changes/feed/feed.ts'

export interface Membership<Result> {
  /** The result for the message: worked out by whoever asks first. */
  readonly take: (message: FeedMessage) => Promise<Result>
  /** May be called again. */
  readonly leave: () => void
}

interface Group<Result> {
  members: number
  readonly execute: (message: FeedMessage) => Promise<Result>
  readonly results: RecentlyUsed<FeedMessage, { readonly result: Promise<Result>; taken: number }>
}

/** Results that a group keeps for members that are behind; one further back is worked out once more. */
const RESULTS_MAX = 64

export class SharedExecutions<Result> {
  readonly #groups = new Map<string, Group<Result>>()

  /** Results that are kept at present. */
  get kept(): number {
    return this.#groups.values().reduce((count, { results }) => count + results.size, 0)
  }

  /** Groups that have members at present. */
  get groups(): number {
    return this.#groups.size
  }

  /** `execute` does the same for all who join under one key. */
  join(key: string, execute: Group<Result>['execute']): Membership<Result> {
    const group = this.#groups.get(key) ?? { members: 0, execute, results: new RecentlyUsed(RESULTS_MAX) }
    this.#groups.set(key, group)
    group.members += 1
    let isMember = true
    return {
      take: (message) => takeFrom(group, message),
      leave: () => {
        if (!isMember) return
        isMember = false
        group.members -= 1
        if (group.members === 0) this.#groups.delete(key)
      },
    }
  }
}

/** Of a committed write, which all who are live are told of. */
function isShared({ message }: FeedMessage): boolean {
  return message === 'Change' || message === 'LeftFilter'
}

/** A result goes when every member has taken it, or when there are too many. */
function takeFrom<Result>({ members, execute, results }: Group<Result>, message: FeedMessage): Promise<Result> {
  if (!isShared(message)) return execute(message)
  const entry = results.get(message) ?? { result: execute(message), taken: 0 }
  entry.taken += 1
  if (entry.taken >= members) results.delete(message)
  else results.set(message, entry)
  return entry.result
}
