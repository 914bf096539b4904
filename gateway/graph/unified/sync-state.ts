/** Whether the two systems hold the same record in the same version. */

import { decodeId, foldKey, nativeKeys } from '../../../maps/identity.ts'
import type { TableMap } from '../../../maps/model.ts'
import {
  type RecordRef,
  type RecordState,
  SYSTEMS,
  type System,
  type TransactionId,
  type Version,
} from '../../../schema/record.ts'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import { type RecordLoaders, readBoth } from './record-loaders.ts'

export type SyncState = 'IN_STEP' | 'PENDING' | 'DIVERGED' | 'ONE_SIDED'

type States = Readonly<Record<System, RecordState>>

/** Judges one reading of both sides. A record that neither side has is as much in step as one that both have. */
export function compareSides(map: TableMap, states: States): Exclude<SyncState, 'PENDING'> {
  const holders = SYSTEMS.filter((system) => isHeld(map, system, states[system]))
  if (holders.length === 1) return 'ONE_SIDED'
  return isSameVersion(states.CRM.version, states.ERP.version) ? 'IN_STEP' : 'DIVERGED'
}

/**
 * Reads both sides of an entity record. The two are not read at one instant, and a commit reaches one system a moment
 * before the other: where they differ, the transaction that made the newer version is asked whether it is still being
 * applied (PENDING), and the sides are read once more if it is not.
 */
export async function readSyncState(
  map: TableMap,
  id: string,
  records: RecordLoaders,
  coordinator: Pick<Coordinator, 'transaction'>,
): Promise<SyncState> {
  const refs = refsOf(map, id)
  if (refs === null) return 'IN_STEP'
  const states = await readBoth(records, refs)
  const seen = compareSides(map, states)
  const writer = newerWriter(states)
  if (seen === 'IN_STEP' || writer === null) return seen
  const transaction = await coordinator.transaction(writer)
  if (transaction?.state === 'COMMITTING') return 'PENDING'
  return compareSides(map, await readBoth(records, refs))
}

/** Null for an id of another entity, which names no record of this map. */
export function refsOf(map: TableMap, id: string): Readonly<Record<System, RecordRef>> | null {
  const decoded = decodeId(id)
  if (decoded?.entity !== map.entity || decoded.key.length !== map.key.length) return null
  const keys = nativeKeys(map, foldKey(map, decoded.key))
  return {
    CRM: { table: map.sides.CRM.table.table, key: keys.CRM },
    ERP: { table: map.sides.ERP.table.table, key: keys.ERP },
  }
}

/** Whether the system that the map reads from has the record. Rejects with a Silence where it does not answer. */
export async function isThere(map: TableMap, id: string, records: RecordLoaders): Promise<boolean> {
  const refs = refsOf(map, id)
  return refs !== null && isHeld(map, map.reads, await records[map.reads].load(refs[map.reads]))
}

export function isHeld(map: TableMap, system: System, state: RecordState): boolean {
  return state.row !== null && map.sides[system].holds(state.row)
}

function isSameVersion(one: Version, other: Version): boolean {
  return one.revision === other.revision && one.transaction === other.transaction
}

function newerWriter({ CRM, ERP }: States): TransactionId | null {
  return (CRM.version.revision >= ERP.version.revision ? CRM : ERP).version.transaction
}
