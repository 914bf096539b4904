/** The bounds of a feed, and their defaults. */

const SECOND = 1_000
const MIB = 1_024 * 1_024

export interface FeedLimits {
  /** Messages that wait for one subscriber at most. */
  readonly windowMessagesMax: number
  /** Bytes of the changes that wait for one subscriber at most; a larger one waits alone. */
  readonly windowBytesMax: number
  /**
   * A subscriber for whom something waits and who has not pulled for so long is ended; and so is one who is behind, with
   * more to come than its window holds, and has left it waiting for so long in all, before it got through that window.
   * The time in which a pull is answered counts for neither.
   */
  readonly slowAfterMs: number
  /** A subscriber who waits and gets nothing else for so long gets a heartbeat. */
  readonly heartbeatEveryMs: number
  /** Rows in one chunk of a snapshot, which is about as many bytes as the window has at most. */
  readonly snapshotRowsMax: number
  /** How long a snapshot waits for what was committed to reach the stream, each time, before it ends. */
  readonly publishedWithinMs: number
  /** Entries that one pull of a page looks through at most, and their bytes. */
  readonly lookEntriesMax: number
  readonly lookBytesMax: number
}

export const FEED_LIMITS: FeedLimits = {
  windowMessagesMax: 256,
  windowBytesMax: MIB,
  slowAfterMs: 30 * SECOND,
  heartbeatEveryMs: 15 * SECOND,
  snapshotRowsMax: 200,
  publishedWithinMs: 30 * SECOND,
  lookEntriesMax: 10_000,
  lookBytesMax: 8 * MIB,
}
