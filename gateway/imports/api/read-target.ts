/** What an import goes into, checked against the maps: pure. */

import { suggest } from '../../../maps/faults.ts'
import type { MapSet } from '../../../maps/model.ts'
import { writableMaps } from '../../graph/unified/writable.ts'
import type { ImportTarget } from '../job/definition.ts'
import { type Asked, problem, refused } from './asked.ts'
import type { ImportRequest } from './import-request.ts'

export function readTarget(mapSet: MapSet, { entity, native }: ImportRequest): Asked<ImportTarget> {
  if (entity != null && native != null) {
    return refused(problem('VALIDATION', 'Name an entity or a native table, not both.', 'input', 'native'))
  }
  if (entity != null) return entityTarget(mapSet, entity)
  if (native != null) return nativeTarget(mapSet, native)
  return refused(problem('REQUIRED', 'Name what to import into: an entity or a native table.', 'input', 'entity'))
}

function entityTarget(mapSet: MapSet, entity: string): Asked<ImportTarget> {
  const entities = writableMaps(mapSet).map((map) => map.entity)
  if (entities.includes(entity)) return { ok: true, value: { kind: 'ENTITY', entity } }
  const whole = mapSet.byEntity.get(entity)?.parent
  const message =
    whole == null
      ? `There is no entity "${entity}".${suggest(entity, entities)}`
      : `A ${entity} is written through its ${whole.entity}: import ${whole.entity} with columns to ${whole.list}.`
  return refused(problem('UNKNOWN_ENTITY', message, 'input', 'entity'))
}

function nativeTarget(mapSet: MapSet, { system, table }: NonNullable<ImportRequest['native']>): Asked<ImportTarget> {
  const path = ['input', 'native', 'table'] as const
  const tables = mapSet.tables[system]
  if (!tables.has(table)) {
    const message = `The ${system} has no table "${table}".${suggest(table, tables.keys())}`
    return refused(problem('UNKNOWN_TABLE', message, ...path))
  }
  if (mapSet.byTable(system, table).length === 0) {
    return refused(problem('UNMAPPED', `No map pairs ${table} with a table of the other system.`, ...path))
  }
  return { ok: true, value: { kind: 'NATIVE', system, table } }
}
