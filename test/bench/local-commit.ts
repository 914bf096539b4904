/** Writes of one system alone, by its store's own commit: what the product is measured against, and what fills stores. */

import { randomUUIDv7 } from 'node:crypto'
import type { Participant, PlanDigest, Write } from '../../schema/participant.ts'
import type { System, TransactionId } from '../../schema/record.ts'

const DEADLINE_MS = 60_000

/** One local commit of one system, forced. */
export async function commitLocally(
  mapSet: string,
  participants: ReadonlyMap<System, Participant>,
  system: System,
  writes: readonly Write[],
): Promise<void> {
  const now = Date.now()
  const transaction = randomUUIDv7() as TransactionId
  const vote = await participants.get(system)?.prepare([
    {
      id: transaction,
      plan: transaction as string as PlanDigest,
      participants: [system],
      mapSet,
      origin: system,
      actor: null,
      startedAt: now,
      age: { at: now, id: transaction },
      deadline: now + DEADLINE_MS,
      idempotency: null,
      subject: null,
      writes,
      refusals: [],
    },
  ])[0]
  if (vote?.vote !== 'YES') throw new Error(`the plain write was refused: ${JSON.stringify(vote)}`)
}
