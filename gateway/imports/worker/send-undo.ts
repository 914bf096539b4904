/** Rows that take writes back: those of entities, and those of a system's own tables. */

import type { MapSet } from '../../../maps/model.ts'
import type { Sync } from '../../sync/write.ts'
import type { RowResult } from '../job/outcome.ts'
import { type Answer, answerOf, type Shipment } from './answer.ts'
import type { ReadRow } from './read-row.ts'
import { sendNative } from './send-native.ts'
import { sendRows } from './send-rows.ts'

interface Parts {
  readonly mapSet: MapSet
  readonly sync: Pick<Sync, 'writeRows' | 'writeNative'>
}

export async function sendUndo(shipment: Shipment, parts: Parts): Promise<Answer> {
  const { sync } = parts
  const [natives, entities] = [rowsOf(shipment, 'NATIVE'), rowsOf(shipment, 'ENTITY')]
  if (natives.length === 0) return sendRows(shipment, sync)
  if (entities.length === 0) return sendNative(shipment, parts)
  const sent = await Promise.all([
    sendNative({ ...shipment, rows: natives }, parts).then((answer) => ({ rows: natives, answer })),
    sendRows({ ...shipment, rows: entities }, sync).then((answer) => ({ rows: entities, answer })),
  ])
  const unknown = sent.find(({ answer }) => answer.answer === 'UNKNOWN' || answer.answer === 'OTHER_ROWS')
  return unknown?.answer ?? answerOf(sent.flatMap(({ rows, answer }) => resultsOf(rows, answer)))
}

function rowsOf({ rows }: Shipment, kind: 'NATIVE' | 'ENTITY'): readonly ReadRow[] {
  return rows.filter(({ content }) => content.kind === kind)
}

function resultsOf(rows: readonly ReadRow[], answer: Answer): readonly RowResult[] {
  switch (answer.answer) {
    case 'ENDED':
      return answer.results
    case 'REFUSED': {
      const { reasons, retryable } = answer
      return rows.map(({ row, uploaded }) => ({ row, outcome: 'FAILED', reasons, uploaded, retryable }))
    }
    default:
      return []
  }
}
