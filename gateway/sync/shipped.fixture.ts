/** The shipped catalog, and records of it as the two systems hold them. */

import { join } from 'node:path'
import { compileMapSet } from '../../maps/compile.ts'
import { loadCatalog, loadTables, packageRoot } from '../../maps/load.ts'
import type { MapSet, TableMap, UnifiedRecord } from '../../maps/model.ts'
import { toNative } from '../../maps/translate.ts'
import {
  NEVER_WRITTEN,
  type RecordState,
  type Row,
  SYSTEMS,
  type System,
  type TransactionId,
  type Value,
  type Version,
} from '../../schema/record.ts'
import type { Plan } from '../coordinator/coordinator.ts'
import { planOf } from './plan.ts'
import type { RecordDraft } from './record-draft.ts'

export const SHIPPED: MapSet = loadShipped()

function loadShipped(): MapSet {
  const root = packageRoot()
  const tables = SYSTEMS.flatMap((system) =>
    loadTables(system, join(root, 'subgraphs', system.toLowerCase(), 'tables')),
  )
  return compileMapSet(tables, loadCatalog({ maps: join(root, 'maps/catalog'), values: join(root, 'maps/values') }))
}

/** Throws a RangeError for an entity that no shipped map has. */
export function shippedMap(entity: string): TableMap {
  const map = SHIPPED.byEntity.get(entity)
  if (map === undefined) throw new RangeError(`No shipped map has the entity ${entity}`)
  return map
}

export const ABSENT: RecordState = { version: NEVER_WRITTEN, row: null, localVersion: 0, updatedAt: null }

export function versionAt(revision: number): Version {
  return revision === 0 ? NEVER_WRITTEN : { revision, transaction: `transaction-${revision}` as TransactionId }
}

/** A record that was deleted: no row, and the version of its tombstone. */
export function deletedAt(revision: number): RecordState {
  return { ...ABSENT, version: versionAt(revision) }
}

/** The record that a system holds of these unified values; `also` are columns as they stand. */
export function heldAt(
  revision: number,
  map: TableMap,
  system: System,
  values: UnifiedRecord,
  also: Row = {},
): RecordState {
  const { set } = toNative(SHIPPED, map, system, values, null)
  const given = { ...map.sides[system].constants, ...set, ...also }
  return { version: versionAt(revision), row: created(map, system, given), localVersion: revision, updatedAt: 0 }
}

/** What a table holds after a create: every column, defaults where nothing is given. */
export function created(map: TableMap, system: System, set: Row): Row {
  const columns = Object.values(map.sides[system].table.columns)
  return Object.fromEntries(
    columns.map((column): [string, Value] => [column.name, set[column.name] ?? column.default ?? null]),
  )
}

/** The drafts as the plan that they make under the shipped maps. */
export function planned(drafts: readonly RecordDraft[], witnesses: readonly System[] = SYSTEMS): Plan | null {
  return planOf(drafts, { mapSet: SHIPPED.id, witnesses })
}

/** Each leg's one write as `OPERATION revision`, for tables of cases. */
export function legsIn(plan: Plan | null): Partial<Record<System, string>> | null {
  if (plan === null) return null
  return Object.fromEntries(
    plan.legs.map(({ system, writes }) => [
      system,
      writes.map(({ operation, revision }) => `${operation} ${revision}`).join(),
    ]),
  )
}

/** The columns that a plan sets in a system; undefined where it creates and updates nothing there. */
export function setIn(plan: Plan | null, system: System): Row | undefined {
  const write = plan?.legs.find((leg) => leg.system === system)?.writes[0]
  return write?.operation === 'CREATE' || write?.operation === 'UPDATE' ? write.set : undefined
}

/** Each refusal as its code and its path. */
export function refusalsIn(plan: Plan | null): readonly string[] {
  return (plan?.refusals ?? []).map(({ code, path }) => `${code} ${(path ?? []).join('.')}`)
}
