/**
 * What an administrator asks of an import: plain data that never changes once the job exists, but for the upload by which a
 * file is to come that has not come yet.
 */

import { isDeepStrictEqual } from 'node:util'
import type { System } from '../../../schema/record.ts'
import type { ColumnOptions } from '../columns/columns.ts'
import type { FormatOptions } from '../source/format-options.ts'
import type { JobId } from './job.ts'

export interface JobDefinition {
  readonly target: ImportTarget
  readonly source: ImportSource
  readonly format: FormatOptions
  readonly columns: ColumnOptions
  readonly operation: 'CREATE' | 'UPDATE' | 'UPSERT' | 'DELETE'
  /** The fields of a unique key by which each row finds its record; null for the entity's own. */
  readonly matchBy: readonly string[] | null
  /**
   * ROW: each row by itself is in both systems or in neither. BATCH: each batch is, with all of its rows; where `batchRows`
   * is null, that is the whole source.
   */
  readonly atomicity: 'ROW' | 'BATCH'
  /** Rows of a batch; null lets it follow from how long batches take, where each row is by itself. */
  readonly batchRows: number | null
  readonly maxFailures: MaxFailures | null
  /** What becomes of rows of the file that give the same key: all fail, or all but one are skipped. */
  readonly duplicates: 'FAIL' | 'FIRST_WINS' | 'LAST_WINS'
  /** DRY_RUN writes nothing: its outcomes are what would become of each row. */
  readonly mode: 'COMMIT' | 'DRY_RUN'
  /** A second request under the same key is answered with the first one's job. */
  readonly idempotencyKey: string | null
  /** Of the dry run that a commit keeps to: a row that would become something else by now fails. Null asks for none. */
  readonly planHash: string | null
  /** The job whose failed rows these are; null for rows that come for the first time. */
  readonly retryOf: JobId | null
  /** The job of the same package that must be over before this one begins, because its rows may refer to that one's. */
  readonly after: JobId | null
  readonly actor: string | null
}

export type ImportTarget =
  | { readonly kind: 'ENTITY'; readonly entity: string }
  /** One system's own table; the other side is taken along. */
  | { readonly kind: 'NATIVE'; readonly system: System; readonly table: string }

export type ImportSource =
  | { readonly kind: 'UPLOAD'; readonly uploadId: string }
  /** The rows themselves are kept beside the job; `sha256` is the digest of them as JSON. */
  | { readonly kind: 'INLINE'; readonly rows: number; readonly sha256: string }
  /** What another job wrote, row by row: each is taken back. */
  | { readonly kind: 'UNDO'; readonly of: JobId }

/** How many rows may fail; one more ends the job. PERCENT is of all rows of the source, from 0 to 100. */
export type MaxFailures =
  | { readonly kind: 'ROWS'; readonly rows: number }
  | { readonly kind: 'PERCENT'; readonly percent: number }

export const BATCH_ROWS_MAX = 5_000

export interface OptionProblem {
  /** The option at fault. */
  readonly option: 'batchRows' | 'maxFailures' | 'columns' | 'idempotencyKey'
  readonly message: string
}

const KEY_LENGTH_MAX = 255

/** Every problem of a definition that can be told without the maps and without the source. */
export function optionProblems(definition: JobDefinition): readonly OptionProblem[] {
  const { batchRows, idempotencyKey, columns, operation } = definition
  const problems: OptionProblem[] = []
  if (batchRows !== null && !(Number.isInteger(batchRows) && batchRows >= 1 && batchRows <= BATCH_ROWS_MAX)) {
    problems.push({ option: 'batchRows', message: `A batch has from 1 to ${BATCH_ROWS_MAX} rows` })
  }
  if (definition.maxFailures !== null) problems.push(...failureProblems(definition.maxFailures))
  if (operation === 'DELETE' && columns.blank === 'CLEAR') {
    problems.push({ option: 'columns', message: 'A delete clears no fields' })
  }
  if (idempotencyKey !== null && (idempotencyKey === '' || idempotencyKey.length > KEY_LENGTH_MAX)) {
    problems.push({ option: 'idempotencyKey', message: `A key has from 1 to ${KEY_LENGTH_MAX} characters` })
  }
  return problems
}

function failureProblems(max: MaxFailures): readonly OptionProblem[] {
  if (max.kind === 'ROWS') {
    if (Number.isInteger(max.rows) && max.rows >= 0) return []
    return [{ option: 'maxFailures', message: 'The rows that may fail are a whole number, 0 or more' }]
  }
  if (max.percent >= 0 && max.percent <= 100) return []
  return [{ option: 'maxFailures', message: 'The percentage of rows that may fail is from 0 to 100' }]
}

/** Whether one asks for the same as the other. */
export function isSameDefinition(one: JobDefinition, other: JobDefinition): boolean {
  return isDeepStrictEqual(one, other)
}

/** Whether so many failed rows are too many, of a source with `rows`. */
export function tooManyFailed(max: MaxFailures | null, failed: number, rows: number): boolean {
  if (max === null) return false
  return failed > (max.kind === 'ROWS' ? max.rows : (rows * max.percent) / 100)
}
