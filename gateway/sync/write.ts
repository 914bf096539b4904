/**
 * What the graph asks of `sync`: entity writes in unified terms, one or many in one transaction, and native writes in a
 * system's own.
 */

import type { TransactionView, WriteError, WriteOptions } from '../../schema/caller-view.ts'
import type { NativeOutcome, NativeWrite } from '../../schema/native-write.ts'
import type { CallerPath } from '../../schema/participant.ts'

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
  readonly options: WriteOptions
}

/** `id` is the entity id where the record exists after the write, or existed before a delete. */
export interface EntityOutcome {
  readonly id: string | null
  readonly transaction: TransactionView | null
  readonly errors: readonly WriteError[]
}

/** `ids` in the order of the operations. */
export interface TransactOutcome {
  readonly ids: readonly (string | null)[]
  readonly transaction: TransactionView | null
  readonly errors: readonly WriteError[]
}

/** The one write path: every mapped record is written through it. */
export interface Sync {
  write(write: EntityWrite): Promise<EntityOutcome>
  transact(write: TransactWrite): Promise<TransactOutcome>
  writeNative(write: NativeWrite): Promise<NativeOutcome>
}
