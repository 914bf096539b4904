/** Pages of the lists of imports: their cursors, and what may be asked for. */

import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'

/** What a list is of: cursors of one list fit no other. */
export type ListName = readonly (string | null)[]

export interface PageRequest {
  readonly limit: number
  /** Number of the last one before; null begins at the beginning. */
  readonly after: number | null
}

/** Throws BAD_USER_INPUT for a cursor of another list or of none, and for a `first` out of bounds. */
export function readPage(
  list: ListName,
  { first, after }: { readonly first: number; readonly after: string | null },
  pageSizeMax: number,
): PageRequest {
  if (first < 1) throw badArgument('first', '`first` is at least 1')
  if (first > pageSizeMax) throw badArgument('first', `\`first\` is at most ${pageSizeMax}: page on with \`after\``)
  return { limit: first, after: after === null ? null : numberIn(list, after) }
}

/** A connection of what was found, each with its number in the list. */
export function pageOf<Node>(
  list: ListName,
  { after }: PageRequest,
  found: readonly { readonly number: number; readonly node: Node }[],
  hasNextPage: boolean,
) {
  const edges = found.map(({ number, node }) => ({ node, cursor: cursorOf(list, number) }))
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

function cursorOf(list: ListName, number: number): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([...list, number]))
    .digest('base64url')
    .slice(0, 16)
  return Buffer.from(`${digest}:${number}`).toString('base64url')
}

function numberIn(list: ListName, cursor: string): number {
  const number = Number(Buffer.from(cursor, 'base64url').toString().split(':')[1])
  if (Number.isSafeInteger(number) && cursorOf(list, number) === cursor) return number
  throw badArgument('after', 'This is not a cursor of this list: send an `endCursor` or `cursor` of it unchanged')
}

function badArgument(argumentName: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argumentName } })
}
