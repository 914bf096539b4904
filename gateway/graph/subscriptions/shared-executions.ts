/**
 * Subscribers that ask the same, as the same caller, share one execution of each change. The feed gives the very same
 * message to all who are live, so its identity tells what has been worked out already; a result lives no longer than its
 * message, which whoever is behind still holds.
 */

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
  readonly results: WeakMap<FeedMessage, Promise<Result>>
}

export class SharedExecutions<Result> {
  readonly #groups = new Map<string, Group<Result>>()

  /** Groups that have members at present. */
  get groups(): number {
    return this.#groups.size
  }

  /** `execute` does the same for all who join under one key. */
  join(key: string, execute: Group<Result>['execute']): Membership<Result> {
    const group = this.#groups.get(key) ?? { members: 0, execute, results: new WeakMap() }
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

function takeFrom<Result>({ execute, results }: Group<Result>, message: FeedMessage): Promise<Result> {
  const result = results.get(message) ?? execute(message)
  results.set(message, result)
  return result
}
