/** Looks for transactions in doubt, again and again, one search after the other. */

import type { Coordinator } from './coordinator/coordinator.ts'
import type { Clock } from './coordinator/environment.ts'
import type { Log } from './log.ts'

export interface RecoveryOptions {
  readonly coordinator: Pick<Coordinator, 'recover'>
  readonly clock: Pick<Clock, 'after'>
  readonly intervalMs: number
  readonly log: Log
}

/** The answer ends it, and resolves when the search that is under way is over. */
export function startRecovery({ coordinator, clock, intervalMs, log }: RecoveryOptions): () => Promise<void> {
  let stopped = false
  let searching: Promise<void> = Promise.resolve()
  let cancel = clock.after(intervalMs, search)

  function search(): void {
    searching = coordinator
      .recover({ alone: false })
      .then(
        () => undefined,
        (error: unknown) => log.error({ err: error }, 'the search for transactions in doubt failed'),
      )
      .then(() => {
        if (!stopped) cancel = clock.after(intervalMs, search)
      })
  }

  return async () => {
    stopped = true
    cancel()
    await searching
  }
}
