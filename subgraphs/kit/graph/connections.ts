/** Relay connections over a table: arguments read and checked, one page fetched, and only what was selected. */

import type { Value } from '../../../schema/record.ts'
import type { Column } from '../../../schema/table.ts'
import type { Condition, Ordering, RecordQuery, StoredRecord } from '../stores/record-store.ts'
import { badArgument } from './bad-argument.ts'
import { decodeCursor, encodeCursor, listDigest } from './cursor.ts'
import { filterCondition } from './filters.ts'
import { type Listing, within } from './listing.ts'
import type { GroupValues, Loaders } from './loaders.ts'

/** As GraphQL coerced them. */
export interface ConnectionArguments {
  readonly filter?: Readonly<Record<string, unknown>> | null
  readonly orderBy?: readonly { readonly field: string; readonly direction: Ordering['direction'] }[] | null
  readonly first?: number | null
  readonly after?: string | null
}

export interface PageLimits {
  /** Largest `first`. */
  readonly pageSizeMax: number
}

export const PAGE_SIZE_DEFAULT = 50

export interface Connection<Node> {
  readonly edges: () => Promise<readonly Edge<Node>[]>
  readonly pageInfo: () => Promise<PageInfo>
  readonly totalCount: () => Promise<number>
}

interface Edge<Node> {
  readonly cursor: () => string
  readonly node: Node
}

interface PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: () => string | null
  readonly endCursor: () => string | null
}

/** A page asked for, in the table's own columns. */
interface Page {
  readonly query: RecordQuery
  readonly first: number
  /** Names the list in its cursors. */
  readonly list: string
  /** What orders the list, the key last. */
  readonly columns: readonly Column[]
}

/** A connection whose records are found when a field of it is resolved. */
export interface ConnectionRequest<Node> {
  /** The field that is resolved, for example `Query.customers`. */
  readonly coordinate: string
  readonly listing: Listing
  readonly arguments: ConnectionArguments
  readonly limits: PageLimits
  readonly loaders: Loaders
  readonly node: (record: StoredRecord) => Node
  /** Only the records whose columns hold these values. */
  readonly group: { readonly columns: readonly string[]; readonly values: GroupValues } | null
}

/** Throws BAD_USER_INPUT, naming the argument, for a page that cannot be asked for. */
export function connect<Node>(request: ConnectionRequest<Node>): Connection<Node> {
  const { group, loaders } = request
  const page = readPage(request)
  const { table, where } = page.query
  const fetch = () =>
    group === null
      ? loaders.store.query(page.query)
      : loaders.group({ ...page.query, columns: group.columns }, group.values)
  const count = () =>
    group === null
      ? loaders.store.count({ table, where })
      : loaders.groupCount({ table, where, columns: group.columns }, group.values)
  let fetched: Promise<readonly StoredRecord[]> | undefined
  const records = () => {
    fetched ??= fetch()
    return fetched
  }
  return {
    edges: async () =>
      (await records())
        .slice(0, page.first)
        .map((record) => ({ cursor: () => cursorOf(page, record), node: request.node(record) })),
    pageInfo: async () => pageInfo(page, await records()),
    totalCount: count,
  }
}

function pageInfo(page: Page, found: readonly StoredRecord[]): PageInfo {
  const shown = found.slice(0, page.first)
  const cursorAt = (position: number) => () => {
    const record = shown.at(position)
    return record === undefined ? null : cursorOf(page, record)
  }
  return {
    hasNextPage: found.length > page.first,
    hasPreviousPage: page.query.after !== null,
    startCursor: cursorAt(0),
    endCursor: cursorAt(-1),
  }
}

function readPage<Node>({ listing, arguments: given, limits, coordinate }: ConnectionRequest<Node>): Page {
  const first = readFirst(given.first ?? PAGE_SIZE_DEFAULT, limits)
  const where = readFilter(listing, given)
  const orderBy = readOrder(listing, given)
  const list = listDigest(coordinate, where, orderBy)
  const columns = [...orderBy.map(({ column }) => column), ...listing.table.key].flatMap(
    (name) => listing.table.columns[name] ?? [],
  )
  const after = given.after == null ? null : decodeCursor(list, columns, given.after)
  // One more than asked for tells whether there is a next page.
  const query = { table: listing.table.table, where, orderBy, after, limit: first + 1 }
  return { query, first, list, columns }
}

function readFirst(first: number, { pageSizeMax }: PageLimits): number {
  if (first < 0) throw badArgument('first', '`first` cannot be negative')
  if (first > pageSizeMax) throw badArgument('first', `\`first\` is at most ${pageSizeMax}: page on with \`after\``)
  return first
}

function readFilter(listing: Listing, { filter }: ConnectionArguments): Condition | null {
  return filter == null ? listing.scope : within(listing, filterCondition(listing, filter))
}

function readOrder(listing: Listing, { orderBy }: ConnectionArguments): readonly Ordering[] {
  const seen = new Set<string>()
  return (orderBy ?? []).map(({ field, direction }) => {
    const ordered = listing.orders.get(field)
    if (ordered === undefined) throw new TypeError(`${field} is in the schema and not in the list`)
    if (seen.has(field)) throw badArgument('orderBy', `${field} is in \`orderBy\` twice`)
    seen.add(field)
    return { column: ordered.columns[0], direction }
  })
}

function cursorOf(page: Page, { row }: StoredRecord): string {
  return encodeCursor(
    page.list,
    page.columns.map((column): Value => row[column.name] ?? null),
  )
}
