/**
 * The feed port: the change stream as one subscriber sees it. Messages carry a cursor each, and whoever comes back with
 * the last one it has got goes on there: nothing is missing, and what comes twice is told by (transactionId, id).
 */

import type { Origin } from '../../../schema/participant.ts'
import type { Json } from '../../../schema/record.ts'
import type { Change, ChangeOperation } from '../stream/stream.ts'

/**
 * Null: any. What is given must all hold, of messages about records that enter or leave as of all others. Operations,
 * origins and changed fields are of changes alone: the rows of a snapshot are chosen by the rest.
 */
export interface ChangeFilter {
  readonly entities: readonly string[] | null
  readonly companies: readonly string[] | null
  /** Entity ids. */
  readonly ids: readonly string[] | null
  readonly operations: readonly ChangeOperation[] | null
  readonly origins: readonly Origin[] | null
  /** At least one of them changed. A create changes every field that it fills, a delete every field that was filled. */
  readonly changedFields: readonly string[] | null
  /**
   * Of the record itself, as the entity shows it: it enters when it comes to hold them all, and leaves when it ceases to.
   * A change of one system does not tell of fields that the other alone holds: these are taken to hold.
   */
  readonly values: readonly FieldValues[] | null
}

export interface FieldValues {
  readonly field: string
  readonly in: readonly Json[]
}

export interface FeedRequest {
  readonly filter: ChangeFilter
  /** A cursor of an earlier message, the oldest change that is kept, or what comes from now on. */
  readonly from: 'OLDEST' | 'NEWEST' | { readonly after: string }
  /** Whether the records that are there come before the changes. Passed over where `from` is a cursor: it knows. */
  readonly snapshot: boolean
}

export type FeedMessage =
  /** The first of every feed. */
  | { readonly message: 'StreamOpened'; readonly cursor: string; readonly filter: ChangeFilter }
  /** `entered`: the record came to match the filter with this change. */
  | { readonly message: 'Change'; readonly cursor: string; readonly change: Change; readonly entered: boolean }
  /** The record matched until this change, and does not any more; a delete of a record that matched is a `Change`. */
  | { readonly message: 'LeftFilter'; readonly cursor: string; readonly change: Change }
  | { readonly message: 'SnapshotRow'; readonly cursor: string; readonly row: SnapshotRow }
  /** Comes where nothing else did for a while; the cursor is the end of what the feed has looked through. */
  | { readonly message: 'Heartbeat'; readonly cursor: string }

export interface SnapshotRow {
  readonly entity: string
  /** The entity id. */
  readonly id: string
  readonly company: string | null
  readonly revision: number
  /** The record's fields by name, as `Change.after` has them. */
  readonly record: Readonly<Record<string, Json>>
}

/** Why a feed cannot begin, or ends by itself. */
export type FeedRefusal =
  /** Changes after the cursor are no longer kept; `cursor` is the oldest from which one can go on. */
  | { readonly code: 'CURSOR_EXPIRED'; readonly message: string; readonly cursor: string }
  | { readonly code: 'CURSOR_INVALID'; readonly message: string }
  /** The subscriber did not take its messages in time; `cursor` is the last that it took. */
  | { readonly code: 'SLOW_CONSUMER'; readonly message: string; readonly cursor: string }

export class FeedRefused extends Error {
  readonly refusal: FeedRefusal

  constructor(refusal: FeedRefusal) {
    super(refusal.message)
    this.name = 'FeedRefused'
    this.refusal = refusal
  }
}

export interface FeedPage {
  readonly messages: readonly Extract<FeedMessage, { message: 'Change' | 'LeftFilter' }>[]
  /** Where to go on, whether or not anything matched. */
  readonly cursor: string
  readonly hasMore: boolean
}

/** Makes of a message what its subscriber gets. */
export type Work<Made> = (message: FeedMessage) => Promise<Made>

export interface Feed {
  /**
   * A change is the same message object for all who asked with an equal filter and are live, or go through the same part
   * of the stream by themselves, so that whoever works on one may share the result; StreamOpened, Heartbeat and whatever
   * a snapshot gives are each subscriber's own. The reader pulls: nothing is taken from the stream for a subscriber that
   * does not. Its bounded window is filled meanwhile; who stays behind for too long gets FeedRefused. The work on a
   * message is a part of the pull, and nobody is late by it. Rejects with FeedRefused, on open or from `next`, and with
   * what the work rejects with; ends when the signal is aborted.
   */
  open<Made>(request: FeedRequest, signal: AbortSignal, work: Work<Made>): AsyncIterableIterator<Made>
  /** One page of changes that match, looking through a bounded part of the stream. Rejects with FeedRefused. */
  page(request: Omit<FeedRequest, 'snapshot'>, first: number): Promise<FeedPage>
}
