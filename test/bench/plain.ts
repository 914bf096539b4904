/**
 * What the dual write is measured against: a subgraph whose mutations write one system, or both side by side, straight
 * to the same stores, with nothing that makes the two agree.
 */

import { randomUUIDv7 } from 'node:crypto'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { Subgraph } from '../../gateway/graph/federation.ts'
import { decodeId, nativeKeys } from '../../maps/identity.ts'
import type { MapSet, TableMap } from '../../maps/model.ts'
import type { Participant, PlanDigest, System, TransactionId } from '../../schema/participant.ts'

const SDL = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Customer @key(fields: "id", resolvable: false) { id: ID! }
type PlainPayload { customer: Customer }
type Mutation {
  plainUpdate(id: ID!, memo: String!): PlainPayload!
  plainUpdateBoth(id: ID!, memo: String!): PlainPayload!
}
`

const MEMO: Readonly<Record<System, string>> = { CRM: 'description', ERP: 'SalesMemo' }
const DEADLINE_MS = 10_000

export function plainSubgraph(mapSet: MapSet, participants: ReadonlyMap<System, Participant>): Subgraph {
  const map = mapSet.byEntity.get('Customer')
  if (map === undefined) throw new TypeError('the catalog has no Customer')

  const update = async (systems: readonly System[], { id, memo }: { id: string; memo: string }) => {
    await Promise.all(systems.map((system) => write(mapSet, map, participants, system, id, memo)))
    return { customer: { id } }
  }
  const resolvers = {
    Mutation: {
      plainUpdate: (_: unknown, given: { id: string; memo: string }) => update(['CRM'], given),
      plainUpdateBoth: (_: unknown, given: { id: string; memo: string }) => update(['CRM', 'ERP'], given),
    },
  }
  return { name: 'plain', sdl: SDL, schema: buildSubgraphSchema({ typeDefs: parse(SDL), resolvers }) }
}

/** One forced write of one row, by the store's own local commit. */
async function write(
  mapSet: MapSet,
  map: TableMap,
  participants: ReadonlyMap<System, Participant>,
  system: System,
  id: string,
  memo: string,
): Promise<void> {
  const participant = participants.get(system)
  const key = nativeKeys(map, decodeId(id)?.key ?? [])[system]
  const table = map.sides[system].table.table
  const [state] = (await participant?.read([{ table, key }])) ?? []
  if (participant === undefined || state === undefined) throw new TypeError(`the ${system} did not answer`)
  const now = Date.now()
  const transaction = randomUUIDv7() as TransactionId
  const [vote] = participant.prepare([
    {
      id: transaction,
      plan: transaction as string as PlanDigest,
      participants: [system],
      mapSet: mapSet.id,
      origin: system,
      actor: null,
      startedAt: now,
      age: { at: now, id: transaction },
      deadline: now + DEADLINE_MS,
      idempotency: null,
      subject: null,
      writes: [
        {
          operation: 'UPDATE',
          table,
          key,
          set: { [MEMO[system]]: memo },
          base: state.version,
          revision: state.version.revision,
        },
      ],
      refusals: [],
    },
  ])
  if ((await vote)?.vote !== 'YES') throw new Error('the plain write was refused')
}
