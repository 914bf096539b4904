/**
 * `npm run bench`: what a dual write costs against plain writes on the same stores, and a federated read against a
 * bare gateway. Rounds take turns, so that a machine that slows down slows all of them.
 */

import { encodeId } from '../../maps/identity.ts'
import type { System } from '../../schema/participant.ts'
import { type LoadGenerator, type Measured, startLoadGenerator } from './client.ts'
import { type Rig, startRig } from './rig.ts'
import { median, quantile, ratio } from './statistics.ts'

const ROUNDS = 7
const CLIENTS = 64
const LONE_REQUESTS = 300
const CROWD_REQUESTS = 3_000
const WARM_UP_REQUESTS = 600

/** More than clients, so that those of one moment write different records. */
const CUSTOMERS = Array.from({ length: 2 * CLIENTS }, (_, at) => `BENCH-${at}`)

interface Contender {
  readonly name: string
  readonly url: string
  readonly bodies: readonly string[]
  readonly wanted: string
}

interface Figures {
  /** Medians of the rounds, milliseconds. */
  readonly latency: number[]
  /** Requests a second, one a round. */
  readonly throughput: number[]
}

function write(mutation: string, errors: string): readonly string[] {
  const selection = `{ customer { id name memo revision } ${errors} }`
  return CUSTOMERS.map((number) =>
    JSON.stringify({
      query: `mutation Write($id: ID!, $memo: String!) { ${mutation} ${selection} }`,
      variables: { id: encodeId('Customer', ['usmf', number]), memo: 'turn {{turn}}' },
    }),
  )
}

const READ = JSON.stringify({
  query: `query { customers(first: 10, orderBy: [{ field: NUMBER }]) { totalCount edges { node {
    id number name creditLimit leadSource salesTaxGroup revision group { code description } } } } }`,
})

async function createCustomers({ app }: Rig): Promise<void> {
  const options = { idempotencyKey: null, expectedRevision: null, timeoutMs: null, dryRun: false }
  for (const number of CUSTOMERS) {
    const input = { company: 'usmf', number, name: number, group: { code: 'RETAIL' } }
    const write = { entity: 'Customer', operation: 'UPSERT', id: null, input, actor: null, options } as const
    const { errors } = await app.sync.write(write)
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
  }
}

async function measure(load: LoadGenerator, contenders: readonly Contender[]): Promise<ReadonlyMap<string, Figures>> {
  const figures = new Map<string, Figures>(contenders.map(({ name }) => [name, { latency: [], throughput: [] }]))
  for (const { url, bodies, wanted } of contenders) {
    checked(await load.run({ url, bodies, wanted, clients: CLIENTS, requests: WARM_UP_REQUESTS }))
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed()
    for (const { name, url, bodies, wanted } of order) {
      const lone = checked(await load.run({ url, bodies, wanted, clients: 1, requests: LONE_REQUESTS }))
      const crowd = checked(await load.run({ url, bodies, wanted, clients: CLIENTS, requests: CROWD_REQUESTS }))
      figures.get(name)?.latency.push(median(lone.latencies))
      figures.get(name)?.throughput.push((crowd.latencies.length / crowd.elapsedMs) * 1_000)
    }
  }
  return figures
}

function checked(measured: Measured): Measured {
  if (measured.fault !== null) throw new Error(`an answer was not what was wanted: ${measured.fault}`)
  return measured
}

/** Forced writes of each system while 64 clients write to both, for each transaction. */
async function forcesPerTransaction(
  load: LoadGenerator,
  rig: Rig,
  dual: Contender,
): Promise<ReadonlyMap<System, number>> {
  const read = () => Promise.all(rig.app.systems.map(({ participant }) => participant.statistics()))
  const before = await read()
  checked(await load.run({ ...dual, clients: CLIENTS, requests: CROWD_REQUESTS }))
  const after = await read()
  return new Map(
    rig.app.systems.map(({ system }, at) => {
      const forces = (after[at]?.forces ?? 0) - (before[at]?.forces ?? 0)
      const committed = (after[at]?.committed ?? 0) - (before[at]?.committed ?? 0)
      return [system, forces / committed]
    }),
  )
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

function figuresOf(all: ReadonlyMap<string, Figures>, name: string): Figures {
  return all.get(name) ?? { latency: [], throughput: [] }
}

function report(title: string, all: ReadonlyMap<string, Figures>, subject: string): void {
  print('', title, `${'-'.repeat(title.length)}`)
  for (const [name, { latency, throughput }] of all) {
    print(
      `${name.padEnd(44)} ${median(latency).toFixed(2)} ms at 1 client, ${median(throughput).toFixed(0)}/s at ${CLIENTS}`,
    )
  }
  const measured = figuresOf(all, subject)
  for (const name of [...all.keys()].filter((other) => other !== subject)) {
    const other = figuresOf(all, name)
    print(
      `${subject} ÷ ${name}:`,
      `  latency    ${ratio(measured.latency, other.latency)}`,
      `  throughput ${ratio(measured.throughput, other.throughput)}`,
    )
  }
}

async function main(): Promise<void> {
  const rig = await startRig()
  const load = startLoadGenerator()
  try {
    await createCustomers(rig)
    const written = (name: string, mutation: string, errors = '', wanted = '"memo":"turn '): Contender => {
      return { name, url: rig.graphUrl, bodies: write(mutation, errors), wanted }
    }
    const update = 'updateCustomer(id: $id, input: { memo: $memo })'
    const dual = written('dual write', update, 'errors { code }', '"errors":[]')
    const writes = [
      dual,
      written('one system', 'plainUpdate(id: $id, memo: $memo)'),
      written('both systems in parallel, not atomic', 'plainUpdateBoth(id: $id, memo: $memo)'),
    ]
    const reads = [
      { name: 'federated read', url: rig.graphUrl, bodies: [READ], wanted: '{"data":{"customers":' },
      { name: 'bare gateway, stock data sources', url: rig.bareUrl, bodies: [READ], wanted: '{"data":{"customers":' },
    ]
    print(`Medians of ${ROUNDS} rounds; ratios with their smallest and largest round.`)
    report('Writes', await measure(load, writes), 'dual write')
    const forces = await forcesPerTransaction(load, rig, dual)
    for (const [system, count] of forces)
      print(`forced writes a transaction in the ${system}, ${CLIENTS} clients: ${count.toFixed(3)}`)
    report('Reads', await measure(load, reads), 'federated read')
    const p99 = checked(await load.run({ ...dual, clients: CLIENTS, requests: CROWD_REQUESTS })).latencies
    print(
      '',
      `dual write at ${CLIENTS} clients: p50 ${quantile(p99, 0.5).toFixed(1)} ms, p99 ${quantile(p99, 0.99).toFixed(1)} ms`,
    )
  } finally {
    await load.close()
    await rig.close()
  }
}

await main()
