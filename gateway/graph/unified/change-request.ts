/** From the arguments of a subscription or a page of changes to what is asked of the feed. */

import type { MapSet } from '../../../maps/model.ts'
import type { FeedRequest } from '../../changes/feed/feed.ts'
import { type GivenFilter, readChangeFilter } from './change-filter.ts'
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

function startOf({ after, from }: ChangesArguments): FeedRequest['from'] {
  if (after != null) return { after }
  return from === 'HEAD' ? 'OLDEST' : 'NEWEST'
}

function entityFilter({ maps }: MapSet, field: string, { id, company, filter }: ChangesArguments): GivenFilter {
  const map = maps.find((one) => entityNames(one).changed === field)
  if (map === undefined) throw new TypeError(`no subscription ${field}`)
  return {
    ...filter,
    entities: [map.entity],
    ids: narrowed(filter?.ids, id),
    companies: narrowed(filter?.companies, company),
  }
}

/** What is in the list, if there is one, and is the one, if there is one. */
function narrowed(
  list: readonly string[] | null | undefined,
  one: string | null | undefined,
): readonly string[] | null {
  if (one == null) return list ?? null
  return list == null || list.includes(one) ? [one] : []
}
