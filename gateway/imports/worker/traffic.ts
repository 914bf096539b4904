/** Whether people and programs are writing just now, for whom imports make room. */

import type { Clock } from '../../coordinator/environment.ts'
import type { Sync } from '../../sync/write.ts'

export interface Traffic {
  /** Whether a write that is no import's is under way, or was a moment ago. */
  isBusy(): boolean
  /** The same writes, of which no note is taken: for imports. */
  readonly unnoticed: Sync
}

const MOMENT_MS = 1_000

/** `sync` is for all but imports. */
export function watchTraffic(
  unnoticed: Sync,
  clock: Pick<Clock, 'now'>,
): { readonly sync: Sync; readonly traffic: Traffic } {
  let underWay = 0
  let lastAt = Number.NEGATIVE_INFINITY
  const noticed =
    <Asked, A>(write: (asked: Asked) => Promise<A>) =>
    async (asked: Asked): Promise<A> => {
      underWay += 1
      try {
        return await write(asked)
      } finally {
        underWay -= 1
        lastAt = clock.now()
      }
    }
  return {
    sync: {
      write: noticed(unnoticed.write),
      transact: noticed(unnoticed.transact),
      writeNative: noticed(unnoticed.writeNative),
      writeRows: noticed(unnoticed.writeRows),
    },
    traffic: { unnoticed, isBusy: () => underWay > 0 || clock.now() - lastAt < MOMENT_MS },
  }
}
