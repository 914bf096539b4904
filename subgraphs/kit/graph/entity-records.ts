/** Records of a system as the entities of its subgraph. */

import { encodeId, entityIdOfRow, keyValue, nativeKeys } from '../../../maps/identity.ts'
import type { EntityKey, MapSet, TableMap } from '../../../maps/model.ts'
import { unify } from '../../../maps/translate.ts'
import type { System, Value } from '../../../schema/record.ts'
import type { StoredRecord } from '../stores/record-store.ts'
import { type Loaders, loadersOf, type SubgraphContext } from './loaders.ts'

/** An entity as its fields are read: unified values by name, references as ids. Its type's name tells it in a union. */
export type EntitySource = Readonly<Record<string, Value>> & { readonly __typename: string; readonly id: string }

/** What is served: the records that one system holds of the maps. */
interface Served {
  readonly mapSet: MapSet
  readonly system: System
}

/** The record under the key; null where there is none, or its map does not hold it. */
export async function loadEntity(
  served: Served,
  map: TableMap,
  key: EntityKey,
  context: SubgraphContext,
): Promise<EntitySource | null> {
  const { table, holds } = map.sides[served.system]
  const loaders = loadersOf(context, served.system)
  const record = await loaders.record(table.table, nativeKeys(map, key)[served.system])
  if (record === null || !holds(record.row)) return null
  return (await isOfMappedWhole(served, map, key, loaders)) ? entitySource(served, map, record) : null
}

/** Whether the whole of a part is in its own map; true of a record that is part of nothing. */
async function isOfMappedWhole(
  { mapSet, system }: Served,
  { parent }: TableMap,
  key: EntityKey,
  loaders: Loaders,
): Promise<boolean> {
  const map = parent === null ? undefined : mapSet.byEntity.get(parent.entity)
  if (map === undefined || map.sides[system].filter === null) return true
  const { table, holds } = map.sides[system]
  const whole = await loaders.record(table.table, nativeKeys(map, key.slice(0, -1))[system])
  return whole !== null && holds(whole.row)
}

export function entitySource({ mapSet, system }: Served, map: TableMap, record: StoredRecord): EntitySource {
  const id = entityIdOfRow(map, system, record.row)
  if (id === null) throw new TypeError(`a record of ${map.sides[system].table.table} lacks part of its key`)
  return {
    ...unify(mapSet, map, system, record.row),
    __typename: map.entity,
    id,
    revision: record.version.revision,
    updatedAt: new Date(record.updatedAt).toISOString(),
  }
}

/** What an id alone tells of a record. */
export function keySource(map: TableMap, key: EntityKey): EntitySource {
  const values = map.key.map((field, position) => [field.name, keyValue(field, key[position] ?? '')])
  return { ...Object.fromEntries(values), __typename: map.entity, id: encodeId(map.entity, key) }
}

/** The fields that an id alone tells. */
export function keyFields({ key }: TableMap): ReadonlySet<string> {
  return new Set(['__typename', 'id', ...key.map(({ name }) => name)])
}
