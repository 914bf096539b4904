/**
 * Which rows of one call may go together: members of a batch are judged against what is committed, and none sees what
 * another one writes. So a row waits for every earlier row that writes what it writes or refers to, or that refers to
 * what it writes, and the rows end as if each had been written after the one before it. Pure.
 */

import { decodeId } from '../../maps/identity.ts'
import type { MapSet, TableMap, UnifiedRecord } from '../../maps/model.ts'
import { SYSTEMS } from '../../schema/record.ts'
import { isComplete, type Key, keysOf } from './key.ts'
import { namesOfMatch } from './match.ts'
import type { WholeIntent } from './operation.ts'

/** The records that a row touches, each by its name in a system: two entities may stand for one record. */
export interface Reach {
  readonly writes: readonly string[]
  readonly refers: readonly string[]
}

/** The places of the rows, turn after turn; within a turn in their order. As few turns as their order allows. */
export function turnsOf(reaches: readonly Reach[]): readonly (readonly number[])[] {
  const afterWrite = new Map<string, number>()
  const afterReference = new Map<string, number>()
  const turns: number[][] = []
  for (const [place, { writes, refers }] of reaches.entries()) {
    const earliest = [
      ...[...writes, ...refers].map((record) => afterWrite.get(record) ?? 0),
      ...writes.map((record) => afterReference.get(record) ?? 0),
    ]
    const turn = earliest.reduce((latest, one) => Math.max(latest, one), 0)
    for (const record of writes) afterWrite.set(record, turn + 1)
    for (const record of refers) afterReference.set(record, Math.max(turn + 1, afterReference.get(record) ?? 0))
    const together = turns[turn]
    if (together === undefined) turns.push([place])
    else together.push(place)
  }
  return turns
}

/** Many rows refer to few records: each is looked up once. */
export function reachesOf(mapSet: MapSet, wholes: readonly WholeIntent[]): readonly Reach[] {
  const known = new Map<string, readonly string[]>()
  return wholes.map((whole) => reachOf(mapSet, whole, known))
}

/** A record whose key is still to be drawn is nobody else's. `known` keeps the names behind each id that is met. */
export function reachOf(
  mapSet: MapSet,
  { map, key, given, parts, match }: WholeIntent,
  known: Map<string, readonly string[]> = new Map(),
): Reach {
  const namesOfId = (id: string): readonly string[] => {
    const names = known.get(id) ?? namesBehind(mapSet, id)
    known.set(id, names)
    return names
  }
  const referredBy = (of: TableMap, values: UnifiedRecord): readonly string[] =>
    Object.entries(values).flatMap(([name, id]) => {
      const kind = of.field.get(name)?.type.kind
      const isReference = kind === 'reference' || kind === 'polymorphic'
      return isReference && typeof id === 'string' ? namesOfId(id) : []
    })
  const ofParts = parts.flatMap((part) =>
    [...part.made, ...part.changed].flatMap((one) => referredBy(part.map, one.given)),
  )
  const matched = match === null ? [] : namesOfMatch(map, match)
  return { writes: [...namesOf(map, key), ...matched], refers: [...referredBy(map, given), ...ofParts] }
}

function namesBehind({ byEntity }: MapSet, id: string): readonly string[] {
  const decoded = decodeId(id)
  const target = decoded === null ? undefined : byEntity.get(decoded.entity)
  return decoded === null || target === undefined ? [] : namesOf(target, decoded.key)
}

function namesOf(map: TableMap, key: Key): readonly string[] {
  if (!isComplete(key)) return []
  const keys = keysOf(map, key)
  return SYSTEMS.map((system) => `${system} ${map.sides[system].table.table} ${keys[system]}`)
}
