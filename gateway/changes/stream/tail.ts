/**
 * Waiting at the end of a stream. Whoever learns of newer entries in this process tells the tail, which wakes those who
 * wait for them; for what other processes append it looks by itself from time to time, once for all who wait, and not
 * at all while nobody does.
 */

import type { Clock } from '../../coordinator/environment.ts'

export interface TailOptions {
  readonly clock: Pick<Clock, 'after'>
  /** Between two looks, in milliseconds. */
  readonly lookEveryMs: number
  /** Asks the store for the number of its newest entry. */
  readonly look: () => Promise<number>
}

export interface Tail {
  /** Tells the number of the newest entry, as far as is known. */
  reach(number: number): void
  /** Resolves once an entry with a greater number is known of; rejects with the signal's reason, or as a look does. */
  waitBeyond(number: number, signal: AbortSignal): Promise<void>
  /** Rejects all who wait, and all who would. */
  end(reason: Error): void
}

interface Waiter {
  readonly number: number
  readonly wake: () => void
  readonly fail: (reason: unknown) => void
}

export function createTail({ clock, lookEveryMs, look }: TailOptions): Tail {
  const waiters = new Set<Waiter>()
  let newest = 0
  let ended: Error | null = null
  let isLooking = false
  let disarm: (() => void) | null = null

  const reach = (number: number): void => {
    newest = Math.max(newest, number)
    for (const waiter of waiters) if (waiter.number < newest) waiter.wake()
  }

  const failAll = (reason: unknown): void => {
    for (const { fail } of waiters) fail(reason)
  }

  const settleTimer = (): void => {
    if (waiters.size === 0) {
      disarm?.()
      disarm = null
    } else if (disarm === null && !isLooking) {
      disarm = clock.after(lookEveryMs, lookOnce)
    }
  }

  const lookOnce = (): void => {
    disarm = null
    isLooking = true
    look()
      .then(reach, failAll)
      .finally(() => {
        isLooking = false
        settleTimer()
      })
  }

  return {
    reach,
    waitBeyond(number, signal) {
      if (signal.aborted) return Promise.reject(signal.reason)
      if (ended !== null) return Promise.reject(ended)
      if (number < newest) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const leave = () => {
          waiters.delete(waiter)
          signal.removeEventListener('abort', abort)
          settleTimer()
        }
        const waiter: Waiter = {
          number,
          wake: () => {
            leave()
            resolve()
          },
          fail: (reason) => {
            leave()
            reject(reason)
          },
        }
        const abort = () => waiter.fail(signal.reason)
        signal.addEventListener('abort', abort)
        waiters.add(waiter)
        settleTimer()
      })
    },
    end(reason) {
      ended ??= reason
      failAll(reason)
    },
  }
}
