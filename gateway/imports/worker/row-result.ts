/** What became of a row that was sent, in the words of its job. Pure. */

import type { WriteError } from '../../../schema/caller-view.ts'
import type { WrittenOutcome } from '../../sync/row-outcome.ts'
import type { FailureReason } from '../failures/failed-row.ts'
import type { RowResult } from '../job/outcome.ts'
import type { ReadRow, RowReader } from './read-row.ts'

type FieldOf = RowReader['fieldOf']

/** A row that was written, or found as it is to be. */
export function writtenResult({ row }: ReadRow, outcome: WrittenOutcome): RowResult {
  const judged = outcome.judged === undefined ? {} : { judged: outcome.judged }
  if (outcome.outcome === 'UNCHANGED') {
    return { row, outcome: 'UNCHANGED', id: outcome.id, transaction: null, changedFields: [], ...judged }
  }
  const { id, transaction } = outcome
  const changedFields = 'fields' in outcome ? outcome.fields : []
  return { row, outcome: outcome.outcome, id, transaction, changedFields, ...judged }
}

/** One reason that stays is enough for it not to come again. */
export function failedResult({ row, uploaded }: ReadRow, errors: readonly WriteError[], fieldOf: FieldOf): RowResult {
  const reasons = errors.map((error) => reasonOf(error, fieldOf))
  return { row, outcome: 'FAILED', reasons, uploaded, retryable: errors.every(({ retryable }) => retryable) }
}

/** For a reason of Lockstep's own. */
export function givenUp(
  { row, uploaded }: Pick<ReadRow, 'row' | 'uploaded'>,
  code: string,
  message: string,
): RowResult {
  return {
    ...{ row, outcome: 'FAILED', uploaded, retryable: false },
    reasons: [{ code, field: null, system: null, message }],
  }
}

export function reasonOf({ code, path, system, message }: WriteError, fieldOf: FieldOf): FailureReason {
  return { code, field: fieldOf(path), system, message }
}
