/** What a dual write costs against plain writes on the same stores, and a federated read against a bare gateway. */

import { encodeId } from '../../maps/identity.ts'
import type { System } from '../../schema/record.ts'
import type { LoadGenerator } from './client.ts'
import { type Contender, checked, measure, print, report } from './measure.ts'
import type { Rig } from './rig.ts'
import { quantile } from './statistics.ts'

const CLIENTS = 64
const CROWD_REQUESTS = 3_000
const EFFORT = { rounds: 7, clients: CLIENTS, warmUpRequests: 600, loneRequests: 300, crowdRequests: CROWD_REQUESTS }

/** More than clients, so that those of one moment write different records. */
const CUSTOMERS = Array.from({ length: 2 * CLIENTS }, (_, at) => `BENCH-${at}`)

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

export async function measureRecords(load: LoadGenerator, rig: Rig): Promise<void> {
  await createCustomers(rig)
  const written = (name: string, mutation: string, errors = '', wanted = '"memo":"turn '): Contender => {
    return { name, url: rig.graphUrl, bodies: write(mutation, errors), wanted }
  }
  const dual = written(
    'dual write',
    'updateCustomer(id: $id, input: { memo: $memo })',
    'errors { code }',
    '"errors":[]',
  )
  const writes = [
    dual,
    written('one system', 'plainUpdate(id: $id, memo: $memo)'),
    written('both systems in parallel, not atomic', 'plainUpdateBoth(id: $id, memo: $memo)'),
  ]
  const reads = [
    { name: 'federated read', url: rig.graphUrl, bodies: [READ], wanted: '{"data":{"customers":' },
    { name: 'bare gateway, stock data sources', url: rig.bareUrl, bodies: [READ], wanted: '{"data":{"customers":' },
  ]
  report('Writes', await measure(load, writes, EFFORT), 'dual write')
  for (const [system, count] of await forcesPerTransaction(load, rig, dual)) {
    print(`forced writes a transaction in the ${system}, ${CLIENTS} clients: ${count.toFixed(3)}`)
  }
  report('Reads', await measure(load, reads, EFFORT), 'federated read')
  const { latencies } = checked(await load.run({ ...dual, clients: CLIENTS, requests: CROWD_REQUESTS }))
  const [half, most] = [quantile(latencies, 0.5), quantile(latencies, 0.99)].map((ms) => ms.toFixed(1))
  print('', `dual write at ${CLIENTS} clients: p50 ${half} ms, p99 ${most} ms`)
}
