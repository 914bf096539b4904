/** The batches that a worker is sending just now, and what came back of them. */

import type { Bell } from '../../changes/relay/bell.ts'
import type { Clock } from '../../coordinator/environment.ts'
import type { Answer, Shipment } from './answer.ts'
import type { Turn } from './turns.ts'

/** An answer is null where it was time to stop before it came. */
export interface End {
  readonly shipment: Shipment
  readonly answer: Exclude<Answer, { answer: 'UNKNOWN' }> | null
  readonly durationMs: number
}

export interface BatchesInHand {
  /** By their numbers, until their ends are taken. */
  numbers(): ReadonlySet<number>
  /** Gives the turn back when the batch is at its end, and rings. */
  start(shipment: Shipment, turn: Turn): void
  /** The ends since it was asked last. */
  takeEnds(): readonly End[]
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>
}

interface Sending {
  /** `onWait` is called where it waits before it tries again. */
  readonly send: (shipment: Shipment, onWait: () => void) => Promise<End['answer']>
  readonly clock: Pick<Clock, 'now'>
  readonly bell: Pick<Bell, 'ring'>
}

export function batchesInHand({ send, clock, bell }: Sending): BatchesInHand {
  const underWay = new Map<number, Promise<void>>()
  let ends: End[] = []
  return {
    numbers: () => new Set([...underWay.keys(), ...ends.map(({ shipment }) => shipment.batch.number)]),
    start(shipment, turn) {
      const { number } = shipment.batch
      const startedAt = clock.now()
      const run = async () => {
        try {
          const answer = await send(shipment, () => turn.leave())
          ends = [...ends, { shipment, answer, durationMs: clock.now() - startedAt }]
        } finally {
          underWay.delete(number)
          turn.leave()
          bell.ring()
        }
      }
      underWay.set(number, run())
    },
    takeEnds() {
      const taken = ends
      ends = []
      return taken
    },
    async idle() {
      await Promise.all(underWay.values())
    },
  }
}
