/**
 * A job that cannot be worked at is brought to its end: nothing more of it is begun. What was sent may have been written, so
 * it stays until that is known.
 */

import type { Clock } from '../../coordinator/environment.ts'
import type { JobFault } from '../job/job.ts'
import type { JobStore } from '../store/job-store.ts'
import { openDesk } from './desk.ts'
import type { Granted } from './run-job.ts'

/** Rejects with LeaseLost, and as the store does. */
export async function giveUp(
  { lease, kept }: Granted,
  fault: JobFault,
  { store, clock }: { readonly store: JobStore; readonly clock: Pick<Clock, 'now'> },
): Promise<void> {
  await openDesk(store, lease, kept).tell({ event: 'FAULTED', fault, at: clock.now() })
}
