/** What a committed transaction wrote, record by record, from the rows that both systems keep of it. */

import { decodeId, encodeId } from '../../../maps/identity.ts'
import type { MapSet } from '../../../maps/model.ts'
import type { Participant, System, TransactionId } from '../../../schema/participant.ts'
import { type CommittedRow, publication } from '../../changes/relay/publication.ts'
import type { Change } from '../../changes/stream/stream.ts'
import type { WrittenWhole } from './undo-write.ts'

/** By the entity id of the whole. Empty for a transaction that no system knows (any more), or that is not committed. */
export async function writtenBy(
  mapSet: MapSet,
  participants: ReadonlyMap<System, Pick<Participant, 'look'>>,
  id: TransactionId,
): Promise<ReadonlyMap<string, WrittenWhole>> {
  const looked = await Promise.all(
    [...participants].map(async ([system, participant]) => {
      const rows = await participant.look({ by: 'ID', id })
      return rows.flatMap((row): CommittedRow[] => (row.state === 'COMMITTED' ? [{ system, row }] : []))
    }),
  )
  const commits = looked.flat()
  const isWhole = commits[0]?.row.participants.length === commits.length
  return isWhole ? wholesOf(mapSet, publication(mapSet, commits)) : new Map()
}

function wholesOf(mapSet: MapSet, changes: readonly Change[]): ReadonlyMap<string, WrittenWhole> {
  const parts = Map.groupBy(changes, (change) => wholeOf(mapSet, change))
  return new Map(
    changes.flatMap((change) => {
      const map = mapSet.byEntity.get(change.entity)
      if (map === undefined || map.parent !== null) return []
      const own = (parts.get(change.id) ?? []).filter((one) => one !== change)
      return [[change.id, { map, change, parts: own }] as const]
    }),
  )
}

/** The id of what a record is a part of; of any other its own. */
function wholeOf({ byEntity }: MapSet, { entity, id }: Change): string {
  const parent = byEntity.get(entity)?.parent ?? null
  const key = decodeId(id)?.key
  return parent === null || key === undefined ? id : encodeId(parent.entity, key.slice(0, -1))
}
