/** Rows that are each written by themselves. */

import type { RowOutcome, Sync } from '../../sync/write.ts'
import { batchKey } from '../job/job.ts'
import type { RowResult } from '../job/outcome.ts'
import { type Answer, answerOf, isMismatch, type Shipment } from './answer.ts'
import type { ReadRow } from './read-row.ts'
import { failedResult, writtenResult } from './row-result.ts'

export async function sendRows(shipment: Shipment, sync: Pick<Sync, 'writeRows'>): Promise<Answer> {
  const { job, batch, rows } = shipment
  const { actor, mode } = job.definition
  const dryRun = mode === 'DRY_RUN'
  const outcomes = await sync.writeRows({
    rows: rows.flatMap(({ content }) => (content.kind === 'ENTITY' ? [content.write] : [])),
    ...{ actor, origin: 'IMPORT', idempotencyKey: dryRun ? null : batchKey(job, batch), timeoutMs: null, dryRun },
  })
  return answerTo(shipment, outcomes)
}

function answerTo(shipment: Shipment, outcomes: readonly RowOutcome[]): Answer {
  const { rows } = shipment
  const unknown = outcomes.flatMap((one) =>
    one.outcome === 'NOT_STARTED' || one.outcome === 'UNDECIDED' ? one.errors : [],
  )
  if (unknown.some(isMismatch)) return { answer: 'OTHER_ROWS' }
  const results = rows.flatMap((row, at) => resultOf(shipment, row, outcomes[at]) ?? [])
  return results.length < rows.length ? { answer: 'UNKNOWN' } : answerOf(results)
}

/** Null for what is not known. */
function resultOf({ fieldOf, isFirst }: Shipment, row: ReadRow, outcome: RowOutcome | undefined): RowResult | null {
  if (outcome === undefined) return null
  switch (outcome.outcome) {
    case 'UNDECIDED':
      return null
    case 'NOT_STARTED':
      return isFirst ? failedResult(row, outcome.errors, fieldOf) : null
    case 'FAILED':
      return failedResult(row, outcome.errors, fieldOf)
    default:
      return writtenResult(row, outcome)
  }
}
