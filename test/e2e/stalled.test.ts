import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLog } from '../../schema/process/log.ts'
import { startSubscribers } from '../bench/subscribers.ts'
import { type Lockstep, startLockstep, write } from './lockstep.ts'
import { type Message, subscribe, subscribed, subscribeToEvents } from './subscriber.ts'

const MIB = 1_024 * 1_024
const CUSTOMERS = 50
/** As much as the notes of a customer take, in characters of three bytes. */
const MEMO = '界'.repeat(1_000)
/** So much of each change that the network cannot keep what is sent to a client that does not read. */
const MANY_TIMES = Array.from({ length: 25 }, (_, index) => `after${index}: after`).join(' ')

const UPDATE = `mutation($operations: [TransactOperation!]!) { transact(operations: $operations) { transaction { state } } }`

interface Customers {
  readonly ids: readonly string[]
  /** Changes all of them in one transaction, `rounds` times. */
  change(rounds: number): Promise<void>
}

async function createCustomers({ graph }: Lockstep): Promise<Customers> {
  const ids: string[] = []
  for (let index = 0; index < CUSTOMERS; index += 1) {
    const input = { company: 'usmf', number: `STALL-${index}`, name: 'Stalled', group: { code: 'RETAIL' }, memo: MEMO }
    const { id } = await write(graph, 'createCustomer', { input })
    if (id === null) throw new Error('the customer has no id')
    ids.push(id)
  }
  let count = 0
  return {
    ids,
    async change(rounds) {
      for (let round = 0; round < rounds; round += 1) {
        count += 1
        const input = { memo: `${count} ${MEMO.slice(10)}` }
        const operations = ids.map((id) => ({ updateCustomer: { id, input } }))
        const { transact } = await graph.request<{ transact: unknown }>(UPDATE, { operations })
        expect(transact).toEqual({ transaction: { state: 'COMMITTED' } })
      }
    },
  }
}

/** Of this thread, after what nobody holds has been collected, some of which only the next turns let go. */
async function heapBytes(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  for (let turn = 0; turn < 5; turn += 1) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

describe('One client of a thousand that does not read', () => {
  const OTHERS = 999
  const EVENTS = 5
  const ROUNDS = 30
  const crowd = startSubscribers()
  let lockstep: Lockstep
  let customers: Customers
  beforeAll(async () => {
    // It is to be there in the end, however long that takes.
    lockstep = await startLockstep({ subscriberSlowMs: 600_000 })
    customers = await createCustomers(lockstep)
  }, 60_000)
  afterAll(async () => {
    await crowd.close()
    await lockstep.stop()
  })

  /** A great deal is written, of which the others get a little: each time before anything else is written. */
  const written = async (group: string): Promise<void> => {
    for (let event = 0; event < EVENTS; event += 1) {
      await customers.change(ROUNDS / EVENTS)
      const input = { description: `${event}` }
      await write(lockstep.graph, 'updateCustomerGroup', { id: group, input })
      const { events } = await crowd.delivered(OTHERS)
      expect(events).toBe(OTHERS)
    }
  }

  it('costs less than 2 MiB, while all writes are answered, and all others have each before the next one begins', async () => {
    const input = { company: 'usmf', code: 'CROWD', description: 'Followed by many' }
    const { id } = await write(lockstep.graph, 'createCustomerGroup', { input })
    const query = `subscription { changes(filter: { ids: ["${id}"] }) { __typename ... on Change { id at } } }`
    await crowd.subscribe({ url: `${lockstep.url.replace('http', 'ws')}/graphql`, count: OTHERS, queries: [query] })
    await written(id ?? '')
    const before = await heapBytes()
    const filter = `filter: { ids: ${JSON.stringify(customers.ids)} }`
    const stalled = await subscribed(lockstep.url, `changes(${filter})`, `... on Change { ${MANY_TIMES} }`)
    stalled.stall()
    await written(id ?? '')
    const cost = (await heapBytes()) - before
    expect(cost).toBeLessThan(2 * MIB)
    stalled.cut()
  }, 120_000)
})

describe('One client of a thousand that all follow the same', () => {
  const OTHERS = 999
  /** In which more is written than the network and a window keep. */
  const ROUNDS = 6
  const crowd = startSubscribers()
  let lockstep: Lockstep
  let customers: Customers
  beforeAll(async () => {
    // It is to be there in the end, however long that takes.
    lockstep = await startLockstep({ subscriberSlowMs: 600_000 })
    customers = await createCustomers(lockstep)
  }, 60_000)
  afterAll(async () => {
    await crowd.close()
    await lockstep.stop()
  })

  /** Each round when all others have got the one before, so that they stay together whatever the machine does besides. */
  const written = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      await customers.change(1)
      const { events } = await crowd.delivered(OTHERS * CUSTOMERS)
      expect(events).toBe(OTHERS * CUSTOMERS)
    }
  }

  it('and does not read costs less than 2 MiB, while the others get all, and gets all itself when it reads on', async () => {
    const field = `changes(filter: { ids: ${JSON.stringify(customers.ids)} })`
    const query = `subscription { ${field} { __typename ... on Change { id at } } }`
    await crowd.subscribe({ url: `${lockstep.url.replace('http', 'ws')}/graphql`, count: OTHERS, queries: [query] })
    await written(2)
    const before = await heapBytes()
    // More of each change than the others, so that the network cannot keep it.
    const stalled = await subscribed(lockstep.url, field, `... on Change { ${MANY_TIMES} }`)
    stalled.stall()
    await written(ROUNDS)
    expect((await heapBytes()) - before).toBeLessThan(2 * MIB)
    stalled.readOn()
    expect(await stalled.take(ROUNDS * CUSTOMERS)).toHaveLength(ROUNDS * CUSTOMERS)
    await stalled.close()
  }, 240_000)
})

describe('A client that stopped reading and reads on', () => {
  const SLOW_MS = 2_000
  let lockstep: Lockstep
  let customers: Customers
  let ended = Promise.withResolvers<void>()
  beforeAll(async () => {
    const log = createLog('info', {
      write: (line) => {
        if (line.includes('too slow')) ended.resolve()
      },
    })
    lockstep = await startLockstep({ subscriberSlowMs: SLOW_MS }, log)
    customers = await createCustomers(lockstep)
  }, 60_000)
  afterAll(() => lockstep.stop())

  const ROUNDS = 4
  const field = (more: string) => `changes(filter: { ids: ${JSON.stringify(customers.ids)} }${more})`
  const selection = `... on Change { transactionId id ${MANY_TIMES} }`

  /** All writes are answered, although nobody takes what they publish. */
  const stalledLongEnough = async () => {
    ended = Promise.withResolvers()
    await customers.change(ROUNDS)
    await ended.promise
  }

  /** Who goes on from the cursor gets the rest. */
  const expectTheRest = async (taken: readonly Message[], cursor: unknown) => {
    expect(cursor).toBe(taken.at(-1)?.cursor)
    const again = await subscribed(lockstep.url, field(`, after: "${cursor}"`), '... on Change { transactionId id }')
    const rest = await again.take(ROUNDS * CUSTOMERS - taken.length)
    await again.close()
    const written = [...taken, ...rest].map((change) => `${change['transactionId']} ${change['id']}`)
    expect(new Set(written).size).toBe(ROUNDS * CUSTOMERS)
  }

  it.each([
    ['a WebSocket', subscribe],
    ['server-sent events', subscribeToEvents],
  ])(
    'over %s is told SLOW_CONSUMER and the last cursor, and goes on there',
    async (_name, how) => {
      const client = await subscribed(lockstep.url, field(''), selection, how)
      client.stall()
      await stalledLongEnough()
      client.readOn()
      const taken: Message[] = []
      const takeAll = async (): Promise<never> => {
        for (;;) taken.push(await client.next())
      }
      const [{ extensions }] = await takeAll().catch((error: Error) => JSON.parse(error.message))
      expect(extensions).toMatchObject({ code: 'SLOW_CONSUMER' })
      await expectTheRest(taken, extensions.cursor)
      await client.close()
    },
    60_000,
  )
})
