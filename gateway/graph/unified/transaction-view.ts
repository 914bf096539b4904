/** From a transaction as the coordinator knows it to the objects of the public API. */

import type { LegView, TransactionView, WriteImage } from '../../../schema/participant.ts'
import { keyValues } from '../../../schema/record-key.ts'
import type { LegObject, LegWriteObject, TransactionObject } from './transaction-types.ts'

export function transactionObject(view: TransactionView): TransactionObject {
  return {
    id: view.id,
    state: view.state,
    origin: view.origin,
    actor: view.actor,
    startedAt: instant(view.startedAt),
    decidedAt: view.decidedAt === null ? null : instant(view.decidedAt),
    completedAt: view.completedAt === null ? null : instant(view.completedAt),
    legs: view.legs.map(legObject),
  }
}

function legObject({ system, mode, state, attempts, lastError, writes }: LegView): LegObject {
  return { system, mode, state, attempts, lastError, writes: writes.map(legWriteObject) }
}

function legWriteObject({ operation, table, key, before, after, base, revision }: WriteImage): LegWriteObject {
  return { operation, table, key: keyValues(key).map(String), before, after, baseRevision: base.revision, revision }
}

/** `milliseconds` since the Unix epoch, as ISO 8601 in UTC. */
function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
