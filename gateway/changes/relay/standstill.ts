/** What a relay says of a transaction whose changes cannot be made, before which it stands still and tries again. */

import type { TransactionId } from '../../../schema/record.ts'
import type { Clock, Log } from '../../coordinator/environment.ts'
import type { Progress } from '../stream/stream.ts'
import { createTrouble, type Trouble } from '../trouble.ts'
import type { Unpublishable } from './portions.ts'
import { isDealtWith } from './reach.ts'

export interface Standstill {
  /** Says once of each transaction that it is met, and waits, but not after the signal is aborted. */
  met(found: Unpublishable, signal: AbortSignal): Promise<void>
  /** So far everything is published now. */
  reached(progress: Progress): void
  /** Before which transaction the stream stands still where it has come so far, by whichever relay; null for none. */
  before(progress: Progress): TransactionId | null
}

export function createStandstill({ clock, log }: { clock: Pick<Clock, 'after'>; log: Log }): Standstill {
  let last: { readonly found: Unpublishable; readonly trouble: Trouble } | null = null

  const isPassed = ({ commit: { system, sequence } }: Unpublishable, progress: Progress) =>
    isDealtWith(progress[system], sequence)

  return {
    met(found, signal) {
      const { transactionId } = found
      if (last?.found.transactionId !== transactionId) last = { found, trouble: troubleWith(transactionId, clock, log) }
      return last.trouble.met(found, signal)
    },
    reached(progress) {
      if (last === null || !isPassed(last.found, progress)) return
      last.trouble.over()
      last = null
    },
    before: (progress) => (last === null || isPassed(last.found, progress) ? null : last.found.transactionId),
  }
}

function troubleWith(transactionId: TransactionId, clock: Pick<Clock, 'after'>, log: Log): Trouble {
  return createTrouble('publish the changes of a transaction, and any that follow', {
    clock,
    log: {
      info: (fields, message) => log.info({ transactionId, ...fields }, message),
      warn: (fields, message) => log.error({ transactionId, ...fields }, message),
    },
  })
}
