/**
 * Business rules: small pure functions named in a table definition. A rule declares what it reads before it reads it,
 * each read with the lock that keeps it true until the transaction ends; it never sees anything else.
 */

import type { RecordKey, Row, Value } from '../../../schema/record.ts'

/**
 * A record as the transaction would leave it. `before` is null for a create, `after` for a delete. So that one answer
 * names every fault, a rule is asked even where columns were refused: `after` is null, or unchanged, in those, and a
 * rule has nothing to say of what is missing.
 */
export interface Change {
  readonly table: string
  readonly key: RecordKey
  readonly before: Row | null
  readonly after: Row | null
}

export type RuleRead =
  /** One record, locked shared. `image: 'BEFORE'` asks for it as committed, where the transaction writes it as well. */
  | { readonly read: 'RECORD'; readonly table: string; readonly key: RecordKey; readonly image?: 'BEFORE' }
  /**
   * Every record of a table whose columns have these values (at most `limit`, in key order). `guard` names the record
   * whose lock, taken by every write that could change the answer, covers the read: shared here unless the change
   * itself writes that record. `columns` are those of the rows that the rule looks at, besides the key and `where`: all
   * if left out. What the transaction itself writes shows whole.
   */
  | {
      readonly read: 'ROWS'
      readonly table: string
      readonly where: Readonly<Record<string, Value>>
      readonly limit: number
      readonly columns?: readonly string[]
      readonly guard: { readonly table: string; readonly key: RecordKey }
    }

export interface RuleViolation {
  readonly message: string
  /** The column at fault; null for the record as a whole. */
  readonly column: string | null
}

/**
 * `exclusive` names records that a change must hold exclusively though it does not write them: what other rules guard
 * their `ROWS` reads with.
 */
export interface Rule {
  readonly name: string
  /** What it protects, in a sentence for the reader of the documentation. */
  readonly description: string
  readonly exclusive?: (change: Change) => readonly { readonly table: string; readonly key: RecordKey }[]
  readonly reads: (change: Change) => readonly RuleRead[]
  /** `answers` in the order of `reads`: RECORD gives one row or none, ROWS all that were found. The transaction's own writes show. */
  readonly check: (change: Change, answers: readonly (readonly Row[])[]) => readonly RuleViolation[]
}
