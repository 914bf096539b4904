import { createClient as createEventClient } from 'graphql-sse'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { askedOutbox } from '../../gateway/changes/relay/participant-outbox.ts'
import { createPublished } from '../../gateway/changes/relay/published.ts'
import { clockOf } from '../../gateway/environment.ts'
import { write } from './lockstep.ts'
import { type Message, type Subscriber, subscribe, subscribed } from './subscriber.ts'
import { COMPANY, line, order, startTrade, type Trade } from './trade.ts'

let trade: Trade
const open: Subscriber[] = []
beforeAll(async () => {
  trade = await startTrade()
  await trade.customer('C-1')
}, 60_000)
afterAll(async () => {
  await Promise.all(open.map((subscriber) => subscriber.close()))
  await trade.stop()
})

/** A write is answered before it is in the stream: a subscriber is to hear only of what comes after. */
async function written(): Promise<void> {
  const clock = clockOf({ clock: Date.now, random: Math.random })
  const { changes, systems } = trade.app
  const outboxes = systems.map(({ participant }) => askedOutbox(participant, clock))
  await createPublished({ stream: changes, outboxes, clock, withinMs: 30_000 })(new AbortController().signal)
}

async function following(field: string, selection: string): Promise<Subscriber> {
  await written()
  const subscriber = await subscribed(trade.url, field, selection)
  open.push(subscriber)
  return subscriber
}

const WRITTEN = 'transactionId entity id operation origin systems revision changedFields before after'
const changeOf = (type: string, selection = '') => `... on ${type} { ${WRITTEN} ${selection} }`
const CHANGES = changeOf('Change')

async function inCrm(mutation: string): Promise<void> {
  const { payload } = await trade.crm.request<{ payload: { errors: readonly object[] } }>(
    `mutation { payload: ${mutation} { errors { code message path } } }`,
  )
  expect(payload.errors).toEqual([])
}

async function inErp(mutation: string): Promise<void> {
  const { payload } = await trade.erp.request<{ payload: { errors: readonly object[] } }>(
    `mutation { payload: ${mutation} { errors { code message path } } }`,
  )
  expect(payload.errors).toEqual([])
}

describe('a subscription to orders', () => {
  it('follows one through both systems, with the fields of both as they stand', async () => {
    const shown = 'salesOrder { number status totalAmount headerCharges customer { ... on Customer { name } } }'
    const orders = await following('salesOrderChanged', changeOf('SalesOrderChange', shown))
    await inCrm(`createSalesorders(input: { msdyn_company: "${COMPANY}", msdyn_salesordernumber: "F-1",
      msdyn_ordertype: 192350000, customerid: "C-1", customeridtype: account, transactioncurrencyid: "USD",
      salesorderdetails: [{ productid: "P-1", quantity: "3", priceperunit: "10.00" }] })`)
    expect(await orders.next()).toMatchObject({
      ...{ operation: 'CREATE', origin: 'CRM', systems: ['CRM', 'ERP'], revision: 1, before: null },
      salesOrder: { number: 'F-1', status: 'ACTIVE', totalAmount: '30.00', customer: { name: 'Customer C-1' } },
    })
    await inErp(`updateSalesOrderHeaders(dataAreaId: "${COMPANY}", SalesOrderNumber: "F-1",
      input: { SalesOrderProcessingStatus: Confirmed, HeaderChargesAmount: "9.50" })`)
    const confirmed = await orders.next()
    expect(confirmed).toMatchObject({
      ...{ operation: 'UPDATE', origin: 'ERP', revision: 2 },
      before: { totalAmount: '30.00' },
      after: { totalAmount: '39.50' },
      salesOrder: { totalAmount: '39.50', headerCharges: '9.50' },
    })
    expect(confirmed['changedFields']).toEqual(expect.arrayContaining(['totalAmount', 'headerCharges']))
  })

  it('hears nothing of a write that was refused', async () => {
    const orders = await following('salesOrderChanged', changeOf('SalesOrderChange'))
    const refused = await write(trade.graph, 'createSalesOrder', {
      input: order('C-1', [line('P-0', '1', '1.00')], { number: 'R-1' }),
    })
    expect(refused.errors).toMatchObject([{ system: 'CRM' }, { system: 'ERP' }])
    await trade.create('SalesOrder', order('C-1', [line('P-1', '1', '1.00')], { number: 'R-2' }))
    expect(await orders.next()).toMatchObject({ after: { number: 'R-2' } })
  })
})

describe('a subscription to everything', () => {
  it('gets the records of one transaction next to each other', async () => {
    const changes = await following('changes', CHANGES)
    await trade.create('SalesOrder', order('C-1', [line('P-1', '1', '1.00'), line('P-2', '2', '1.00')]))
    const [first, second, third] = await changes.take(3)
    expect([first, second, third].map((change) => change?.['entity']).sort()).toEqual([
      'SalesOrder',
      'SalesOrderLine',
      'SalesOrderLine',
    ])
    expect(new Set([first, second, third].map((change) => change?.['transactionId'])).size).toBe(1)
  })

  it('gets each of many rows that were written at once, and none that was refused', async () => {
    const changes = await following('changes', CHANGES)
    const rows = ['B-1', 'B-2', 'B-3'].map((number, index) => ({
      ...{ entity: 'Customer', operation: 'UPSERT' as const, id: null, expectedRevision: null },
      input: { company: COMPANY, number, name: number, group: { code: index === 1 ? 'NOBODY' : 'TRADE' } },
    }))
    const options = { actor: null, origin: 'GRAPH' as const, idempotencyKey: null, timeoutMs: null, dryRun: false }
    const outcomes = await trade.app.sync.writeRows({ rows, ...options })
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['CREATED', 'FAILED', 'CREATED'])
    expect(await changes.take(2)).toMatchObject([
      { operation: 'CREATE', systems: ['CRM', 'ERP'], after: { number: 'B-1' } },
      { operation: 'CREATE', systems: ['CRM', 'ERP'], after: { number: 'B-3' } },
    ])
  })

  it('gets each row that an import writes, in its origin, and none that failed', async () => {
    const changes = await following('changes', CHANGES)
    const rows = ['I-1', 'I-2', 'I-3'].map((number) => ({
      ...{ company: COMPANY, number, name: number, group: { code: number === 'I-2' ? 'NOBODY' : 'TRADE' } },
    }))
    const { bulkImport } = await trade.graph.request<{ bulkImport: { errors: readonly object[] } }>(
      'mutation ($input: BulkImportInput!) { bulkImport(input: $input) { errors { code message path } } }',
      { input: { entity: 'Customer', source: { rows } } },
    )
    expect(bulkImport.errors).toEqual([])
    const imported = (number: string) =>
      expect.objectContaining({
        ...{ entity: 'Customer', operation: 'CREATE', origin: 'IMPORT', systems: ['CRM', 'ERP'], revision: 1 },
        ...{ before: null, after: expect.objectContaining({ company: COMPANY, number, name: number }) },
      })
    expect(await changes.take(2)).toEqual(expect.arrayContaining([imported('I-1'), imported('I-3')]))
    await trade.customer('I-4')
    expect(await changes.next()).toMatchObject({ origin: 'GRAPH', after: { number: 'I-4' } })
  })

  it('hears of a write to what one system alone holds, which leaves the revision as it is', async () => {
    const { id } = await trade.customer('OWN-1')
    const changes = await following('changes', CHANGES)
    await write(trade.graph, 'updateCustomer', { id: id ?? '', input: { salesTaxGroup: 'FULL' } })
    expect(await changes.next()).toMatchObject({
      ...{ entity: 'Customer', id, systems: ['ERP'], revision: 1, changedFields: ['salesTaxGroup'] },
      after: { salesTaxGroup: 'FULL' },
    })
  })

  it('tells a record that comes to match the filter, and one that ceases to', async () => {
    const { id } = await trade.customer('LIMIT-1', { creditLimit: '10.00' })
    const filter = '{ entities: ["Customer"], values: [{ field: "creditLimit", in: ["20.00"] }] }'
    const rich = await following(
      `changes(filter: ${filter})`,
      '... on Change { id entered after } ... on LeftFilter { id before after }',
    )
    for (const creditLimit of ['15.00', '20.00', '30.00']) {
      await write(trade.graph, 'updateCustomer', { id: id ?? '', input: { creditLimit } })
    }
    expect(await rich.take(2)).toMatchObject([
      { __typename: 'Change', id, entered: true, after: { creditLimit: '20.00' } },
      { __typename: 'LeftFilter', id, before: { creditLimit: '20.00' }, after: { creditLimit: '30.00' } },
    ])
  })

  it('misses no write of one system to a record that matches by what the other one holds', async () => {
    const { id } = await trade.customer('SIDE-1', { salesTaxGroup: 'FULL' })
    const filter = '{ entities: ["Customer"], values: [{ field: "salesTaxGroup", in: ["FULL"] }] }'
    const taxed = await following(`changes(filter: ${filter})`, '... on Change { id systems entered after }')
    await write(trade.graph, 'updateCustomer', { id: id ?? '', input: { leadSource: 'WEB' } })
    expect(await taxed.next()).toMatchObject({ id, systems: ['CRM'], entered: false, after: { leadSource: 'WEB' } })
  })

  it('shows the records that are there before the changes where a snapshot is asked for', async () => {
    const { id } = await trade.customer('SNAP-1', { name: 'Before' })
    const shown = 'customer { name group { code } }'
    const customers = await following(
      `customerChanged(id: "${id}", snapshot: true)`,
      `${changeOf('CustomerChange', shown)} ... on CustomerSnapshotRow { id revision ${shown} }`,
    )
    expect(await customers.next()).toMatchObject({
      ...{ __typename: 'CustomerSnapshotRow', id, revision: 1 },
      customer: { name: 'Before', group: { code: 'TRADE' } },
    })
    await write(trade.graph, 'updateCustomer', { id: id ?? '', input: { name: 'After' } })
    expect(await customers.next()).toMatchObject({ __typename: 'CustomerChange', customer: { name: 'After' } })
  })
})

describe('a client that was cut off', () => {
  it('goes on after the last cursor that it got, and misses nothing', async () => {
    const customers = await following('customerChanged', changeOf('CustomerChange'))
    await trade.customer('CUT-1')
    const { cursor } = await customers.next()
    customers.cut()
    await trade.customer('CUT-2')
    await trade.customer('CUT-3')
    const again = await following(`customerChanged(after: "${cursor}")`, changeOf('CustomerChange'))
    expect(await again.take(2)).toMatchObject([{ after: { number: 'CUT-2' } }, { after: { number: 'CUT-3' } }])
  })

  it('goes on over server-sent events after the last event that it got, without another word', async () => {
    const query = 'subscription { customerChanged { __typename ... on CustomerChange { after } } }'
    const listening = async (lastEventId: string | null) => {
      const leaving = new AbortController()
      const { body } = await fetch(`${trade.url}/graphql/stream`, {
        method: 'POST',
        headers: {
          ...{ accept: 'text/event-stream', 'content-type': 'application/json' },
          ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
        },
        body: JSON.stringify({ query }),
        signal: leaving.signal,
      })
      const events = eventsIn(body ?? new ReadableStream())
      return { next: async () => (await events.next()).value, leave: () => leaving.abort() }
    }
    await written()
    const first = await listening(null)
    expect(await first.next()).toMatchObject({ message: { __typename: 'StreamOpened' } })
    await trade.customer('SSE-1')
    const last = await first.next()
    expect(last).toMatchObject({ message: { after: { number: 'SSE-1' } } })
    first.leave()
    await trade.customer('SSE-2')
    const again = await listening(last?.id ?? null)
    expect(await again.next()).toMatchObject({ message: { __typename: 'StreamOpened' } })
    expect(await again.next()).toMatchObject({ message: { after: { number: 'SSE-2' } } })
    again.leave()
  })

  it.each(['garbage', '', 'MA', 'é'.repeat(300)])('is told that %j is no cursor', async (after) => {
    const refused = subscribe(trade.url, `changes(after: ${JSON.stringify(after)})`)
    open.push(refused)
    await expect(refused.next()).rejects.toThrow('CURSOR_INVALID')
  })
})

interface ReceivedEvent {
  readonly id: string
  readonly message: unknown
}

async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<ReceivedEvent, undefined> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    const complete = text.split('\n\n')
    text = complete.pop() ?? ''
    for (const event of complete) {
      const { id, data } = /^id: (?<id>.+)\ndata: (?<data>.+)$/m.exec(event)?.groups ?? {}
      if (id !== undefined && data !== undefined) yield { id, message: JSON.parse(data).data.customerChanged }
    }
  }
}

describe('queries and mutations', () => {
  const request = { query: 'mutation { deleteCustomer(id: "none") { errors { code } } }' }
  const refused = { data: { deleteCustomer: { errors: [{ code: 'NOT_FOUND' }] } } }

  it('are answered over a WebSocket', async () => {
    const client = createClient({ url: `${trade.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket })
    expect(await client.iterate(request).next()).toMatchObject({ value: refused })
    await client.dispose()
  })

  it('are answered over server-sent events', async () => {
    const client = createEventClient({ url: `${trade.url}/graphql/stream` })
    expect(await client.iterate(request).next()).toMatchObject({ value: refused })
    client.dispose()
  })
})

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: Message }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
}

async function pageAfter(after: string | null, first: number): Promise<Page> {
  const { changes } = await trade.graph.request<{ changes: Page }>(
    `query($after: String, $first: Int) { changes(after: $after, first: $first) {
      edges { cursor node { __typename cursor ${CHANGES} } } pageInfo { hasNextPage endCursor } } }`,
    { after, first },
  )
  return changes
}

describe('the stream read page by page', () => {
  it('holds what a subscription from the beginning tells, in the same order', async () => {
    const read: Message[] = []
    for (let after: string | null = null; ; ) {
      const { edges, pageInfo } = await pageAfter(after, 7)
      read.push(...edges.map(({ node }) => node))
      after = pageInfo.endCursor
      if (!pageInfo.hasNextPage) break
    }
    const changes = await following('changes(from: HEAD)', CHANGES)
    expect(await changes.take(read.length)).toEqual(read)
    expect(read.length).toBeGreaterThan(20)
  })

  it('hands over to a subscription where it ends', async () => {
    let { pageInfo } = await pageAfter(null, 500)
    while (pageInfo.hasNextPage) ({ pageInfo } = await pageAfter(pageInfo.endCursor, 500))
    await trade.customer('HAND-1')
    const changes = await following(`changes(after: "${pageInfo.endCursor}")`, CHANGES)
    expect(await changes.next()).toMatchObject({ entity: 'Customer', after: { number: 'HAND-1' } })
  })
})
