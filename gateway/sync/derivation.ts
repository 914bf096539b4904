/**
 * What one system computes and the other stores, as an order's totals: asked for while a write is planned, and put into
 * both legs. Pure; the system itself verifies the values under its locks.
 */

import type { MapSet, TableMap } from '../../maps/model.ts'
import { toNative, toUnifiedValue } from '../../maps/translate.ts'
import type { Derivation } from '../../schema/participant.ts'
import { type Row, SYSTEMS, type System, type Value } from '../../schema/record.ts'
import { companyOf, type Key, keyOfRecord } from './key.ts'
import { other, type RecordDraft, withColumns } from './record-draft.ts'

/** The systems that compute fields of the drafted records, of their wholes or of their parts, for the other system. */
export function derivingSystems(mapSet: MapSet, drafts: readonly RecordDraft[]): readonly System[] {
  const maps = new Set(drafts.filter(({ synchronised }) => synchronised !== 'NEVER').map(({ map }) => map))
  const related = [...maps].flatMap((map) => {
    const whole = map.parent === null ? map : (mapSet.byEntity.get(map.parent.entity) ?? map)
    return [whole, ...mapSet.partsOf(whole.entity)]
  })
  return SYSTEMS.filter((system) => related.some((map) => computedFields(map, system).length > 0))
}

/** The drafts with what the system computes for them, there and on the other side. */
export function withDerivations(
  mapSet: MapSet,
  drafts: readonly RecordDraft[],
  system: System,
  derivations: readonly Derivation[],
): readonly RecordDraft[] {
  const sets = new Map(derivations.map(({ table, key, set }) => [`${table} ${key}`, set]))
  return drafts.map((draft) => {
    const set = sets.get(`${draft.map.sides[system].table.table} ${draft.keys[system]}`)
    return set === undefined ? draft : withDerived(mapSet, draft, system, set)
  })
}

/** Records for which something is computed though nobody has asked to write them. */
export function undraftedRecords(
  mapSet: MapSet,
  drafts: readonly RecordDraft[],
  system: System,
  derivations: readonly Derivation[],
): readonly { readonly map: TableMap; readonly key: Key }[] {
  const drafted = new Set(drafts.map(({ map, keys }) => `${map.sides[system].table.table} ${keys[system]}`))
  return derivations.flatMap(({ table, key }) => {
    if (drafted.has(`${table} ${key}`)) return []
    const map = mapSet.byTable(system, table).find((candidate) => computedFields(candidate, system).length > 0)
    if (map === undefined) return []
    return [{ map, key: keyOfRecord(map, system, key) }]
  })
}

function withDerived(mapSet: MapSet, draft: RecordDraft, system: System, set: Row): RecordDraft {
  const { map, key } = draft
  const company = companyOf(map, key)
  const values: Record<string, Value> = {}
  for (const field of computedFields(map, system)) {
    const value = set[field.columns[system]]
    if (value !== undefined) values[field.name] = toUnifiedValue(mapSet, map, field, system, value, company)
  }
  const far = toNative(mapSet, map, other(system), values, company)
  return withColumns(withColumns(draft, system, set), other(system), far.set)
}

function computedFields(map: TableMap, system: System) {
  return map.fields.filter((field) => field.kind === 'mapped').filter(({ computedBy }) => computedBy === system)
}
