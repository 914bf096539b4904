/** From what a caller chooses changes by to the filter of the feed: known names, and values in their one form. */

import { GraphQLError } from 'graphql'
import { foldKeyText } from '../../../maps/identity.ts'
import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import type { Origin } from '../../../schema/participant.ts'
import type { Json } from '../../../schema/record.ts'
import type { ChangeFilter, FieldValues } from '../../changes/feed/feed.ts'
import type { ChangeOperation } from '../../changes/stream/stream.ts'
import { expectedValue, fieldValue, recordId } from './change-values.ts'
import { impossibility } from './possible-filter.ts'

/** As GraphQL coerced it. */
export interface GivenFilter {
  readonly entities?: readonly string[] | null
  readonly companies?: readonly string[] | null
  readonly ids?: readonly string[] | null
  readonly operations?: readonly ChangeOperation[] | null
  readonly origins?: readonly Origin[] | null
  readonly changedFields?: readonly string[] | null
  readonly values?: readonly FieldValues[] | null
}

/** What one filter may hold of entities, companies, ids, fields and values together. */
const MEMBERS_MAX = 1_000

/** Throws BAD_USER_INPUT, naming the argument `filter`, for what does not exist, and for what no change could ever meet. */
export function readChangeFilter(mapSet: MapSet, given: GivenFilter): ChangeFilter {
  if (membersOf(given) > MEMBERS_MAX) throw badFilter(`A filter holds at most ${MEMBERS_MAX} names, ids and values`)
  const maps = given.entities == null ? mapSet.maps : given.entities.map((entity) => mapOf(mapSet, entity))
  const filter = filterOver(mapSet, maps, given)
  const reason = impossibility(maps, filter)
  if (reason !== null) throw badFilter(reason)
  const isOfFields = filter.values !== null && filter.values.length > 0
  return isOfFields ? { ...filter, entities: having(maps, filter.values) } : filter
}

function filterOver(mapSet: MapSet, maps: readonly TableMap[], given: GivenFilter): ChangeFilter {
  return {
    entities: given.entities ?? null,
    companies: given.companies?.flatMap((company) => folded(maps, company)) ?? null,
    ids: given.ids?.map((id) => idOf(mapSet, maps, id)) ?? null,
    operations: given.operations ?? null,
    origins: given.origins ?? null,
    changedFields: given.changedFields?.map((name) => known(maps, name, 'changedFields')) ?? null,
    values: given.values?.map((one) => valuesOf(mapSet, maps, one)) ?? null,
  }
}

function membersOf({ entities, companies, ids, changedFields, values }: GivenFilter): number {
  const lists = [entities, companies, ids, changedFields, values, ...(values ?? []).map((one) => one.in)]
  return lists.reduce((count, list) => count + (list?.length ?? 0), 0)
}

function mapOf({ byEntity }: MapSet, entity: string): TableMap {
  const map = byEntity.get(entity)
  if (map === undefined) throw badFilter(`\`entities\`: there is no entity "${entity}"`)
  return map
}

/** In the letter case of its field, which is the same in all maps or else each of them. */
function folded(maps: readonly TableMap[], company: string): readonly string[] {
  const keys = maps.flatMap(({ scope, key }) => (scope === 'company' ? (key[0] ?? []) : []))
  return [...new Set(keys.length === 0 ? [company] : keys.map((field) => foldKeyText(field, company)))]
}

function idOf(mapSet: MapSet, maps: readonly TableMap[], id: string): string {
  const entities = maps.map(({ entity }) => entity)
  const found = recordId(mapSet, id, entities)
  if (found !== null) return found
  const [entity, ...others] = entities
  throw badFilter(
    `\`ids\`: "${id}" is not the id of a ${others.length > 0 || entity === undefined ? 'record' : entity}`,
  )
}

/** The entities that have all of the fields: a record of any other can hold no value there. */
function having(maps: readonly TableMap[], values: readonly FieldValues[]): readonly string[] {
  return maps.filter((map) => values.every(({ field }) => map.field.has(field))).map(({ entity }) => entity)
}

/** A field that at least one of the entities has. */
function known(maps: readonly TableMap[], name: string, member: string): string {
  if (maps.some(({ field }) => field.has(name))) return name
  const [map, ...others] = maps
  const where = map === undefined || others.length > 0 ? 'no entity that is asked for' : `no ${map.entity}`
  throw badFilter(`\`${member}\`: ${where} has a field "${name}"`)
}

/** A value may be of the field's type in one entity and not in another. */
function valuesOf(mapSet: MapSet, maps: readonly TableMap[], given: FieldValues): FieldValues {
  const name = known(maps, given.field, 'values')
  const fields = maps.flatMap(({ field }) => field.get(name) ?? [])
  const values = given.in.flatMap((value) => {
    const forms = fields.flatMap((field) => fieldValue(mapSet, field, value) ?? [])
    if (forms.length === 0) throw badFilter(`\`values\`: ${shown(value)} is no value of ${name}: ${wanted(fields)}`)
    return forms
  })
  return { field: name, in: [...new Set(values)] }
}

function wanted(fields: readonly Field[]): string {
  return [...new Set(fields.map(expectedValue))].join(', or ')
}

function shown(value: Json): string {
  const text = JSON.stringify(value)
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`
}

function badFilter(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argumentName: 'filter' } })
}
