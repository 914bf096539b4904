/** Resolvers of the change stream: the message that a subscription is answering, and pages of the same stream. */

import { GraphQLError } from 'graphql'
import type { MapSet, TableMap } from '../../../maps/model.ts'
import type { Feed, FeedMessage } from '../../changes/feed/feed.ts'
import type { GraphContext } from '../context.ts'
import { feedFailure } from '../feed-failure.ts'
import { entityMessageTypes, MESSAGE_TYPES, type MessageTypes, messageObject } from './change-message.ts'
import { type ChangesArguments, readFeedRequest } from './change-request.ts'
import { CHANGE_PAGE_SIZE } from './change-sdl.ts'
import type { ResolverMap } from './entity-resolvers.ts'
import { entityNames } from './names.ts'
import { isThere } from './sync-state.ts'

interface PageArguments extends ChangesArguments {
  readonly first?: number | null
}

interface OfRecord {
  readonly id: string
}

export interface ChangePorts {
  readonly feed: Feed
  readonly limits: { readonly pageSizeMax: number }
}

/** A subscription is executed once for each message, which its context carries. */
export function changeResolvers(mapSet: MapSet, ports: ChangePorts): ResolverMap {
  const subscriptions = mapSet.maps.map((map) => {
    const names = entityNames(map)
    return [names.changed, messageResolver(entityMessageTypes(names))] as const
  })
  return {
    Query: { changes: (_: unknown, given: PageArguments) => changePage(mapSet, ports, given) },
    Subscription: { changes: messageResolver(MESSAGE_TYPES), ...Object.fromEntries(subscriptions) },
    ...Object.fromEntries(mapSet.maps.flatMap(recordResolvers)),
  }
}

function messageResolver(types: MessageTypes) {
  return (_: unknown, __: unknown, { message }: GraphContext) => {
    if (message === null) throw new TypeError('a subscription is executed for a message')
    return messageObject(message, types)
  }
}

function recordResolvers(map: TableMap) {
  const { field, change, leftFilter, snapshotRow } = entityNames(map)
  const resolvers = {
    [field]: async ({ id }: OfRecord, _: unknown, { records }: GraphContext) =>
      (await isThere(map, id, records)) ? { id } : null,
  }
  return [change, leftFilter, snapshotRow].map((type) => [type, resolvers] as const)
}

async function changePage(mapSet: MapSet, { feed, limits }: ChangePorts, given: PageArguments) {
  const { snapshot: _, ...request } = readFeedRequest(mapSet, 'changes', given)
  const first = readFirst(given.first ?? CHANGE_PAGE_SIZE, limits.pageSizeMax)
  const page = await feed.page(request, first).catch((error: unknown) => {
    throw feedFailure(error)
  })
  const edges = page.messages.map((message: FeedMessage) => ({
    cursor: message.cursor,
    node: messageObject(message, MESSAGE_TYPES),
  }))
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasMore,
      hasPreviousPage: given.after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: page.cursor,
    },
  }
}

function readFirst(first: number, pageSizeMax: number): number {
  if (first < 1) throw badFirst('`first` is at least 1')
  if (first > pageSizeMax) throw badFirst(`\`first\` is at most ${pageSizeMax}: page on with \`after\``)
  return first
}

function badFirst(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argumentName: 'first' } })
}
