import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GraphQLClient } from 'graphql-request'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { follow } from '../../gateway/changes/stream/follow.ts'
import type { Change, ChangeStream, ReadFrom } from '../../gateway/changes/stream/stream.ts'
import { encodeId } from '../../maps/identity.ts'
import { type Lockstep, startLockstep, write } from './lockstep.ts'
import { COMPANY, line, order, startTrade, type Trade } from './trade.ts'

const LIMITS = { entriesMax: 1_000, bytesMax: 10_000_000 }

/** The next changes after a position, as many as are wanted, and where they end. */
async function next(stream: ChangeStream, from: ReadFrom, count: number) {
  const stop = new AbortController()
  const changes: Change[] = []
  let position = ''
  for await (const answer of follow(stream, { from, ...LIMITS, signal: stop.signal })) {
    if (answer.read !== 'PAGE') throw new Error(`No page but ${answer.read}`)
    changes.push(...answer.entries.map(({ change }) => change))
    position = answer.next
    if (changes.length >= count) stop.abort()
  }
  return { changes, after: { after: position } }
}

async function native(client: GraphQLClient, mutation: string): Promise<void> {
  const { payload } = await client.request<{ payload: { errors: readonly unknown[] } }>(
    `mutation { payload: ${mutation} { errors { message } } }`,
  )
  expect(payload.errors).toEqual([])
}

const told = ({ operation, entity, systems, revision }: Change) =>
  `${operation} ${entity} ${revision} ${systems.join()}`

describe('Whatever is written', () => {
  let trade: Trade
  beforeAll(async () => {
    trade = await startTrade()
  })
  afterAll(() => trade.stop())

  it('arrives in the change stream once and in order, by whichever door it came', async () => {
    const { app, graph, crm, erp, customer, create } = trade
    await customer('C-1', { salesTaxGroup: 'FULL' })
    const begin = await next(app.changes, 'OLDEST', 7)
    expect(begin.changes.map(told)).toEqual([
      ...['Currency', 'Currency', 'CustomerGroup', 'Unit', 'Product', 'Product', 'Customer'].map(
        (entity) => `CREATE ${entity} 1 CRM,ERP`,
      ),
    ])
    const id = encodeId('Customer', [COMPANY, 'C-1'])
    expect(begin.changes.at(-1)).toMatchObject({
      ...{ id, company: COMPANY, origin: 'GRAPH', before: null },
      after: { name: 'Customer C-1', group: encodeId('CustomerGroup', [COMPANY, 'TRADE']), salesTaxGroup: 'FULL' },
    })

    // Tables without a map, and records that no map holds, publish nothing.
    await native(crm, `createTasks(input: { msdyn_company: "${COMPANY}", msdyn_tasknumber: "1", subject: "Call" })`)
    const lead = 'accountnumber: "LEAD", name: "Lead", customertypecode: 8'
    await native(crm, `createAccounts(input: { msdyn_company: "${COMPANY}", ${lead} })`)
    const account = `msdyn_company: "${COMPANY}", accountnumber: "C-1"`
    await native(crm, `updateAccounts(${account}, input: { name: "By the CRM" })`)
    const held = `dataAreaId: "${COMPANY}", CustomerAccount: "C-1"`
    await native(erp, `updateCustomersV3(${held}, input: { SalesDistrict: "North" })`)
    await write(graph, 'updateCustomer', { id, input: { phone: '1', leadSource: 'WEB' } })
    const own = await next(app.changes, begin.after, 3)
    expect(own.changes.map((change) => [told(change), change.origin, change.changedFields])).toEqual([
      ['UPDATE Customer 2 CRM,ERP', 'CRM', ['name']],
      ['UPDATE Customer 2 ERP', 'ERP', ['salesDistrict']],
      ['UPDATE Customer 3 CRM,ERP', 'GRAPH', ['phone', 'leadSource']],
    ])

    const { id: orderId } = await create(
      'SalesOrder',
      order('C-1', [line('P-1', '1', '10.00'), line('P-2', '2', '2.50')]),
    )
    const update = { lines: { update: [{ lineNumber: 2, quantity: '4' }], delete: [1] } }
    await write(graph, 'updateSalesOrder', { id: orderId ?? '', input: update })
    await write(graph, 'deleteSalesOrder', { id: orderId ?? '' })
    const orders = await next(app.changes, own.after, 8)
    expect(orders.changes.map(({ operation, entity }) => `${operation} ${entity}`).toSorted()).toEqual([
      ...['CREATE SalesOrder', 'CREATE SalesOrderLine', 'CREATE SalesOrderLine'],
      ...['DELETE SalesOrder', 'DELETE SalesOrderLine', 'DELETE SalesOrderLine'],
      ...['UPDATE SalesOrder', 'UPDATE SalesOrderLine'],
    ])
    const pieces = orders.changes.filter(
      ({ transactionId }, at) => orders.changes[at - 1]?.transactionId !== transactionId,
    )
    expect(pieces.map(({ transactionId }) => transactionId)).toHaveLength(3)
  })

  it('can be read in the graph when its change arrives', async () => {
    const { app, graph, customer } = trade
    const { after } = await next(app.changes, 'NEWEST', 0)
    for (let number = 0; number < 10; number += 1) {
      const arriving = next(app.changes, { after: after.after }, number + 1)
      const writing = customer(`N-${number}`, { salesTaxGroup: 'FULL' })
      const { changes } = await arriving
      const query = 'query ($id: ID!) { customer(id: $id) { name salesTaxGroup revision } }'
      const { customer: read } = await graph.request<{ customer: unknown }>(query, { id: changes.at(-1)?.id })
      expect(read).toEqual({ name: `Customer N-${number}`, salesTaxGroup: 'FULL', revision: 1 })
      await writing
    }
  })
})

describe('A Lockstep that is started again', () => {
  let directory: string
  let lockstep: Lockstep | null = null
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-again-'))
  })
  afterAll(async () => {
    await lockstep?.stop()
    await rm(directory, { recursive: true })
  })

  it('publishes what was written while nobody published, and nothing twice', async () => {
    const start = () => startLockstep({ dataDirectory: directory, sampleData: false })
    const unit = (running: Lockstep, symbol: string) =>
      write(running.graph, 'createUnit', { input: { symbol, description: symbol } })
    lockstep = await start()
    await unit(lockstep, 'A')
    await lockstep.stop()
    lockstep = await start()
    await unit(lockstep, 'B')
    const before = await next(lockstep.app.changes, 'OLDEST', 2)
    await lockstep.stop()
    await rm(join(directory, 'gateway.sqlite'))
    lockstep = await start()
    const { changes } = await next(lockstep.app.changes, 'OLDEST', 2)
    expect(changes).toEqual(before.changes)
    expect(changes.map(({ after }) => after?.['symbol'])).toEqual(['A', 'B'])
  })
})
