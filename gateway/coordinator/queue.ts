/**
 * A first-come queue for each hot record, so that writers of one record in this gateway take turns instead of refusing
 * each other's locks. A request enters the queues of its records one after the other, in key order: whoever holds a
 * record waits only for greater ones, so there is no deadlock.
 */

import type { Deadline } from './deadline.ts'

/** Lets the next request in. Called twice it does nothing more. */
export type Leave = () => void

export interface HotQueue {
  /** Resolves when it is this request's turn on every record, with null if the deadline passes before. */
  enter(records: readonly string[], deadline: Deadline): Promise<Leave | null>
}

export function createHotQueue(): HotQueue {
  /** Who waits, by record, in the order of arrival; a record that is here is held by somebody. */
  const held = new Map<string, (() => void)[]>()

  const release = (record: string): void => {
    const next = held.get(record)?.shift()
    if (next === undefined) held.delete(record)
    else next()
  }

  const turnOn = (record: string, deadline: Deadline): Promise<boolean> | boolean => {
    const waiting = held.get(record)
    if (waiting === undefined) {
      held.set(record, [])
      return true
    }
    return new Promise((resolve) => {
      const forget = deadline.onPassed(() => {
        waiting.splice(waiting.indexOf(turn), 1)
        resolve(false)
      })
      const turn = (): void => {
        forget()
        resolve(true)
      }
      waiting.push(turn)
    })
  }

  return {
    async enter(records, deadline) {
      const mine: string[] = []
      const leave = (): void => {
        for (const record of mine.splice(0)) release(record)
      }
      for (const record of [...new Set(records)].sort()) {
        if (deadline.passed() || !(await turnOn(record, deadline))) {
          leave()
          return null
        }
        mine.push(record)
      }
      return leave
    },
  }
}
