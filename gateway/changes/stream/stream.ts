/**
 * The change stream port: every committed record write of both systems, in one order that never changes.
 *
 * The commits of each system, in the order of their sequence, are an outbox. One relay reads both and appends what they
 * publish; how far it has come is kept with the entries, so that any other goes on exactly there. Readers go through the
 * stream from any position that is kept. Many processes may have the same stream open. None of them trusts another's
 * clock, and the stream looks at none: a position is a place in the order of appends, and a lease is fenced by its epoch.
 *
 * Every call rejects with StoreFailed where it has no answer (whether it took effect is not known, and it may be
 * repeated), with StoreClosed once the stream is closed, and with a RangeError where a caller got the numbers wrong.
 * The contract that every adapter passes is `stream.contract.ts`.
 */

import type { Origin } from '../../../schema/participant.ts'
import type { Row, System, TransactionId } from '../../../schema/record.ts'

export type ChangeOperation = 'CREATE' | 'UPDATE' | 'DELETE'

/**
 * One committed write of one record, in unified terms. (transactionId, id) tells it from every other. A write of a
 * record that no map holds is no change of any entity and is in no stream.
 */
export interface Change {
  readonly transactionId: TransactionId
  readonly entity: string
  /** The entity id. */
  readonly id: string
  /** Null for an entity that belongs to no company. */
  readonly company: string | null
  readonly operation: ChangeOperation
  readonly origin: Origin
  readonly actor: string | null
  /** The systems in which the record was written. */
  readonly systems: readonly System[]
  /** Of the record after the write. */
  readonly revision: number
  /** Empty where no value changed, as in an order of which a line was changed. */
  readonly changedFields: readonly string[]
  /**
   * Values of the entity's fields by name, as GraphQL shows them, references as ids. Fields that a system holds alone are
   * left out where it has no part in the write, as are references that it alone can tell. Null for a record that did
   * not exist.
   */
  readonly before: Row | null
  /** Likewise; null for a record that is gone. */
  readonly after: Row | null
  /** When the write was committed: milliseconds since the epoch. Never used to order anything. */
  readonly at: number
}

declare const brand: unique symbol
/** A place in one stream. Text without spaces, to be kept and given back as it is; only the stream can compare two. */
export type Position = string & { readonly [brand]: 'Position' }

export interface Entry {
  readonly position: Position
  readonly change: Change
  /** Of the change as JSON in UTF-8: what limits in bytes are measured by. */
  readonly bytes: number
}

/** How far the commits of one system have been dealt with: published, or found to publish nothing. */
export interface Reach {
  /** Every commit up to this sequence has been; 0 before the first. */
  readonly through: number
  /** What has been above it: spans of sequences, ascending and apart. */
  readonly ahead: readonly Span[]
}

export type Span = readonly [first: number, last: number]

export type Progress = Readonly<Record<System, Reach>>

/** How far the systems' commits have been appended, and who appends. */
export interface RelayState {
  readonly progress: Progress
  /** Raised by every append; 0 before the first. */
  readonly version: number
  /** Raised by every grant; 0 before the first. */
  readonly epoch: number
  /** Null while nobody holds the lease. */
  readonly holder: string | null
  /** Raised by every sign of life of the holder: a renewal, an append. */
  readonly beat: number
}

/** The right to append, good until the next grant or its release. */
export type Lease = Pick<RelayState, 'epoch'>

export interface AcquireRequest {
  /** Unique for one relay in one run of one process. */
  readonly holder: string
  /** The state that is to be replaced: of a holder that gave no sign of life for too long. Null asks for a free lease. */
  readonly instead: RelayState | null
}

/**
 * Granted, under a new epoch, where the lease is free, where it is the asker's own already (an answer was lost), or
 * where it is still exactly as in `instead`. Taking over too early wastes work and harms nothing.
 */
export type AcquireAnswer =
  | { readonly acquire: 'GRANTED'; readonly state: RelayState }
  | { readonly acquire: 'HELD'; readonly state: RelayState }

export interface Append {
  readonly lease: Lease
  /** The state that this goes on from: the append takes effect in no other. */
  readonly version: number
  /** What is dealt with afterwards. */
  readonly progress: Progress
  /** In the order of the stream, those of a transaction next to each other. Its caller keeps an append small. */
  readonly changes: readonly Change[]
  /** The caller's clock in milliseconds since the epoch: for retention by age alone. */
  readonly now: number
}

/** `state` is how things stand now. */
export type AppendAnswer =
  | { readonly append: 'APPENDED'; readonly state: RelayState }
  /** The version is another by now, perhaps by this very append, whose answer was lost: nothing was appended. */
  | { readonly append: 'OUTDATED'; readonly state: RelayState }
  /** The lease is another's by now, or nobody's: nothing was appended. */
  | { readonly append: 'FENCED'; readonly state: RelayState }

/** The oldest that is kept, what comes next from now on, or what follows a position; any text is taken for one. */
export type ReadFrom = 'OLDEST' | 'NEWEST' | { readonly after: string }

export interface PageLimits {
  /** At least 1. */
  readonly entriesMax: number
  /** A single entry that is larger is given alone. */
  readonly bytesMax: number
}

export interface ReadRequest extends PageLimits {
  readonly from: ReadFrom
}

export type ReadAnswer =
  | {
      readonly read: 'PAGE'
      /** In stream order; a page may end inside a transaction. */
      readonly entries: readonly Entry[]
      /** Where the page begins: what is read after it begins with the first entry here. */
      readonly start: Position
      /** Where to go on: after the last entry, or where the read began if there is none. */
      readonly next: Position
      /** The end of the stream when the page was read. */
      readonly newest: Position
      /** Whether entries follow `next` already. */
      readonly hasMore: boolean
    }
  /** Entries after the position have been dropped; what is kept begins after `oldest`. */
  | { readonly read: 'EXPIRED'; readonly oldest: Position }
  /** The position was never one of this stream. */
  | { readonly read: 'INVALID' }

/** Entries are dropped from the oldest on, as long as the oldest is too old or all together are too large. */
export interface Retention {
  /** Since they were appended, by the appender's clock against `now`. */
  readonly ageMsMax: number
  readonly bytesMax: number
  /** The caller's clock in milliseconds since the epoch. */
  readonly now: number
}

export interface Dropped {
  readonly entries: number
  /** False where one call was not enough. */
  readonly isDone: boolean
}

export interface ChangeStream {
  relay(): Promise<RelayState>
  acquire(request: AcquireRequest): Promise<AcquireAnswer>
  /** A sign of life; whether the lease is still held. */
  renew(lease: Lease): Promise<boolean>
  /** Frees the lease for the next to ask; does nothing where it is lost already. */
  release(lease: Lease): Promise<void>
  /** Durable when answered. The entries and the progress take effect together or not at all. */
  append(append: Append): Promise<AppendAnswer>
  /** Sees every append that was answered before, by whichever process. */
  read(request: ReadRequest): Promise<ReadAnswer>
  /**
   * Resolves when entries after the position may have come, at once where it is no position to wait at; a read tells.
   * Rejects with the signal's reason when that is aborted. However many wait in one process, they look at the store
   * together.
   */
  waitBeyond(position: Position, signal: AbortSignal): Promise<void>
  /** Drops a bounded number of entries; anyone may call it at any time. */
  drop(retention: Retention): Promise<Dropped>
  /** Waits for what was asked before, then closes; whoever waits for entries is rejected. May be called again. */
  close(): Promise<void>
}
