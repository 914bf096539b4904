/**
 * From the columns of a file, or the names in a JSON row, to the input of an entity's mutation: the words. Planned once
 * for a file and then the same for each row; pure.
 */

import type { CellsRow, RecordRow } from '../source/source.ts'

export interface ColumnOptions {
  /**
   * Which header goes to which field, as `group.code` or `lines.product.number`; of a JSON row `from` may lead inwards,
   * too. Left out, headers are field names, else names of native columns of either system, whose cells are then native
   * values as well.
   */
  readonly columns?: readonly ColumnOption[]
  /** What becomes of a header that leads to no field, or that `columns` do not name. Left out: REFUSE. */
  readonly unknown?: 'REFUSE' | 'IGNORE'
  /** Whether a blank cell leaves its field as it is, or clears it. Left out: LEAVE. */
  readonly blank?: 'LEAVE' | 'CLEAR'
  /** A cell of just this text clears its field, as `NULL` does in many files. Left out: there is none. */
  readonly clearMarker?: string
  /** Left out: a point. */
  readonly decimalMark?: '.' | ','
  /** Values for every row that gives none itself, as if each had such a cell. */
  readonly constants?: readonly { readonly to: string; readonly value: string }[]
}

export interface ColumnOption {
  readonly from: string
  readonly to: string
  /** What cells of just these texts stand for, as `{"Germany": "DE"}`; others are taken as they are. */
  readonly values?: Readonly<Record<string, string>>
}

/** Why a file's columns cannot be used. `header` is the one at fault, or the name that is not among the headers. */
export interface ColumnProblem {
  readonly code: 'UNKNOWN_COLUMN' | 'UNKNOWN_FIELD' | 'READ_ONLY' | 'MAPPED_TWICE' | 'BAD_CONSTANT'
  readonly header: string
  readonly message: string
}

/** A cell that does not fit its field, or a row that gives none. */
export interface CellFault {
  readonly code: 'VALIDATION' | 'UNKNOWN_COLUMN' | 'MAPPED_TWICE' | 'EMPTY_ROW'
  /** Path in the input; empty where no field is meant. */
  readonly field: readonly string[]
  /** Of the column, or the path in the JSON row; null for a row as a whole. */
  readonly header: string | null
  readonly message: string
}

export type MappedRow =
  | {
      readonly ok: true
      /** The value for `id`, where a column is mapped to it. */
      readonly id: string | null
      /** As the entity's create input has it; null clears a field. Parts stand in a list, of one for a row of cells. */
      readonly input: Readonly<Record<string, unknown>>
    }
  /** `id` and `input` have what could be read of the record itself, its parts aside. */
  | {
      readonly ok: false
      readonly faults: readonly CellFault[]
      readonly id: string | null
      readonly input: Readonly<Record<string, unknown>>
    }

export interface ColumnPlan {
  /** The lists of parts that columns of cells lead to. */
  readonly lists: readonly string[]

  /** Every fault of the row together. Of rows with cells, those under the header that the plan was made for. */
  map(row: Pick<CellsRow, 'kind' | 'cells'> | Pick<RecordRow, 'kind' | 'record'>): MappedRow
  /** The header of the column that gives what stands at this path of the input, or nearest above; null for none. */
  headerOf(path: readonly string[]): string | null
}

export type PlannedColumns =
  | { readonly ok: true; readonly plan: ColumnPlan }
  | { readonly ok: false; readonly problems: readonly ColumnProblem[] }
