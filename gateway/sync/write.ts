/**
 * What the graph asks of `sync`: entity writes in unified terms, and native writes in a system's own.
 */

import type { NativeOutcome, NativeWrite, TransactionView, WriteError, WriteOptions } from '../../schema/participant.ts'

/**
 * `input` is the GraphQL input value as coerced: fields by name, references as `{id}` or the target's key fields,
 * decimals as strings. `id` is given for UPDATE and DELETE, `input` for all but DELETE.
 */
export interface EntityWrite {
  readonly entity: string
  readonly operation: 'CREATE' | 'UPDATE' | 'UPSERT' | 'DELETE'
  readonly id: string | null
  readonly input: Readonly<Record<string, unknown>>
  readonly actor: string | null
  readonly options: WriteOptions
}

/** `id` is the entity id where the record exists after the write, or existed before a delete. */
export interface EntityOutcome {
  readonly id: string | null
  readonly transaction: TransactionView | null
  readonly errors: readonly WriteError[]
}

/** The one write path: every mapped record is written through it. */
export interface Sync {
  write(write: EntityWrite): Promise<EntityOutcome>
  writeNative(write: NativeWrite): Promise<NativeOutcome>
}
