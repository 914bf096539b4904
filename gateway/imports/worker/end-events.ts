/** What a worker tells of a batch that has come to an end. Pure. */

import type { WorkerEvent } from '../job/event.ts'
import type { Batch, Job, JobFault } from '../job/job.ts'
import type { RowResult } from '../job/outcome.ts'
import { rowsIn } from '../job/row-spans.ts'
import { OTHER_ROWS } from './answer.ts'
import type { End } from './batches-in-hand.ts'
import type { ReadRow } from './read-row.ts'
import { givenUp } from './row-result.ts'

/** In their order; none where it is not known what became of the batch. */
export function eventsOfEnd({ shipment, answer, durationMs }: End, at: number): readonly WorkerEvent[] {
  const { job, batch, rows } = shipment
  const ended = (results: readonly RowResult[]): WorkerEvent => ({
    ...{ event: 'BATCH_ENDED', batch: batch.number, results, durationMs, at },
  })
  if (answer === null) return []
  switch (answer.answer) {
    case 'ENDED':
      return [ended(answer.results)]
    case 'REFUSED': {
      const { retryable, reasons } = answer
      if (!retryable && isIndivisible(job, rows)) {
        return [
          ended(rows.map(({ row, uploaded }) => ({ row, outcome: 'FAILED', reasons, uploaded, retryable: false }))),
        ]
      }
      return [{ event: 'BATCH_REFUSED', batch: batch.number, retryable, reasons, firstHalf: firstHalf(rows), at }]
    }
    case 'OTHER_ROWS': {
      const { code, message } = OTHER_ROWS
      return [{ event: 'FAULTED', fault: OTHER_ROWS, at }, ended(rows.map((row) => givenUp(row, code, message)))]
    }
    default:
      return answer satisfies never
  }
}

/** Of a batch that was sent, and whose rows nobody can read any more: it is not known what became of them. */
export function eventsOfLoss({ number, rows }: Batch, fault: JobFault, at: number): readonly WorkerEvent[] {
  const message = `${fault.message} What became of the row is not known.`
  const lost = (row: number) => givenUp({ row, uploaded: { kind: 'TEXT', text: '' } }, fault.code, message)
  return [
    { event: 'FAULTED', fault, at },
    { event: 'BATCH_ENDED', batch: number, results: rowsIn(rows).map(lost), durationMs: 0, at },
  ]
}

function isIndivisible({ definition }: Job, rows: readonly ReadRow[]): boolean {
  return definition.atomicity === 'BATCH' || firstHalf(rows) === rows.length
}

/** How many of the rows make about a half, where rows that go with others stay with them. */
function firstHalf(rows: readonly ReadRow[]): number {
  const half = Math.ceil(rows.length / 2)
  const isFirst = ({ content }: ReadRow) => content.kind !== 'WITH'
  const behind = rows.findIndex((row, at) => at >= half && isFirst(row))
  if (behind >= 0) return behind
  const before = rows.findLastIndex((row, at) => at > 0 && at < half && isFirst(row))
  return before > 0 ? before : rows.length
}
