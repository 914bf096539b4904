/**
 * A table definition: what a native table of one system holds. Systems publish theirs; maps are checked against them.
 */

import type { System, Value } from './record.ts'

export type ColumnType = 'string' | 'integer' | 'decimal' | 'boolean' | 'date' | 'dateTime' | 'guid' | 'enum' | 'json'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly description: string | null
  /** Characters (Unicode code points); strings only. */
  readonly maxLength: number | null
  /** All digits and the digits after the point; decimals only, precision at most 18. */
  readonly precision: number | null
  readonly scale: number | null
  readonly required: boolean
  /** May be set by the create and never again. */
  readonly immutable: boolean
  /** Filled by the system itself at the create, for a `guid`; read-only for everyone. */
  readonly generated: boolean
  /** Worked out by the system itself from other columns and records whenever they change; read-only for everyone. */
  readonly computed: boolean
  /** Value of a create that gives none. */
  readonly default: Value | undefined
  /** Values of an enum: all names, or all whole numbers (an option set). */
  readonly values: readonly (string | number)[] | null
  /**
   * Tables whose record this column names, by that table's one key value besides the company: none, one, or several that
   * another column tells apart.
   */
  readonly references: readonly ReferenceTarget[]
}

export interface ReferenceTarget {
  readonly table: string
  /** The value of another column of the record under which this is the target; null where it is the only one. */
  readonly when: { readonly column: string; readonly value: string | number } | null
}

export interface TableDefinition {
  readonly system: System
  readonly table: string
  readonly description: string | null
  readonly scope: 'company' | 'global'
  /** The key column that holds the company; null for a global table. Where there is one it is the first key column. */
  readonly company: string | null
  readonly key: readonly string[]
  readonly unique: readonly (readonly string[])[]
  /** Further sets of columns that records are looked up by. */
  readonly indexed: readonly (readonly string[])[]
  /**
   * The key column that names the record which this one is a part of, as a line is of its order; null for a record by
   * itself. A write of a part locks the whole.
   */
  readonly partOf: string | null
  readonly columns: Readonly<Record<string, Column>>
  /** Names of the business rules that guard this table. */
  readonly rules: readonly string[]
  /** Names of the computations that fill the computed columns of this table's records and of their parts. */
  readonly computations: readonly string[]
}
