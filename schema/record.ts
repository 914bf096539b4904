/** Records as the two systems and the gateway speak of them: values, keys, versions. */

export type System = 'CRM' | 'ERP'
export const SYSTEMS: readonly System[] = ['CRM', 'ERP']

declare const brand: unique symbol
/** Text that is no other text: ids of different things are never mixed up. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name }

/** Identifies one attempt at a transaction, the same in every participant. */
export type TransactionId = Branded<string, 'TransactionId'>
/** A record's native key values in key order as a JSON array, for example `["usmf","C-000001"]`. */
export type RecordKey = Branded<string, 'RecordKey'>

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
/**
 * A native value: integers are numbers, decimals canonical strings with their column's scale, dates `YYYY-MM-DD`,
 * instants ISO 8601 in UTC with milliseconds. Empty is `null`, never a missing property, in a whole row.
 */
export type Value = Json
export type Row = Readonly<Record<string, Value>>

/** Counts the synchronised writes of a record and names the one that made it. Never written: `{0, null}`. */
export interface Version {
  readonly revision: number
  readonly transaction: TransactionId | null
}
export const NEVER_WRITTEN: Version = { revision: 0, transaction: null }

export interface RecordRef {
  readonly table: string
  readonly key: RecordKey
}

/** A record as it stands committed; `row` is null where it does not exist (`version` then is its tombstone's, if any). */
export interface RecordState {
  readonly version: Version
  readonly row: Row | null
  /** Revision of the columns that this system alone holds; null row: 0. */
  readonly localVersion: number
  readonly updatedAt: number | null
}
