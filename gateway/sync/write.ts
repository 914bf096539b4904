/**
 * What the graph asks of `sync`: entity writes in unified terms, one or many in one transaction, and native writes in a
 * system's own.
 */

import type { TransactionView, WriteError, WriteOptions } from '../../schema/caller-view.ts'
import type { NativeOutcome, NativeWrite } from '../../schema/native-write.ts'
import type { CallerPath, Origin, WriteImage } from '../../schema/participant.ts'
import type { System, TransactionId } from '../../schema/record.ts'

/**
 * What is to become of one entity record. `input` is the GraphQL input value as coerced: fields by name, decimals as
 * strings; a reference as `{id}`, `{as}` or the target's key fields (a polymorphic one with the entity's name in constant
 * case as `type`); parts under the list's name, as a list of inputs for CREATE and UPSERT, and for UPDATE as
 * `{create, update, delete, replace}`. `id` is given for UPDATE and DELETE, `input` for all but DELETE.
 */
export interface EntityOperation {
  readonly entity: string
  readonly operation: 'CREATE' | 'UPDATE' | 'UPSERT' | 'DELETE'
  readonly id: string | null
  readonly input: Readonly<Record<string, unknown>>
  /**
   * The fields of a unique key by which the record is found instead of by its own, the company among them; of its own key
   * what is given must be what is found. For all but CREATE, and left out where the record is named by its key.
   */
  readonly matchBy?: readonly string[]
}

export interface EntityWrite extends EntityOperation {
  readonly actor: string | null
  readonly options: WriteOptions
}

/** One of many: `at` leads to its `id` and `input` in the caller's arguments, as `["operations", "3", "updateCustomer"]`. */
export interface TransactOperation extends EntityOperation {
  /** The name that later operations refer to its record by. */
  readonly as: string | null
  readonly expectedRevision: number | null
  readonly at: CallerPath
}

/** All of the operations in one transaction. The options' `expectedRevision` is not looked at. */
export interface TransactWrite {
  readonly operations: readonly TransactOperation[]
  readonly actor: string | null
  /** Left out: GRAPH. */
  readonly origin?: Origin
  readonly options: WriteOptions
}

/**
 * `id` is the entity id where the record exists after the write, or existed before a delete. Without a `transaction` this
 * call has begun none; under its idempotency key an earlier call may have.
 */
export interface EntityOutcome {
  readonly id: string | null
  readonly transaction: TransactionView | null
  readonly errors: readonly WriteError[]
}

/** `ids` in the order of the operations; `transaction` as of a single write. */
export interface TransactOutcome {
  readonly ids: readonly (string | null)[]
  readonly transaction: TransactionView | null
  readonly errors: readonly WriteError[]
}

/**
 * One of many rows, each of which is written or refused by itself. Without an `id` an UPDATE or DELETE goes by the key
 * fields of its `input`, in which they then are allowed.
 */
export interface RowWrite extends EntityOperation {
  readonly expectedRevision: number | null
}

export interface RowsWrite {
  readonly rows: readonly RowWrite[]
  readonly actor: string | null
  readonly origin: Origin
  /** The same rows under the same key have the same outcomes, provided that anything was written or refused by a system. */
  readonly idempotencyKey: string | null
  /** For each batch that the rows take: one, unless rows touch the same records. Null for the default. */
  readonly timeoutMs: number | null
  /** Says what would become of each row, judged by itself against what is committed, and writes nothing. */
  readonly dryRun: boolean
}

/** What a dry run says besides: what each system would do, and to what. */
export interface JudgedRow {
  /** At which the record was judged, 0 for none; null where that is not asked for. */
  readonly revision: number | null
  /** A system that is left out would do nothing. */
  readonly systems: Partial<Readonly<Record<System, WriteImage['operation']>>>
}

/**
 * `id` is the record's entity id; `transaction` the one that wrote it, null in a dry run. The errors' paths lead into the
 * row, as `["input", "name"]`.
 */
export type RowOutcome =
  | {
      readonly outcome: 'CREATED' | 'DELETED'
      readonly id: string
      readonly transaction: TransactionId | null
      readonly judged?: JudgedRow
    }
  | {
      readonly outcome: 'UPDATED'
      readonly id: string
      readonly transaction: TransactionId | null
      /** In the order of the entity's fields, then the lists of parts; empty where the systems were only brought in step. */
      readonly fields: readonly string[]
      readonly judged?: JudgedRow
    }
  | { readonly outcome: 'UNCHANGED'; readonly id: string | null; readonly judged?: JudgedRow }
  /** Nothing of the row was written; it may come again where every error is retryable. */
  | { readonly outcome: 'FAILED'; readonly errors: readonly WriteError[] }
  /**
   * Nothing of the row was begun by this call, because a system could not be asked or there was no time; under its
   * idempotency key an earlier call may have written it. Whoever knows that there was none may take it as FAILED.
   */
  | { readonly outcome: 'NOT_STARTED'; readonly errors: readonly WriteError[] }
  /** Not known in time: only under an idempotency key is it safe to send the rows again, which then tells. */
  | { readonly outcome: 'UNDECIDED'; readonly errors: readonly WriteError[] }

/** The one write path: every mapped record is written through it. */
export interface Sync {
  write(write: EntityWrite): Promise<EntityOutcome>
  transact(write: TransactWrite): Promise<TransactOutcome>
  writeNative(write: NativeWrite): Promise<NativeOutcome>
  /** The outcome of each row, in their order. Rows are tried once: whoever made them decides which come again. */
  writeRows(write: RowsWrite): Promise<readonly RowOutcome[]>
}
