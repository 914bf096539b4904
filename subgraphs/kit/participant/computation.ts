/**
 * Computations: small pure functions, named in a table definition, that fill a record's computed columns and those of its
 * parts, as an order's totals and its lines' amounts. What they read is locked until the transaction ends, so that
 * the values hold.
 */

import type { RecordKey, RecordRef, Row } from '../../../schema/record.ts'

export interface ComputedRecord {
  readonly table: string
  readonly key: RecordKey
  /**
   * As the transaction would leave it; columns that were refused are empty or unchanged. Computed columns are empty but
   * for what the computations before this one in the table's list have worked out.
   */
  readonly row: Row
}

/** A record and its parts, as the transaction would leave them; the parts in key order, none for a record without any. */
export interface Aggregate extends ComputedRecord {
  readonly parts: readonly ComputedRecord[]
}

/** The values of computed columns: of the record itself, and of its parts in their order. */
export interface ComputedValues {
  readonly row: Row
  readonly parts: readonly Row[]
}

/**
 * Yields the records it wants to see, is sent each as the transaction would leave it (null: none), with its computed
 * columns empty, and returns the values. A computed column that is left out stays as it is.
 */
export type Compute = Generator<readonly RecordRef[], ComputedValues, readonly (Row | null)[]>

export interface Computation {
  readonly name: string
  /** What it works out, in a sentence for the reader of the documentation. */
  readonly description: string
  /** Total: an empty or refused input gives some value, never an exception. */
  readonly compute: (aggregate: Aggregate) => Compute
}
