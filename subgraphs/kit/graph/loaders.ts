/**
 * Reads of one request, coalesced: what the resolvers of one step ask for, one by one, reaches the store as one call.
 * Nothing is cached, so that a request which writes and then reads sees what it wrote.
 */

import DataLoader from 'dataloader'
import type { RecordKey, System, Value } from '../../../schema/record.ts'
import type { GroupedQuery, RecordStore, StoredRecord } from '../stores/record-store.ts'

/** The part of a store that resolvers read from. */
export type RecordReader = Pick<RecordStore, 'get' | 'query' | 'queryGroups' | 'count' | 'countGroups'>

export type GroupValues = readonly Value[]
type GroupQuery = Omit<GroupedQuery, 'groupBy'> & { readonly columns: readonly string[] }
type GroupCount = Pick<GroupQuery, 'table' | 'where' | 'columns'>

export interface Loaders {
  readonly store: RecordReader
  readonly record: (table: string, key: RecordKey) => Promise<StoredRecord | null>
  /** The records of one group; the same query for many groups is one call. */
  readonly group: (query: GroupQuery, values: GroupValues) => Promise<readonly StoredRecord[]>
  readonly groupCount: (query: GroupCount, values: GroupValues) => Promise<number>
}

/**
 * What a request carries for the systems in this process. The gateway hands one object to all of them, so each system
 * keeps its loaders under its own name.
 */
export type SubgraphContext = { readonly actor: string | null } & { readonly [S in System]?: Loaders }

export function createLoaders(store: RecordReader): Loaders {
  const records = memoised((table: string) =>
    coalesced<RecordKey, StoredRecord | null>(
      (key) => key,
      (keys) => store.get(table, keys),
    ),
  )
  const groups = memoised(({ columns, ...query }: GroupQuery) =>
    coalesced<GroupValues, readonly StoredRecord[]>(JSON.stringify, (values) =>
      store.queryGroups({ ...query, groupBy: { columns, values } }),
    ),
  )
  const counts = memoised(({ columns, ...query }: GroupCount) =>
    coalesced<GroupValues, number>(JSON.stringify, (values) =>
      store.countGroups({ ...query, groupBy: { columns, values } }),
    ),
  )
  return {
    store,
    record: (table, key) => records(table).load(key),
    group: (query, values) => groups(query).load(values),
    groupCount: (query, values) => counts(query).load(values),
  }
}

/** One loader for each distinct query. */
function memoised<Query, Loader>(make: (query: Query) => Loader): (query: Query) => Loader {
  const known = new Map<string, Loader>()
  return (query) => {
    const name = JSON.stringify(query)
    const loader = known.get(name) ?? make(query)
    known.set(name, loader)
    return loader
  }
}

/** Asks for each distinct key once, however many callers want it. `fetch` answers in the order of its keys. */
function coalesced<Key, Answer>(
  nameOf: (key: Key) => string,
  fetch: (keys: readonly Key[]) => Promise<readonly Answer[]>,
): DataLoader<Key, Answer> {
  return new DataLoader<Key, Answer>(
    async (keys) => {
      const distinct = new Map<string, Key>()
      for (const key of keys) distinct.set(nameOf(key), key)
      const answers = await fetch([...distinct.values()])
      const names = [...distinct.keys()]
      const byName = new Map(answers.map((answer, position) => [names[position], answer]))
      return keys.map((key) => {
        const answer = byName.get(nameOf(key))
        return answer === undefined ? new Error('a store left out an answer') : answer
      })
    },
    { cache: false },
  )
}

/** Throws a TypeError where the request was given no loaders for the system: its context was made by somebody else. */
export function loadersOf(context: SubgraphContext, system: System): Loaders {
  const loaders = context[system]
  if (loaders === undefined) throw new TypeError(`the request carries no loaders for the ${system}`)
  return loaders
}
