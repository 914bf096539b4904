/**
 * What the dual write is measured against: a subgraph whose mutations write one system, or both side by side, straight
 * to the same stores, with nothing that makes the two agree.
 */

import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { Subgraph } from '../../gateway/graph/federation.ts'
import { decodeId, encodeId, nativeKeys } from '../../maps/identity.ts'
import type { MapSet, TableMap } from '../../maps/model.ts'
import type { Participant, Write } from '../../schema/participant.ts'
import { NEVER_WRITTEN, type Row, SYSTEMS, type System } from '../../schema/record.ts'
import { recordKeyOf } from '../../schema/record-key.ts'
import { commitLocally } from './local-commit.ts'

const SDL = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Customer @key(fields: "id", resolvable: false) { id: ID! }
type PlainPayload { customer: Customer }
type Mutation {
  plainUpdate(id: ID!, memo: String!): PlainPayload!
  plainUpdateBoth(id: ID!, memo: String!): PlainPayload!
  plainOrder(customer: String!, lines: Int!, number: String!): PlainPayload!
}
`

const MEMO: Readonly<Record<System, string>> = { CRM: 'description', ERP: 'SalesMemo' }

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
      plainOrder: async (_: unknown, given: PlainOrder) => {
        await Promise.all(SYSTEMS.map((system) => insert(mapSet, participants, system, rowsOf(given, system))))
        return { customer: { id: encodeId('Customer', ['usmf', given.customer]) } }
      },
    },
  }
  return { name: 'plain', sdl: SDL, schema: buildSubgraphSchema({ typeDefs: parse(SDL), resolvers }) }
}

/** One row by the store's own local commit. */
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
  const place = { table, key, base: state.version, revision: state.version.revision }
  await commitLocally(mapSet.id, participants, system, [
    { operation: 'UPDATE', ...place, set: { [MEMO[system]]: memo } },
  ])
}

interface PlainOrder {
  readonly customer: string
  readonly lines: number
  readonly number: string
}

interface PlainRow {
  readonly table: string
  readonly set: Row
}

/** An order and its lines, each system's rows in its own columns; the CRM's are told what the ERP would work out. */
function rowsOf({ customer, lines, number }: PlainOrder, system: System): readonly PlainRow[] {
  const each = (row: (line: number) => PlainRow) => Array.from({ length: lines }, (_, index) => row(index + 1))
  if (system === 'CRM') {
    const own = { msdyn_company: 'usmf', msdyn_salesordernumber: number, transactioncurrencyid: 'USD' }
    const buyer = { customerid: customer, customeridtype: 'account', msdyn_ordertype: 192350000 }
    return [
      { table: 'salesorders', set: { ...own, ...buyer, totalamount: '19.98' } },
      ...each((line) => ({
        table: 'salesorderdetails',
        set: {
          ...{ msdyn_company: 'usmf', salesorderid: number, sequencenumber: line, productid: 'BENCH', uomid: 'PCS' },
          ...{ quantity: '2', priceperunit: '9.99', extendedamount: '19.98' },
        },
      })),
    ]
  }
  const own = { dataAreaId: 'usmf', SalesOrderNumber: number, CurrencyCode: 'USD' }
  return [
    { table: 'SalesOrderHeaders', set: { ...own, OrderingCustomerAccountNumber: customer } },
    ...each((line) => ({
      table: 'SalesOrderLines',
      set: {
        ...{ dataAreaId: 'usmf', SalesOrderNumber: number, LineCreationSequenceNumber: line },
        ...{ ProductNumber: 'BENCH', SalesUnitSymbol: 'PCS', OrderedSalesQuantity: '2', SalesPrice: '9.99' },
      },
    })),
  ]
}

async function insert(
  mapSet: MapSet,
  participants: ReadonlyMap<System, Participant>,
  system: System,
  rows: readonly PlainRow[],
): Promise<void> {
  const writes = rows.map(({ table, set }): Write => {
    const definition = mapSet.tables[system].get(table)
    const key = definition === undefined ? null : recordKeyOf(definition, set)
    if (key === null) throw new TypeError(`a row of ${table} has no key`)
    return { operation: 'CREATE', table, key, set, base: NEVER_WRITTEN, revision: 0 }
  })
  await commitLocally(mapSet.id, participants, system, writes)
}
