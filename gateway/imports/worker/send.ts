/**
 * Sends a batch under its key until it is known what became of it: however often it is sent, and by whomever, it is carried
 * out once.
 */

import { pause } from '../../changes/pause.ts'
import type { Clock, Log } from '../../coordinator/environment.ts'
import type { Sync } from '../../sync/write.ts'
import { pauseMs } from '../job/policy.ts'
import type { Answer, Shipment } from './answer.ts'
import { sendRows } from './send-rows.ts'

export interface SendParts {
  readonly sync: Sync
  readonly clock: Clock
  readonly log: Log
}

/** Null where the signal was aborted before it was known. Never rejects for what was sent. */
export async function sent(
  shipment: Shipment,
  parts: SendParts,
  signal: AbortSignal,
): Promise<Exclude<Answer, { answer: 'UNKNOWN' }> | null> {
  const { clock, log, sync } = parts
  const { job, batch } = shipment
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await sendRows(shipment, sync)
      if (answer.answer !== 'UNKNOWN') return answer
    } catch (error) {
      log.error({ err: error, jobId: job.id, batch: batch.number }, 'a batch could not be sent')
    }
    await pause(clock, pauseMs(tries), signal)
    if (signal.aborted) return null
  }
}
