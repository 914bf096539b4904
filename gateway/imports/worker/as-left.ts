/** Whether records are still as a write left them: their whole rows in both systems, whoever may have written what of them. */

import type { MapSet } from '../../../maps/model.ts'
import type { Participant } from '../../../schema/participant.ts'
import type { RecordState, Row, System } from '../../../schema/record.ts'
import { askSystem } from '../../sync/silence.ts'
import type { NativeImage } from '../undo/undo-write.ts'
import { differing, ownColumns } from '../undo/way-back.ts'
import { faulty, type ReadRow } from './read-row.ts'

/** Those that are not are at fault. Rejects with SystemSilent. */
export async function rowsAsLeft(
  rows: readonly ReadRow[],
  mapSet: MapSet,
  participants: ReadonlyMap<System, Pick<Participant, 'read'>>,
): Promise<readonly ReadRow[]> {
  const images = rows.flatMap(leftBy)
  const states = await statesOf(images, participants)
  return rows.map((read) => {
    const changed = leftBy(read).flatMap((image) => {
      const columns = changedSince(mapSet, image, states.get(image))
      return columns.length === 0 ? [] : [reasonOf(image, columns)]
    })
    return changed.length === 0 ? read : { ...read, content: faulty(changed) }
  })
}

function leftBy({ content }: ReadRow): readonly NativeImage[] {
  return 'left' in content ? (content.left ?? []) : []
}

async function statesOf(
  images: readonly NativeImage[],
  participants: ReadonlyMap<System, Pick<Participant, 'read'>>,
): Promise<ReadonlyMap<NativeImage, RecordState>> {
  const asked = [...Map.groupBy(images, ({ system }) => system)].map(async ([system, own]) => {
    const refs = own.map(({ write: { table, key } }) => ({ table, key }))
    const states = await askSystem(participants, system, (participant) => participant.read(refs))
    return own.flatMap((image, at): (readonly [NativeImage, RecordState])[] => {
      const state = states[at]
      return state === undefined ? [] : [[image, state]]
    })
  })
  return new Map((await Promise.all(asked)).flat())
}

/** The columns, or the key where a record came or went. */
function changedSince(mapSet: MapSet, { system, write }: NativeImage, state: RecordState | undefined) {
  const table = mapSet.tables[system].get(write.table)
  if (table === undefined) return []
  const now: Row | null = state?.row ?? null
  if (now === null || write.after === null) return now === write.after ? [] : table.key
  return differing(ownColumns(table), write.after, now)
}

function reasonOf({ system, write }: NativeImage, columns: readonly string[]) {
  const message = `${write.table} in the ${system} is not as the import left it: ${columns.join(', ')}`
  return { code: 'CHANGED_SINCE', field: null, system, message }
}
