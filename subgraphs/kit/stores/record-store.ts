/**
 * The record store port: one system's records and its side of every transaction, kept durably. An adapter carries the
 * participant protocol out with the pure decisions of `../participant`; the contract that every adapter passes is
 * `record-store.contract.ts`.
 */

import type { Participant } from '../../../schema/participant.ts'
import type { RecordKey, Row, Value, Version } from '../../../schema/record.ts'
import type { Statistics } from '../ledger/calls.ts'

export interface StoredRecord {
  readonly key: RecordKey
  readonly row: Row
  readonly version: Version
  /** Counts the writes to columns of this system alone. */
  readonly localVersion: number
  /** Of the last synchronised write; of the last write for a record that has none. Milliseconds since the epoch. */
  readonly updatedAt: number
}

export type Comparison = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'contains' | 'startsWith'

/**
 * Two-valued logic: a comparison with an empty column is false (`ne` is true), so `not` is always the complement.
 * Text compares by Unicode code point, decimals by value.
 */
export type Condition =
  | { readonly column: string; readonly is: Comparison; readonly value: Value }
  | { readonly column: string; readonly is: 'in'; readonly values: readonly Value[] }
  | { readonly column: string; readonly is: 'null' }
  /** The columns equal the `keys`, column by column, of some record of `refersTo` that meets `where`; false where one is empty. */
  | {
      readonly columns: readonly string[]
      readonly refersTo: string
      readonly keys: readonly string[]
      readonly where: Condition
    }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }

export interface Ordering {
  readonly column: string
  readonly direction: 'ASC' | 'DESC'
}

export interface RecordQuery {
  readonly table: string
  readonly where: Condition | null
  /** The key columns are appended ascending, so every order is total. Empty values sort before all others in ASC. */
  readonly orderBy: readonly Ordering[]
  /** Values of `orderBy` and the appended key columns of the record to continue after. */
  readonly after: readonly Value[] | null
  readonly limit: number
}

/** The same query once for each group of records whose `columns` equal one of the `values`; answers in that order. */
export interface GroupedQuery extends RecordQuery {
  readonly groupBy: { readonly columns: readonly string[]; readonly values: readonly (readonly Value[])[] }
}

export interface RecordStore extends Participant {
  /** Records by key, in the order asked for; null where there is none. Sees every commit that was answered before. */
  get(table: string, keys: readonly RecordKey[]): Promise<readonly (StoredRecord | null)[]>
  query(query: RecordQuery): Promise<readonly StoredRecord[]>
  queryGroups(query: GroupedQuery): Promise<readonly (readonly StoredRecord[])[]>
  count(query: Pick<RecordQuery, 'table' | 'where'>): Promise<number>
  countGroups(query: Pick<GroupedQuery, 'table' | 'where' | 'groupBy'>): Promise<readonly number[]>
  /**
   * From now on the listener hears of commits as soon as a `look` sees them, whoever asked for them here: at least once
   * after the last one.
   */
  onCommit(listener: () => void): void
  /** Waits for what was accepted, then closes. Later calls reject. */
  close(): Promise<void>
  /** Forces and transactions since the start, for the benchmark and the metrics. */
  statistics(): Promise<Statistics>
}
