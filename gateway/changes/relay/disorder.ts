/**
 * Outboxes that give their rows out of order, or leave one out: nothing of such a page is published, and it is asked for
 * again.
 */

import type { TransactionRow } from '../../../schema/participant.ts'
import type { System } from '../../../schema/record.ts'

/** A row that cannot come where it came. */
export class OutOfOrder extends Error {
  readonly system: System

  constructor(system: System, { id, sequence }: TransactionRow, after: number) {
    super(`the outbox of the ${system} is out of order: the transaction ${id} is number ${sequence} after ${after}`)
    this.name = 'OutOfOrder'
    this.system = system
  }
}

export interface Disorder {
  met(found: OutOfOrder): void
  /** The system's outbox was read, or it is no longer this relay that reads. */
  over(system: System): void
  /** What the relay cannot get past at the moment, if there is anything. */
  readonly now: OutOfOrder | null
}

export function createDisorder(): Disorder {
  const found = new Map<System, OutOfOrder>()
  return {
    met: (one) => void found.set(one.system, one),
    over: (system) => void found.delete(system),
    get now() {
      return found.values().next().value ?? null
    },
  }
}
