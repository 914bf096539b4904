/** Lists transactions page by page, the newest first. */

import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { TransactionState, TransactionView } from '../../../schema/caller-view.ts'
import type { Origin, TransactionQuery, TransactionRow } from '../../../schema/participant.ts'
import type { TransactionId } from '../../../schema/record.ts'
import type { Coordinator } from '../../coordinator/coordinator.ts'

export interface TransactionFilter {
  readonly state: TransactionState | null
  readonly origin: Origin | null
  readonly entityId: string | null
}

export interface TransactionPageRequest {
  readonly filter: TransactionFilter
  readonly first: number
  readonly after: string | null
}

/** `endCursor` is where to continue, also where a page ends before it is full. */
export interface TransactionPage {
  readonly edges: readonly { readonly view: TransactionView; readonly cursor: string }[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly endCursor: string | null
}

type Position = NonNullable<Extract<TransactionQuery, { by: 'RECENT' }>['after']>

/** A rare state is looked for among so many readings of a page; then the page ends, and the next one goes on. */
const READINGS_MAX = 10

/**
 * A system's row says less than the state of the whole transaction: which rows a transaction in that state can have.
 */
const ROW_STATES: Readonly<Record<TransactionState, readonly TransactionRow['state'][]>> = {
  COMMITTED: ['COMMITTED'],
  REVERTED: ['ABORTED'],
  PENDING: ['COMMITTED'],
  PREPARING: ['PREPARED'],
  COMMITTING: ['PREPARED', 'COMMITTED'],
  REVERTING: ['PREPARED', 'ABORTED'],
}

/** Throws BAD_USER_INPUT for a cursor of another list or of none, and for a `first` out of bounds. */
export async function readTransactionPage(
  coordinator: Pick<Coordinator, 'transactions'>,
  request: TransactionPageRequest,
  pageSizeMax: number,
): Promise<TransactionPage> {
  const { filter, first } = request
  if (first < 0) throw badArgument('first', '`first` cannot be negative')
  if (first > pageSizeMax) throw badArgument('first', `\`first\` is at most ${pageSizeMax}: page on with \`after\``)
  const list = listDigest(filter)
  const start = request.after === null ? null : decodeCursor(list, request.after)
  const { found, exhausted, scanned } = await scan(coordinator, filter, first + 1, start)
  const edges = found.slice(0, first).map((view) => ({ view, cursor: encodeCursor(list, view) }))
  const isFull = found.length > first
  return {
    edges,
    hasNextPage: isFull || !exhausted,
    hasPreviousPage: start !== null,
    endCursor: isFull || exhausted || scanned === null ? (edges.at(-1)?.cursor ?? null) : encodeCursor(list, scanned),
  }
}

async function scan(
  coordinator: Pick<Coordinator, 'transactions'>,
  filter: TransactionFilter,
  wanted: number,
  start: Position | null,
): Promise<{ found: readonly TransactionView[]; exhausted: boolean; scanned: Position | null }> {
  const found: TransactionView[] = []
  let scanned = start
  for (let reading = 0; reading < READINGS_MAX && found.length < wanted; reading += 1) {
    const views = await coordinator.transactions({
      by: 'RECENT',
      states: filter.state === null ? null : ROW_STATES[filter.state],
      origins: filter.origin === null ? null : [filter.origin],
      subject: filter.entityId,
      after: scanned,
      limit: wanted,
    })
    found.push(...views.filter((view) => filter.state === null || view.state === filter.state))
    scanned = views.at(-1) ?? scanned
    if (views.length < wanted) return { found, exhausted: true, scanned }
  }
  return { found, exhausted: false, scanned }
}

function listDigest(filter: TransactionFilter): string {
  return digest([filter.state, filter.origin, filter.entityId])
}

function encodeCursor(list: string, { startedAt, id }: Position): string {
  return Buffer.from(JSON.stringify([list, startedAt, id, digest([list, startedAt, id])])).toString('base64url')
}

function decodeCursor(list: string, cursor: string): Position {
  const content = parseCursor(cursor)
  if (content === null || encodeCursor(content.list, content.position) !== cursor) {
    throw badArgument('after', 'This is not a cursor that a list gave: send an `endCursor` or `cursor` unchanged')
  }
  if (content.list !== list) {
    throw badArgument('after', 'This cursor belongs to another list or filter: start again without `after`')
  }
  return content.position
}

function parseCursor(cursor: string): { readonly list: string; readonly position: Position } | null {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Array.isArray(content)) return null
    const [list, startedAt, id]: readonly unknown[] = content
    if (typeof list !== 'string' || typeof startedAt !== 'number' || typeof id !== 'string') return null
    return { list, position: { startedAt, id: id as TransactionId } }
  } catch {
    return null
  }
}

function digest(content: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 16)
}

function badArgument(argumentName: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argumentName } })
}
