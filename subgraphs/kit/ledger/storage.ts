/**
 * What a ledger keeps durably: one system's records, the rows of its transactions and its sequences. Everything happens
 * inside a group, which `force` makes durable as a whole; only the one writer of a system uses it, so nothing waits.
 */

import type { DrawRequest, PlanDigest, TransactionRow, WriteImage } from '../../../schema/participant.ts'
import type { RecordRef, RecordState, TransactionId } from '../../../schema/record.ts'
import type { Answer, Read } from '../participant/gathering.ts'

/** What is held under an id, without its writes. */
export interface Held {
  readonly plan: PlanDigest
  readonly state: TransactionRow['state']
  readonly leftOut?: readonly number[]
}

export interface Applied {
  readonly transaction: TransactionId
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The end of a PREPARED row; `at` in milliseconds since the epoch. */
export interface RowEnd {
  readonly state: 'COMMITTED' | 'ABORTED'
  readonly sequence: number | null
  readonly at: number
  /** The members of a batch that are not in it, for good; empty for none. */
  readonly leftOut: readonly number[]
}

export type StepOutcome<T> = { readonly ok: true; readonly result: T } | { readonly ok: false; readonly cause: string }

export interface LedgerStorage {
  /** Begins a group. What an earlier one left unfinished is undone first. */
  begin(): void
  /** Makes the group durable; whether there was anything to force. Throws where that is not known to have happened. */
  force(): boolean
  /** Undoes what the step did where the step is at fault itself; throws a fault of the storage, which ends the group. */
  step<T>(step: () => T): StepOutcome<T>

  held(id: TransactionId): Held | undefined
  find(id: TransactionId): TransactionRow | undefined
  prepared(): readonly TransactionRow[]
  /** The newest commit's position; 0 where there is none. */
  lastSequence(): number
  /** Throws where the id is held already. */
  insert(row: TransactionRow): void
  /** PREPARED → COMMITTED or ABORTED; throws for any other row. */
  end(id: TransactionId, end: RowEnd): void

  /** As the group has it by now, absent and deleted records and unknown tables included. */
  state(ref: RecordRef): RecordState
  answer(read: Read): Answer
  /** Throws where a record is not as its image says, which the locks rule out. */
  apply(images: readonly WriteImage[], applied: Applied): void
  /** The last of `count` numbers drawn. */
  draw(request: DrawRequest): number
}
