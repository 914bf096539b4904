/** Rows that are written only as a dry run has judged them. */

import type { JobId } from '../job/job.ts'
import type { RowOutcome, RowResult } from '../job/outcome.ts'
import { jobOfPlan } from '../job/plan.ts'
import type { JobStore } from '../store/job-store.ts'
import type { Answer, Shipment } from './answer.ts'
import type { ReadRow } from './read-row.ts'
import { givenUp } from './row-result.ts'

/**
 * Sends those of the rows that the plan would write or find unchanged, each at the revision that it was judged at, so that
 * what has been written since is refused. The others were at fault in the dry run, and are so again.
 */
export async function keptToPlan(
  shipment: Shipment,
  store: Pick<JobStore, 'outcomes'>,
  send: (shipment: Shipment) => Promise<Answer>,
): Promise<Answer> {
  const { planHash } = shipment.job.definition
  const plan = planHash === null ? null : jobOfPlan(planHash)
  if (plan === null) return send(shipment)
  const judged = await judgedRows(store, plan, shipment.rows)
  const kept: ReadRow[] = []
  const others: RowResult[] = []
  for (const read of shipment.rows) {
    const atRevision = withRevision(read, judged.get(read.row))
    if (atRevision === null) others.push(givenUp(read, 'NOT_IN_PLAN', 'The dry run would not have written this row.'))
    else kept.push(atRevision)
  }
  if (kept.length === 0) return { answer: 'ENDED', results: others }
  const answer = await send({ ...shipment, rows: kept })
  return answer.answer === 'ENDED' ? { ...answer, results: [...answer.results, ...others] } : answer
}

/** Null for a row that is not part of the plan. */
function withRevision(read: ReadRow, judged: RowOutcome | undefined): ReadRow | null {
  const { content } = read
  if (content.kind !== 'ENTITY' || judged === undefined || !('judged' in judged)) return null
  const { revision } = judged.judged
  if (revision === null) return null
  const write = { ...content.write, expectedRevision: revision }
  return { ...read, content: { ...content, write } }
}

const PAGE_ROWS = 1_000

/** What the dry run has said of these rows, which stand in their order. */
async function judgedRows(
  store: Pick<JobStore, 'outcomes'>,
  plan: JobId,
  rows: readonly ReadRow[],
): Promise<ReadonlyMap<number, RowOutcome>> {
  const last = rows.at(-1)?.row ?? 0
  const judged = new Map<number, RowOutcome>()
  for (let after = (rows[0]?.row ?? 1) - 1; after < last; ) {
    const { outcomes, hasMore } = await store.outcomes(plan, { after, limit: PAGE_ROWS, only: null })
    for (const { outcome } of outcomes) judged.set(outcome.row, outcome)
    if (!hasMore) break
    after = outcomes.at(-1)?.outcome.row ?? last
  }
  return judged
}
