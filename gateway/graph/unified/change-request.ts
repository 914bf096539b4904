/** From the arguments of a subscription or a page of changes to what is asked of the feed. */

import { GraphQLError } from 'graphql'
import { foldKeyText } from '../../../maps/identity.ts'
import type { MapSet, TableMap } from '../../../maps/model.ts'
import type { FeedRequest } from '../../changes/feed/feed.ts'
import { type GivenFilter, readChangeFilter } from './change-filter.ts'
import { recordId } from './change-values.ts'
import { entityNames } from './names.ts'

/** As GraphQL coerced them. */
export interface ChangesArguments {
  readonly id?: string | null
  readonly company?: string | null
  readonly filter?: Omit<GivenFilter, 'entities'> | null
  readonly after?: string | null
  readonly from?: 'HEAD' | 'TAIL' | null
  readonly snapshot?: boolean | null
}

/**
 * `field` is `changes`, or the subscription of one entity. Throws BAD_USER_INPUT, naming the argument, for a filter that
 * speaks of what does not exist.
 */
export function readFeedRequest(mapSet: MapSet, field: string, given: ChangesArguments): FeedRequest {
  return {
    filter: readChangeFilter(mapSet, field === 'changes' ? (given.filter ?? {}) : entityFilter(mapSet, field, given)),
    from: startOf(given),
    snapshot: given.snapshot ?? false,
  }
}

/** A snapshot shows what all older changes have led to: they would only come before the rows that they are in already. */
function startOf({ after, from, snapshot }: ChangesArguments): FeedRequest['from'] {
  if (after != null) return { after }
  return from === 'HEAD' && snapshot !== true ? 'OLDEST' : 'NEWEST'
}

function entityFilter(mapSet: MapSet, field: string, { id, company, filter }: ChangesArguments): GivenFilter {
  const map = mapSet.maps.find((one) => entityNames(one).changed === field)
  if (map === undefined) throw new TypeError(`no subscription ${field}`)
  if (id != null) assertId(mapSet, map.entity, id)
  return {
    ...filter,
    entities: [map.entity],
    ids: narrowed('id', filter?.ids, id, (one) => recordId(mapSet, one, [map.entity]) ?? one),
    companies: narrowed('company', filter?.companies, company, (one) => foldedCompany(map, one)),
  }
}

function assertId(mapSet: MapSet, entity: string, id: string): void {
  if (recordId(mapSet, id, [entity]) !== null) return
  const extensions = { code: 'BAD_USER_INPUT', argumentName: 'id' }
  throw new GraphQLError(`"${id}" is not the id of a ${entity}`, { extensions })
}

function foldedCompany({ scope, key: [company] }: TableMap, text: string): string {
  return scope === 'company' && company !== undefined ? foldKeyText(company, text) : text
}

/** What is in the list, if there is one, and is the one, if there is one. */
function narrowed(
  argumentName: string,
  list: readonly string[] | null | undefined,
  one: string | null | undefined,
  inOneForm: (text: string) => string,
): readonly string[] | null {
  if (one == null) return list ?? null
  if (list == null || list.map(inOneForm).includes(inOneForm(one))) return [one]
  const extensions = { code: 'BAD_USER_INPUT', argumentName }
  throw new GraphQLError(`"${one}" is not in the list of the filter, so nothing can match both`, { extensions })
}
