/** By which fields the rows of an import find their records, checked against the maps: pure. */

import type { MapSet, TableMap } from '../../../maps/model.ts'
import { uniqueKeyOf, uniqueKeys } from '../../../maps/unique-keys.ts'
import type { ImportTarget, JobDefinition } from '../job/definition.ts'
import { type Asked, problem, refused } from './asked.ts'
import type { ImportRequest } from './import-request.ts'

/** Null for the entity's own key. Without a target the fields themselves are not checked. */
export function readMatchBy(
  mapSet: MapSet,
  target: ImportTarget | null,
  { matchBy, operation }: Pick<ImportRequest, 'matchBy' | 'operation'>,
): Asked<JobDefinition['matchBy']> {
  if (matchBy == null || target === null) return { ok: true, value: null }
  if (operation === 'CREATE') return wrong('A create looks for no record: leave out `matchBy`.')
  if (target.kind === 'NATIVE') {
    return wrong(`Rows of ${target.table} find their records by the key of the table: leave out \`matchBy\`.`)
  }
  const map = mapSet.byEntity.get(target.entity)
  if (map === undefined || isKeyOf(map, matchBy)) return { ok: true, value: null }
  const fields = uniqueKeyOf(map, matchBy)
  return fields === null ? wrong(notUnique(map, matchBy)) : { ok: true, value: fields.map(({ name }) => name) }
}

function wrong(message: string): Asked<never> {
  return refused(problem('VALIDATION', message, 'input', 'matchBy'))
}

function isKeyOf({ key }: TableMap, names: readonly string[]): boolean {
  return key.length === new Set(names).size && key.every(({ name }) => names.includes(name))
}

function notUnique(map: TableMap, names: readonly string[]): string {
  const keys = [map.key, ...uniqueKeys(map)].map((fields) => fields.map(({ name }) => name).join(' and '))
  const given = names.length === 0 ? 'No field is' : `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not`
  return `${given} a unique key of ${map.entity}: rows can be matched by ${keys.join(', or by ')}.`
}
