/** Rows that are each written by themselves. */

import type { RowOutcome, Sync } from '../../sync/write.ts'
import { batchKey } from '../job/job.ts'
import type { RowResult } from '../job/outcome.ts'
import { type Answer, isAway, isMismatch, type Shipment } from './answer.ts'
import type { ReadRow } from './read-row.ts'
import { failedResult, reasonOf, writtenResult } from './row-result.ts'

export async function sendRows(shipment: Shipment, sync: Pick<Sync, 'writeRows'>): Promise<Answer> {
  const { job, batch, rows } = shipment
  const { actor, mode } = job.definition
  const dryRun = mode === 'DRY_RUN'
  const outcomes = await sync.writeRows({
    rows: rows.flatMap(({ content }) => (content.kind === 'ENTITY' ? [content.write] : [])),
    ...{ actor, origin: 'IMPORT', idempotencyKey: dryRun ? null : batchKey(job, batch), timeoutMs: null, dryRun },
  })
  return answerOf(shipment, outcomes)
}

function answerOf({ rows, fieldOf }: Shipment, outcomes: readonly RowOutcome[]): Answer {
  const undecided = outcomes.flatMap((one) => (one.outcome === 'UNDECIDED' ? one.errors : []))
  if (undecided.some(isMismatch)) return { answer: 'OTHER_ROWS' }
  const failed = outcomes.filter((one) => one.outcome === 'FAILED')
  const away = failed.find(({ errors }) => errors.length > 0 && errors.every(isAway))
  const isUnwritten = outcomes.every(({ outcome }) => outcome === 'FAILED' || outcome === 'UNCHANGED')
  if (away !== undefined && isUnwritten) {
    return { answer: 'REFUSED', retryable: true, reasons: away.errors.map((error) => reasonOf(error, fieldOf)) }
  }
  const results = rows.flatMap((row, at) => resultOf(row, outcomes[at], fieldOf) ?? [])
  return results.length < rows.length ? { answer: 'UNKNOWN' } : { answer: 'ENDED', results }
}

/** Null for what is not known. */
function resultOf(row: ReadRow, outcome: RowOutcome | undefined, fieldOf: Shipment['fieldOf']): RowResult | null {
  if (outcome === undefined || outcome.outcome === 'UNDECIDED') return null
  return outcome.outcome === 'FAILED' ? failedResult(row, outcome.errors, fieldOf) : writtenResult(row, outcome)
}
