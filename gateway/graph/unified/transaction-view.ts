/** From a transaction as the coordinator knows it to the objects of the public API. */

import type { LegView, TransactionView } from '../../../schema/caller-view.ts'
import type { WriteImage } from '../../../schema/participant.ts'
import { keyValues } from '../../../schema/record-key.ts'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import { Silence } from '../../coordinator/silence.ts'
import type { LegObject, LegWriteObject, TransactionObject } from './transaction-types.ts'

/**
 * `kept` reads the transaction's own rows, which have the whole images of its writes: asked only where a caller selects
 * them. Without it the view's own images are shown.
 */
export function transactionObject(
  view: TransactionView,
  kept?: () => Promise<TransactionView | null>,
): TransactionObject {
  return {
    id: view.id,
    state: view.state,
    origin: view.origin,
    actor: view.actor,
    startedAt: instant(view.startedAt),
    decidedAt: view.decidedAt === null ? null : instant(view.decidedAt),
    completedAt: view.completedAt === null ? null : instant(view.completedAt),
    legs: view.legs.map((leg) => legObject(leg, kept)),
  }
}

/**
 * The transaction of a write that was just answered, with images read at most once, when they are selected. A dry run
 * leaves no row, and a system that has fallen silent since shows none: then the view is all there is.
 */
export function writtenTransaction(
  view: TransactionView | null,
  isDryRun: boolean,
  coordinator: Pick<Coordinator, 'transaction'>,
): TransactionObject | null {
  if (view === null) return null
  if (isDryRun) return transactionObject(view)
  let kept: Promise<TransactionView | null> | undefined
  return transactionObject(view, () => {
    kept ??= coordinator.transaction(view.id).catch(nothingWhileSilent)
    return kept
  })
}

function nothingWhileSilent(error: unknown): null {
  if (error instanceof Silence) return null
  throw error
}

/** Images that have to be read are read only where they are selected. */
export const legResolvers = {
  writes: ({ writes }: LegObject) => (typeof writes === 'function' ? writes() : writes),
}

function legObject(leg: LegView, kept?: () => Promise<TransactionView | null>): LegObject {
  const { system, mode, state, attempts, lastError, writes } = leg
  const rest = { system, mode, state, attempts, lastError }
  if (kept === undefined) return { ...rest, writes: writes.map(legWriteObject) }
  return {
    ...rest,
    writes: async () => {
      const found = (await kept())?.legs.find((other) => other.system === system)
      return (found === undefined || found.state === 'UNKNOWN' ? writes : found.writes).map(legWriteObject)
    },
  }
}

function legWriteObject({ operation, table, key, before, after, base, revision }: WriteImage): LegWriteObject {
  return { operation, table, key: keyValues(key).map(String), before, after, baseRevision: base.revision, revision }
}

/** `milliseconds` since the Unix epoch, as ISO 8601 in UTC. */
function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
