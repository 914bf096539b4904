/** A write as its caller sees it, whatever API it came through: its options, its transaction, and why it was refused. */

import type { Origin, PrepareRequest, ViolationCode, WriteImage } from './participant.ts'
import type { System, TransactionId } from './record.ts'

/** All optional: null stands for "not given". */
export interface WriteOptions {
  readonly idempotencyKey: string | null
  readonly expectedRevision: number | null
  readonly timeoutMs: number | null
  readonly dryRun: boolean
}

/** An error as the caller reads it; `path` leads into the caller's own arguments. Never FENCED. */
export interface WriteError {
  readonly code: Exclude<ViolationCode, 'FENCED'>
  readonly message: string
  readonly path: readonly string[]
  readonly system: System | null
  readonly table: string | null
  readonly column: string | null
  readonly retryable: boolean
}

export type TransactionState = 'COMMITTED' | 'REVERTED' | 'PENDING' | 'PREPARING' | 'COMMITTING' | 'REVERTING'

/** A transaction as the public API shows it, put together from the participants' rows. */
export interface TransactionView {
  readonly id: TransactionId
  readonly state: TransactionState
  readonly origin: Origin
  readonly actor: string | null
  readonly startedAt: number
  readonly decidedAt: number | null
  readonly completedAt: number | null
  readonly subject: PrepareRequest['subject']
  /** Members of a committed batch that are not in it; not there for none. The legs show no writes of theirs. */
  readonly leftOut?: readonly number[]
  readonly legs: readonly LegView[]
}

export interface LegView {
  readonly system: System
  readonly mode: 'SYNC'
  /** UNKNOWN: the system did not answer, or holds nothing yet. */
  readonly state: 'PREPARED' | 'COMMITTED' | 'ABORTED' | 'UNKNOWN'
  readonly attempts: number
  readonly lastError: string | null
  readonly writes: readonly WriteImage[]
}
