/** What a committed transaction wrote, record by record, from the rows that both systems keep of it. */

import { decodeId, encodeId, nativeKeys } from '../../../maps/identity.ts'
import type { MapSet } from '../../../maps/model.ts'
import type { Participant, TransactionRow } from '../../../schema/participant.ts'
import { SYSTEMS, type System, type TransactionId } from '../../../schema/record.ts'
import { type CommittedRow, publication } from '../../changes/relay/publication.ts'
import type { Change } from '../../changes/stream/stream.ts'
import { askSystem } from '../../sync/silence.ts'
import type { NativeImage, WrittenWhole } from './undo-write.ts'

export interface Written {
  /** By the entity id of the whole. */
  readonly wholes: ReadonlyMap<string, WrittenWhole>
  /** All that was written, where that is one record of one system. */
  readonly only: NativeImage | null
}

/**
 * Null for a transaction that no system knows (any more), or that is not committed. Rejects with SystemSilent where a
 * system does not answer, or has still to commit what it voted for.
 */
export async function writtenBy(
  mapSet: MapSet,
  participants: ReadonlyMap<System, Pick<Participant, 'look'>>,
  id: TransactionId,
): Promise<Written | null> {
  const looked = await Promise.all(
    [...participants.keys()].map(async (system) => {
      const rows = await askSystem(participants, system, (participant) => settledRows(participant, id))
      return rows.flatMap((row): CommittedRow[] => (row.state === 'COMMITTED' ? [{ system, row }] : []))
    }),
  )
  const commits = looked.flat()
  const isWhole = commits[0]?.row.participants.length === commits.length
  if (!isWhole) return null
  const images = commits.flatMap(({ system, row }) => row.writes.map((write): NativeImage => ({ system, write })))
  const [first = null] = images
  return { wholes: wholesOf(mapSet, publication(mapSet, commits), images), only: images.length === 1 ? first : null }
}

async function settledRows(
  participant: Pick<Participant, 'look'>,
  id: TransactionId,
): Promise<readonly TransactionRow[]> {
  const rows = await participant.look({ by: 'ID', id })
  if (rows.some(({ state }) => state === 'PREPARED')) throw new Error('it has not committed yet')
  return rows
}

function wholesOf(
  mapSet: MapSet,
  changes: readonly Change[],
  images: readonly NativeImage[],
): ReadonlyMap<string, WrittenWhole> {
  const parts = Map.groupBy(changes, (change) => wholeOf(mapSet, change))
  const byRecord = new Map(images.map((image) => [nameOf(image.system, image.write), image]))
  return new Map(
    changes.flatMap((change) => {
      const map = mapSet.byEntity.get(change.entity)
      if (map === undefined || map.parent !== null) return []
      const own = (parts.get(change.id) ?? []).filter((one) => one !== change)
      const found = (one: Change) => recordsOf(mapSet, one).flatMap((name) => byRecord.get(name) ?? [])
      const partImages = own.flatMap(found)
      return [[change.id, { map, change, parts: own, images: found(change), partImages }] as const]
    }),
  )
}

/** What its systems call the record of an entity. */
function recordsOf({ byEntity }: MapSet, { entity, id }: Change): readonly string[] {
  const map = byEntity.get(entity)
  const key = decodeId(id)?.key
  if (map === undefined || key === undefined) return []
  const keys = nativeKeys(map, key)
  return SYSTEMS.map((system) => nameOf(system, { table: map.sides[system].table.table, key: keys[system] }))
}

function nameOf(system: System, { table, key }: Pick<NativeImage['write'], 'table' | 'key'>): string {
  return `${system} ${table} ${key}`
}

/** The id of what a record is a part of; of any other its own. */
function wholeOf({ byEntity }: MapSet, { entity, id }: Change): string {
  const parent = byEntity.get(entity)?.parent ?? null
  const key = decodeId(id)?.key
  return parent === null || key === undefined ? id : encodeId(parent.entity, key.slice(0, -1))
}
