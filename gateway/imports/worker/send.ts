/**
 * Sends a batch under its key until it is known what became of it: however often it is sent, and by whomever, it is carried
 * out once.
 */

import type { MapSet } from '../../../maps/model.ts'
import { StoreFailed } from '../../../schema/process/store-faults.ts'
import { pause } from '../../changes/pause.ts'
import type { Clock, Log } from '../../coordinator/environment.ts'
import type { Sync } from '../../sync/write.ts'
import type { JobDefinition } from '../job/definition.ts'
import type { RowResult } from '../job/outcome.ts'
import { pauseMs } from '../job/policy.ts'
import type { JobStore } from '../store/job-store.ts'
import type { Answer, Shipment } from './answer.ts'
import { goesWith } from './joined-rows.ts'
import { keptToPlan } from './keep-to-plan.ts'
import type { ReadRow } from './read-row.ts'
import { sendNative } from './send-native.ts'
import { sendRows } from './send-rows.ts'
import { sendUndo } from './send-undo.ts'
import { sendWhole } from './send-whole.ts'

export interface SendParts {
  readonly store: Pick<JobStore, 'outcomes'>
  readonly sync: Pick<Sync, 'writeRows' | 'writeNative' | 'transact'>
  readonly mapSet: MapSet
  readonly clock: Clock
  readonly log: Log
}

/** After so many failures in a row it is asked whether the rows can be planned at all. */
const FAILURES_MAX = 3

/**
 * Null where the signal was aborted before it was known. Never rejects. `onWait` is called before each pause: others may
 * send meanwhile.
 */
export async function sent(
  shipment: Shipment,
  parts: SendParts,
  onWait: () => void,
  signal: AbortSignal,
): Promise<Exclude<Answer, { answer: 'UNKNOWN' }> | null> {
  const { clock, log } = parts
  const { job, batch } = shipment
  let isBegun = false
  for (let tries = 1, failures = 0; ; tries += 1) {
    try {
      const answer = await sendOnce({ ...shipment, isFirst: shipment.isFirst && tries === 1 }, parts)
      if (answer.answer !== 'UNKNOWN') return answer
      isBegun = true
    } catch (error) {
      log.error({ err: error, jobId: job.id, batch: batch.number }, 'a batch could not be sent')
      if (!(error instanceof StoreFailed)) failures += 1
      const isSuspect = !isBegun && failures >= FAILURES_MAX
      if (isSuspect && !(await mayBePlanned(shipment, parts))) return IMPOSSIBLE
    }
    onWait()
    await pause(clock, pauseMs(tries), signal)
    if (signal.aborted) return null
  }
}

/** Rows that go with others have the same end as those. */
async function sendOnce(shipment: Shipment, parts: SendParts): Promise<Answer> {
  const firsts = shipment.rows.filter(({ content }) => content.kind !== 'WITH')
  const answer = await keptToPlan({ ...shipment, rows: firsts }, parts.store, (kept) => sendFirsts(kept, parts))
  return answer.answer === 'ENDED' ? { ...answer, results: withAll(shipment.rows, answer.results) } : answer
}

function withAll(rows: readonly ReadRow[], results: readonly RowResult[]): readonly RowResult[] {
  const byRow = new Map(results.map((result) => [result.row, result]))
  return rows.flatMap((read) => {
    const result = byRow.get(goesWith(read))
    if (result === undefined) return []
    const { row, uploaded } = read
    return [result.outcome === 'FAILED' ? { ...result, row, uploaded } : { ...result, row }]
  })
}

function sendFirsts(shipment: Shipment, parts: SendParts): Promise<Answer> {
  const { target, source, atomicity } = shipment.job.definition
  if (source.kind === 'UNDO') return sendUndo(shipment, parts)
  if (target.kind === 'NATIVE') return sendNative(shipment, parts)
  return atomicity === 'BATCH' ? sendWhole(shipment, parts) : sendRows(shipment, parts.sync)
}

/**
 * Under its key a batch is planned only where no system has anything of it; so where planning is what fails, which a dry
 * run shows, nothing of it was written. Then it is made smaller, until the row at fault is by itself.
 */
async function mayBePlanned(shipment: Shipment, parts: SendParts): Promise<boolean> {
  const definition: JobDefinition = { ...shipment.job.definition, mode: 'DRY_RUN' }
  try {
    await sendOnce({ ...shipment, job: { ...shipment.job, definition } }, parts)
    return true
  } catch {
    return false
  }
}

const IMPOSSIBLE: Answer & { answer: 'REFUSED' } = {
  ...{ answer: 'REFUSED', retryable: false },
  reasons: [
    { code: 'INTERNAL', field: null, system: null, message: 'It cannot be written, for a reason within Lockstep.' },
  ],
}
