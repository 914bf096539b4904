/** A job that cannot be worked at is brought to its end: FAILED, with what is known of its rows. */

import type { Clock } from '../../coordinator/environment.ts'
import type { JobFault } from '../job/job.ts'
import type { JobStore } from '../store/job-store.ts'
import { openDesk } from './desk.ts'
import { eventsOfLoss } from './end-events.ts'
import type { Granted } from './run-job.ts'

/** Rejects with LeaseLost, and as the store does. */
export async function giveUp(
  { lease, kept }: Granted,
  fault: JobFault,
  { store, clock }: { readonly store: JobStore; readonly clock: Pick<Clock, 'now'> },
): Promise<void> {
  const desk = openDesk(store, lease, kept)
  await desk.tell({ event: 'FAULTED', fault, at: clock.now() })
  for (const batch of desk.job().open) {
    for (const event of eventsOfLoss(batch, fault, clock.now())) await desk.tell(event)
  }
}
