/** A graph over two systems that are nothing but lists in memory: enough to see what the gateway does with subgraphs. */

import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { Coordinator } from '../../gateway/coordinator/coordinator.ts'
import type { Subgraph } from '../../gateway/graph/federation.ts'
import type { EntityOutcome, EntityWrite, Sync } from '../../gateway/sync/write.ts'
import { enumDefinitions } from '../../maps/graphql.ts'
import { encodeId } from '../../maps/identity.ts'
import type { TransactionView } from '../../schema/caller-view.ts'
import { FEDERATION_LINK } from '../../schema/federation.ts'
import type { Participant } from '../../schema/participant.ts'
import {
  NEVER_WRITTEN,
  type RecordKey,
  type RecordRef,
  type RecordState,
  type System,
  type TransactionId,
  type Version,
} from '../../schema/record.ts'
import { scalarDefinitions } from '../../schema/scalars.ts'
import { sampleMapSet } from './sample-maps.ts'

type Resolve = (source: unknown, given: unknown, context: never) => unknown

const definitions = (own: string) =>
  parse(`${FEDERATION_LINK}${scalarDefinitions}${enumDefinitions(sampleMapSet.maps)}${own}`)

export const customerId = (number: number) => encodeId('Customer', ['usmf', `C-${number}`])

const customer = (number: number) => ({
  id: customerId(number),
  company: 'usmf',
  number: `C-${number}`,
  name: `Customer ${number}`,
  group: { id: encodeId('CustomerGroup', ['usmf', 'RETAIL']) },
})

/** `crm` serves `count` customers; `broken` fails with a message that nobody should see. */
export function crmSubgraph(count: number, extra: Readonly<Record<string, Resolve>> = {}): Subgraph {
  const typeDefs = definitions(`
    type Customer @key(fields: "id") {
      id: ID!  company: String! @shareable  number: String! @shareable  name: String  onHold: CustomerOnHold
      group: CustomerGroup  friend: Customer  broken: String
    }
    type CustomerGroup @key(fields: "id") { id: ID!  customers: [Customer!]! }
    type Query { customers(first: Int): [Customer!]!  customer(id: ID, company: String, number: String): Customer @shareable }
  `)
  const customers = Array.from({ length: count }, (_, index) => customer(index + 1))
  const byId = ({ id }: { id?: string }) => customers.find((one) => one.id === id) ?? null
  const resolvers = {
    Query: { customers: () => customers, customer: (_: unknown, given: { id?: string }) => byId(given), ...extra },
    Customer: {
      __resolveReference: byId,
      broken: () => {
        throw new Error('SQLITE_IOERR: disk I/O error at /data/crm.db')
      },
    },
    CustomerGroup: { __resolveReference: ({ id }: { id: string }) => ({ id }), customers: () => customers },
  }
  return { name: 'crm', sdl: sdlOf(typeDefs), schema: buildSubgraphSchema([{ typeDefs, resolvers }]) }
}

export function erpSubgraph(): Subgraph {
  const typeDefs = definitions(`
    type Customer @key(fields: "id") { id: ID!  company: String! @shareable  number: String! @shareable  taxGroup: String }
    type CustomerGroup @key(fields: "id") { id: ID!  title: String }
    type Query { customer(id: ID, company: String, number: String): Customer @shareable }
  `)
  const resolvers = {
    Customer: {
      __resolveReference: ({ id }: { id: string }) => ({ id, company: 'usmf', number: id }),
      taxGroup: () => 'FULL',
    },
    CustomerGroup: { __resolveReference: ({ id }: { id: string }) => ({ id, title: 'Retail' }) },
  }
  return { name: 'erp', sdl: sdlOf(typeDefs), schema: buildSubgraphSchema([{ typeDefs, resolvers }]) }
}

function sdlOf(document: ReturnType<typeof parse>): string {
  return document.loc?.source.body ?? ''
}

/** A system that holds the given versions; `null` stands for a record that it does not have. */
export function participantHolding(
  system: System,
  versions: ReadonlyMap<RecordKey, Version>,
  onRead: (refs: readonly RecordRef[]) => void = () => {},
): Participant {
  const unused = () => {
    throw new TypeError('only reads are expected here')
  }
  const state = (version: Version | undefined): RecordState => ({
    version: version ?? NEVER_WRITTEN,
    row: version === undefined ? null : {},
    localVersion: 0,
    updatedAt: null,
  })
  return {
    system,
    read: async (refs) => {
      onRead(refs)
      return refs.map(({ key }) => state(versions.get(key)))
    },
    prepare: unused,
    commit: unused,
    abort: unused,
    fence: unused,
    check: unused,
    look: unused,
    select: unused,
    derive: unused,
    draw: unused,
    describe: unused,
  }
}

/** Answers every write with what `answer` makes of it. */
export function syncAnswering(answer: (write: EntityWrite) => EntityOutcome): Sync {
  return {
    write: async (write) => answer(write),
    transact: () => Promise.reject(new TypeError('no transaction of many records is expected here')),
    writeNative: () => Promise.reject(new TypeError('no native write is expected here')),
    writeRows: () => Promise.reject(new TypeError('no rows are expected here')),
  }
}

/** Knows the given transactions, the newest first, and nothing else. */
export function coordinatorKnowing(views: readonly TransactionView[]): Coordinator {
  const unused = () => Promise.reject(new TypeError('only queries are expected here'))
  return {
    execute: unused,
    executeBatch: unused,
    rehearse: unused,
    recover: unused,
    drain: unused,
    transaction: async (id) => views.find((view) => view.id === id) ?? null,
    transactions: async ({ after, limit, origins, subject }) => {
      const start = after === null ? 0 : views.findIndex((view) => view.id === after.id) + 1
      return views
        .slice(start)
        .filter((view) => origins?.includes(view.origin) ?? true)
        .filter((view) => subject === null || view.subject?.id === subject)
        .slice(0, limit)
    },
  }
}

export function transactionView(id: string, given: Partial<TransactionView> = {}): TransactionView {
  return {
    id: id as TransactionId,
    state: 'COMMITTED',
    origin: 'GRAPH',
    actor: null,
    startedAt: 0,
    decidedAt: null,
    completedAt: null,
    subject: null,
    legs: [],
    ...given,
  }
}
