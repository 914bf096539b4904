/** What it takes to tell subscribers of a change: delay, events a second, memory, and what a shared execution saves. */

import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { encodeId } from '../../maps/identity.ts'
import { print } from './measure.ts'
import type { Rig } from './rig.ts'
import { quantile } from './statistics.ts'
import { type Subscribers, startSubscribers } from './subscribers.ts'

const NUMBER = 'BENCH-STREAM'
const CROWDS = [1, 100, 1_000]
const WARM_UP_EVENTS = 50
const DELAY_EVENTS = 200
/** More than wait for one subscriber at most. */
const BURST_EVENTS = 2_000
const SHARED_CROWD = 100

/** Fields of both systems, and of a record beside it. */
const fields = (name: string) => `id ${name}: memo name creditLimit salesTaxGroup leadSource group { code description }`
const selection = (name: string) => `subscription { customerChanged { __typename ... on CustomerChange {
  at revision customer { ${fields(name)} } } } }`

export async function measureChanges(rig: Rig): Promise<void> {
  const subscribers = startSubscribers()
  try {
    await write(rig, 0)
    print('', 'Changes', '-------')
    for (const count of CROWDS) await measureCrowd(rig, subscribers, count)
    await measureSharing(rig, subscribers)
  } finally {
    await subscribers.close()
  }
}

async function measureCrowd(rig: Rig, subscribers: Subscribers, count: number): Promise<void> {
  await subscribers.subscribe({ url: rig.changesUrl, count: 0, queries: [] })
  const before = heapBytes()
  await subscribers.subscribe({ url: rig.changesUrl, count, queries: [selection('memo')] })
  const idle = (heapBytes() - before) / count

  const delays: number[] = []
  for (let event = 0; event < WARM_UP_EVENTS + DELAY_EVENTS; event += 1) {
    await write(rig, event)
    const delivered = await subscribers.delivered(count)
    if (event >= WARM_UP_EVENTS) delays.push(...delivered.delays)
  }
  const begun = performance.now()
  const arrived = subscribers.delivered(BURST_EVENTS * count)
  for (let event = 0; event < BURST_EVENTS; event += 1) await write(rig, event)
  await arrived
  const perSecond = (BURST_EVENTS * count * 1_000) / (performance.now() - begun)
  print(
    `${String(count).padStart(5)} subscribers of one selection: commit to client p50 ${quantile(delays, 0.5).toFixed(1)} ms, ` +
      `p99 ${quantile(delays, 0.99).toFixed(1)} ms; ${perSecond.toFixed(0)} events delivered a second while one client ` +
      `writes${count === 1 ? '' : `; ${(idle / 1_024).toFixed(1)} KiB for each idle subscriber`}`,
  )
}

/** The time of the server's own thread for one change, told to subscribers who select the same, and who do not. */
async function measureSharing(rig: Rig, subscribers: Subscribers): Promise<void> {
  const same = [selection('memo')]
  const different = Array.from({ length: SHARED_CROWD }, (_, index) => selection(`memo${index}`))
  await subscribers.subscribe({ url: rig.changesUrl, count: 0, queries: [] })
  const alone = await busyMs(rig, async () => {})
  for (const [name, queries] of [
    ['the same', same],
    ['each another', different],
  ] as const) {
    await subscribers.subscribe({ url: rig.changesUrl, count: SHARED_CROWD, queries })
    const busy = await busyMs(rig, () => subscribers.delivered(SHARED_CROWD))
    print(`${SHARED_CROWD} subscribers who select ${name}: ${(busy - alone).toFixed(2)} ms of the server for a change`)
  }
  await subscribers.subscribe({ url: rig.changesUrl, count: 0, queries: [] })
  const asked = await busyMs(rig, () => Promise.all(different.map((_, index) => ask(rig, fields(`memo${index}`)))))
  print(`${SHARED_CROWD} queries for the same fields instead: ${(asked - alone).toFixed(2)} ms`)
}

/** The other way to resolve a change: a query for the record, which the caller's subscription is turned into. */
async function ask({ app: { graph } }: Rig, selected: string): Promise<void> {
  const request = {
    query: `query Twin($id: ID!) { customer(id: $id) { ${selected} } }`,
    variables: { id: encodeId('Customer', ['usmf', NUMBER]) },
  }
  const { body } = await graph.server.executeOperation(request, { contextValue: graph.context(null) })
  if (body.kind !== 'single' || body.singleResult.errors !== undefined) throw new Error(JSON.stringify(body))
}

async function busyMs(rig: Rig, untilTold: () => Promise<unknown>): Promise<number> {
  for (let event = 0; event < WARM_UP_EVENTS; event += 1) {
    await write(rig, event)
    await untilTold()
  }
  const before = performance.eventLoopUtilization()
  for (let event = 0; event < DELAY_EVENTS; event += 1) {
    await write(rig, event)
    await untilTold()
  }
  return performance.eventLoopUtilization(before).active / DELAY_EVENTS
}

async function write({ app }: Rig, turn: number): Promise<void> {
  const options = { idempotencyKey: null, expectedRevision: null, timeoutMs: null, dryRun: false }
  const id = encodeId('Customer', ['usmf', NUMBER])
  const input = {
    company: 'usmf',
    number: NUMBER,
    name: 'Bench',
    memo: `turn ${turn} ${Date.now()}`,
    group: { code: 'RETAIL' },
  }
  const { errors } = await app.sync.write({
    entity: 'Customer',
    operation: 'UPSERT',
    id: null,
    input,
    actor: null,
    options,
  })
  if (errors.length > 0) throw new Error(`${id}: ${JSON.stringify(errors)}`)
}

/** Of this thread, after what nobody holds has been collected. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
