/** A write through a system's native API to a table that both systems share: how it reaches a gateway, and comes back. */

import type { TransactionView, WriteError, WriteOptions } from './caller-view.ts'
import type { CallerPath } from './participant.ts'
import type { RecordKey, Row, System } from './record.ts'

/** A write made through a system's native API to a mapped table, in that system's own terms. */
export interface NativeWrite {
  readonly system: System
  readonly table: string
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE'
  /** Null for a create, whose key is in `set` or drawn from the map's number sequence. */
  readonly key: RecordKey | null
  readonly set: Row
  /** Records made together with the created one as parts of it, as an order's lines; none for any other operation. */
  readonly parts: readonly NativePart[]
  readonly actor: string | null
  readonly options: WriteOptions
}

/** `at` leads to it in the caller's arguments. The column that names the whole is left out of `set`. */
export interface NativePart {
  readonly table: string
  readonly set: Row
  readonly at: CallerPath
}

export interface NativeOutcome {
  readonly key: RecordKey | null
  readonly transaction: TransactionView | null
  readonly errors: readonly WriteError[]
}

/**
 * How a native write leaves its system. Rejects with nothing written where no gateway takes it; where an answer was lost
 * on the way, the outcome is a TIMEOUT without a transaction: the write may still take effect.
 */
export type Submit = (write: NativeWrite) => Promise<NativeOutcome>
