/** From the filter of a feed to that of an entity's list. What the list cannot tell is looked at afterwards. */

import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import type { Json } from '../../../schema/record.ts'
import type { ChangeFilter, FieldValues } from '../../changes/feed/feed.ts'
import { fieldValue, recordId } from '../unified/change-values.ts'

export interface ListFilter {
  readonly and: readonly object[]
}

/** Null where no record of the entity can match. */
export function listFilter(mapSet: MapSet, map: TableMap, filter: ChangeFilter): ListFilter | null {
  const conditions = [
    companyCondition(map, filter.companies),
    idCondition(mapSet, map, filter.ids),
    ...(filter.values ?? []).map((one) => valueCondition(mapSet, map, one)),
  ]
  const and = conditions.filter((condition) => condition !== null)
  return and.length < conditions.length ? null : { and: and.filter((condition) => condition !== ANY) }
}

/** Whether the record holds one of the values in each of the fields. */
export function matchesValues(
  { values }: Pick<ChangeFilter, 'values'>,
  record: Readonly<Record<string, Json>>,
): boolean {
  return (values ?? []).every(({ field, in: among }) => among.includes(record[field] ?? null))
}

/** Holds of every record. */
const ANY = {}

type Condition = object | null

function companyCondition({ scope, key }: TableMap, companies: ChangeFilter['companies']): Condition {
  if (companies === null) return ANY
  const [company] = key
  return scope === 'company' && company !== undefined ? isAmong(company.name, companies) : null
}

function idCondition(mapSet: MapSet, { entity }: TableMap, ids: ChangeFilter['ids']): Condition {
  if (ids === null) return ANY
  return isAmong(
    'id',
    ids.filter((id) => recordId(mapSet, id, [entity]) !== null),
  )
}

function valueCondition(mapSet: MapSet, map: TableMap, { field: name, in: among }: FieldValues): Condition {
  const field = map.field.get(name)
  if (field === undefined) return null
  const values = among.flatMap((value) => fieldValue(mapSet, field, value) ?? [])
  if (!isListed(map, field)) return values.length === 0 ? null : ANY
  return field.type.kind === 'boolean' ? isEither(name, values) : isAmong(name, values)
}

/** A list is filtered by what the system that serves it holds. */
function isListed({ reads }: TableMap, field: Field): boolean {
  return field.kind !== 'own' || field.system === reads
}

function isAmong(name: string, values: readonly Json[]): Condition {
  return values.length === 0 ? null : { [name]: { in: values } }
}

/** Of two values there is no list. */
function isEither(name: string, values: readonly Json[]): Condition {
  return values.length === 0 ? null : { or: values.map((value) => ({ [name]: { eq: value } })) }
}
