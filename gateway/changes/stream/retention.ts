/** Which entries a stream no longer keeps: always the oldest, so that what is kept has no holes. */

import type { Retention } from './stream.ts'

export interface KeptEntry {
  /** By the appender's clock, in milliseconds since the epoch. */
  readonly appendedAt: number
  readonly bytes: number
  /** Bytes of all entries ever appended, up to and including this one. */
  readonly end: number
}

/**
 * How many of the oldest entries are to be dropped; `newestEnd` is the end of the newest one. A clock that is ahead makes
 * entries stay longer, one that is behind makes them go earlier by as much; the limit in bytes holds in any case.
 */
export function droppableAmong(
  oldest: readonly KeptEntry[],
  newestEnd: number,
  { ageMsMax, bytesMax, now }: Retention,
): number {
  const isKept = ({ appendedAt, bytes, end }: KeptEntry) =>
    now - appendedAt <= ageMsMax && newestEnd - (end - bytes) <= bytesMax
  const kept = oldest.findIndex(isKept)
  return kept === -1 ? oldest.length : kept
}
