/** From what a client asks for to what the coordinator is asked for, as a gateway plans it from fresh reads. */

import type { Plan, TransactionRequest } from '../../../gateway/coordinator/coordinator.ts'
import type { Violation } from '../../../schema/participant.ts'
import { type RecordRef, type RecordState, SYSTEMS, type System } from '../../../schema/record.ts'
import type { Participants } from '../cluster/gateway-process.ts'
import { refsOf, type Writing, writesOf } from './change.ts'
import type { Operation } from './scenario.ts'

/** `expected`: for a careful write, the revision that the client saw last. */
export interface Asked {
  readonly operation: Operation
  readonly change: Writing
  readonly expected: number | null
  /** The maps by which the gateway plans. */
  readonly mapSet: string
}

export function requestOf(
  { operation, change, expected, mapSet }: Asked,
  participants: Participants,
): TransactionRequest {
  const refs = refsOf(change)
  const systems = systemsOf(operation, change)
  return {
    origin: operation.via,
    actor: null,
    idempotencyKey: operation.idempotencyKey,
    request: JSON.stringify([change, expected]),
    systems: SYSTEMS,
    hot: refs.map(({ table, key }) => `${table}/${key}`),
    timeoutMs: operation.timeoutMs,
    plan: async (): Promise<Plan | null> => {
      const states = await readAll(participants, systems, refs)
      const writes = writesOf(change, states)
      if (writes.every((leg) => leg.length === 0)) return null
      const revision = states[0]?.[0]?.version.revision ?? 0
      return {
        legs: systems.map((system, index) => ({ system, writes: writes[index] ?? [] })),
        mapSet,
        subject: null,
        refusals: expected !== null && expected !== revision ? [conflict(revision)] : [],
      }
    },
  }
}

/** What each of the systems holds of the records, read at once: one may be ahead of the other. */
export function readAll(
  participants: Participants,
  systems: readonly System[],
  refs: readonly RecordRef[],
): Promise<readonly (readonly RecordState[])[]> {
  return Promise.all(systems.map(async (system) => (await participants.get(system)?.read(refs)) ?? []))
}

function systemsOf({ via }: Operation, change: Writing): readonly [System, ...System[]] {
  if (change.change !== 'NOTE') return ['CRM', 'ERP']
  return via === 'ERP' ? ['ERP'] : ['CRM']
}

function conflict(revision: number): Violation {
  return {
    ...{ code: 'CONFLICT', message: `The record is at revision ${revision}`, system: null, write: null, table: null },
    ...{ column: null, path: null, retryable: false },
  }
}
