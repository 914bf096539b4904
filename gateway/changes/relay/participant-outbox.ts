/** The outbox of a participant: heard where the system runs in this process, asked for from time to time where not. */

import type { Participant } from '../../../schema/participant.ts'
import type { Clock } from '../../coordinator/environment.ts'
import { pause } from '../pause.ts'
import { createBell } from './bell.ts'
import type { Outbox } from './outbox.ts'

type Looked = Pick<Participant, 'system' | 'look'>

export interface Heard extends Looked {
  /** The listener hears of commits as soon as a `look` sees them. */
  onCommit(listener: () => void): void
}

/** Of a system of this process: nothing is asked while nothing is committed. */
export function heardOutbox(participant: Heard): Outbox {
  const bell = createBell()
  participant.onCommit(bell.ring)
  return {
    system: participant.system,
    // Others may read as well: only who has waited knows that it looks next, and may silence the bell.
    read: (after, limit) => readFrom(participant, after, limit),
    last: () => lastOf(participant),
    async waitBeyond(_, signal) {
      await bell.heard(signal)
      signal.throwIfAborted()
      bell.hush()
    },
  }
}

const ASK_EVERY_MS = 50

/** Of a system in another process. */
export function askedOutbox(participant: Looked, clock: Pick<Clock, 'after'>): Outbox {
  return {
    system: participant.system,
    read: (after, limit) => readFrom(participant, after, limit),
    last: () => lastOf(participant),
    async waitBeyond(_, signal) {
      await pause(clock, ASK_EVERY_MS, signal)
      signal.throwIfAborted()
    },
  }
}

/** Of the writes that are read at once, as JSON. */
const PAGE_BYTES_MAX = 4 * 1_024 * 1_024

function readFrom(participant: Looked, sequence: number, limit: number) {
  return participant.look({ by: 'COMMITTED_AFTER', sequence, limit, bytesMax: PAGE_BYTES_MAX })
}

async function lastOf(participant: Looked): Promise<number> {
  const [last] = await participant.look({ by: 'LAST_COMMITTED' })
  return last?.sequence ?? 0
}
