/**
 * Filters: what a change means to those who asked with one. Equal filters, however they are written, are one distinct
 * filter, so that each is judged once for all who have it.
 */

import type { Json, Row } from '../../../schema/record.ts'
import { canonicalJson } from '../../coordinator/digest.ts'
import type { Change } from '../stream/stream.ts'
import type { ChangeFilter, FieldValues } from './feed.ts'

/** Of the record; STAYS also for the delete of one that matched. NOTHING is not told. */
export type Meaning = 'ENTERS' | 'STAYS' | 'LEAVES' | 'NOTHING'

export interface DistinctFilter {
  /** In its one form: lists in order and without doubles. */
  readonly filter: ChangeFilter
  /** The same for equal filters, and for no others. */
  readonly key: string
  /** A change of a kind that is not asked for (operation, origin, fields) is NOTHING, whatever becomes of the record. */
  meaningOf(change: Change): Meaning
  /** Whether the record matches as the change left it, be the change of whatever kind. */
  matchesAfter(change: Change): boolean
}

export function distinctFilter(given: ChangeFilter): DistinctFilter {
  const filter = inOneForm(given)
  const isAbout = aboutRecordsOf(filter)
  const isAskedFor = kindsOf(filter)
  const holds = valuesOf(filter)
  return {
    filter,
    key: canonicalJson(filter),
    meaningOf: (change) =>
      isAbout(change) && isAskedFor(change)
        ? meaningFor({
            matched: holds(change.before, change),
            matches: holds(change.after, change),
            isGone: change.after === null,
          })
        : 'NOTHING',
    matchesAfter: (change) => isAbout(change) && holds(change.after, change),
  }
}

interface Transition {
  readonly matched: boolean
  readonly matches: boolean
  readonly isGone: boolean
}

function meaningFor({ matched, matches, isGone }: Transition): Meaning {
  if (matches) return matched ? 'STAYS' : 'ENTERS'
  if (!matched) return 'NOTHING'
  return isGone ? 'STAYS' : 'LEAVES'
}

type Test = (change: Change) => boolean

function aboutRecordsOf(filter: ChangeFilter): Test {
  const [isEntity, isCompany, isId] = [oneOf(filter.entities), oneOf(filter.companies), oneOf(filter.ids)]
  return ({ entity, company, id }) => isEntity(entity) && isCompany(company) && isId(id)
}

function kindsOf(filter: ChangeFilter): Test {
  const [isOperation, isOrigin, isField] = [
    oneOf(filter.operations),
    oneOf(filter.origins),
    oneOf(filter.changedFields),
  ]
  const hasField: Test = filter.changedFields === null ? () => true : (change) => fieldsOf(change).some(isField)
  return (change) => isOperation(change.operation) && isOrigin(change.origin) && hasField(change)
}

/** Of a record that is not there nothing holds; what its change cannot tell is taken to hold, so that none is missing. */
function valuesOf({ values }: ChangeFilter): (record: Row | null, change: Change) => boolean {
  const wanted = (values ?? []).map(({ field, in: list }) => ({ field, texts: new Set(list.map(canonicalJson)) }))
  return (record, change) =>
    record !== null &&
    wanted.every(({ field, texts }) => texts.has(canonicalJson(record[field] ?? null)) || isUntold(field, change))
}

/** Held by the other system alone, which had no part in the write of a record that was there already. */
function isUntold(field: string, { systems, before, after }: Change): boolean {
  const isOfOne = systems.length === 1 && before !== null
  return isOfOne && !Object.hasOwn(before, field) && !Object.hasOwn(after ?? {}, field)
}

function oneOf(list: readonly string[] | null): (value: string | null) => boolean {
  if (list === null) return () => true
  const allowed = new Set<string | null>(list)
  return (value) => allowed.has(value)
}

function fieldsOf({ before, after, changedFields }: Change): readonly string[] {
  if (before !== null && after !== null) return changedFields
  return Object.entries(after ?? before ?? {}).flatMap(([field, value]) => (value === null ? [] : [field]))
}

function inOneForm(filter: ChangeFilter): ChangeFilter {
  return {
    entities: inOrder(filter.entities),
    companies: inOrder(filter.companies),
    ids: inOrder(filter.ids),
    operations: inOrder(filter.operations),
    origins: inOrder(filter.origins),
    changedFields: inOrder(filter.changedFields),
    values: filter.values === null || filter.values.length === 0 ? null : inOrder(filter.values.map(inListOrder)),
  }
}

function inListOrder({ field, in: list }: FieldValues): FieldValues {
  return { field, in: inOrder<Json>(list) }
}

function inOrder<T>(list: readonly T[]): readonly T[]
function inOrder<T>(list: readonly T[] | null): readonly T[] | null
function inOrder<T>(list: readonly T[] | null): readonly T[] | null {
  if (list === null) return null
  const byText = new Map(list.map((item) => [canonicalJson(item), item]))
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
}
