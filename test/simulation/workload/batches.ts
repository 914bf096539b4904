/** Batches beside everything else that a world is about: drawn by themselves, so that the rest of it stays as it is. */

import { REFUSED_BY } from '../cluster/tables.ts'
import { type Random, randomOf } from '../kernel/random.ts'
import { HOT, type Member } from './change.ts'
import type { Operation } from './scenario.ts'

/** Sets the stream of these draws apart from the other draws of the same seed. */
const APART = 2 ** 45
/** Of worlds that know batches. */
const SHARE = 0.3
const VALUES = [null, 'batched', REFUSED_BY.CRM, REFUSED_BY.ERP, REFUSED_BY.POISON] as const

/** Sent at the same time as the world's other operations, by clients of their own. */
export function drawBatches(
  seed: number,
  { gateways, operations }: { readonly gateways: number; readonly operations: readonly Operation[] },
): readonly Operation[] {
  const random = randomOf(APART + seed)
  const [first] = operations
  if (first === undefined || !random.chance(SHARE)) return []
  const untilMs = 1 + Math.max(...operations.map(({ at }) => at))
  const clients = 1 + Math.max(...operations.map(({ client }) => client))
  const batches = Array.from(
    { length: 1 + random.below(6) },
    (_, index): Operation => ({
      at: random.below(untilMs),
      client: clients + random.below(2),
      gateway: random.below(gateways),
      via: 'GRAPH',
      idempotencyKey: random.chance(0.5) ? `batch ${index}` : null,
      timeoutMs: first.timeoutMs,
      change: { change: 'BATCH', members: drawMembers(random, index) },
    }),
  )
  const again = batches
    .filter(({ idempotencyKey }) => idempotencyKey !== null && random.chance(0.4))
    .map((batch) => ({
      ...batch,
      at: batch.at + random.below(100),
      client: clients + 2,
      gateway: random.below(gateways),
    }))
  return [...batches, ...again]
}

function drawMembers(random: Random, batch: number): readonly Member[] {
  return Array.from({ length: 2 + random.below(4) }, (_, member) => drawMember(random, `${batch}.${member}`))
}

function drawMember(random: Random, name: string): Member {
  const hot = (letter: string, count: number) => `${letter}${random.below(count)}`
  switch (random.pick(['SET', 'SET', 'TRANSFER', 'NAME', 'CUSTOMER', 'ORDER'] as const)) {
    case 'SET': {
      const value = random.pick(VALUES)
      const told = value === 'batched' ? `value ${name}` : value
      return { change: 'SET', key: hot('r', HOT.registers), value: told, isCareful: false }
    }
    case 'TRANSFER': {
      const from = random.below(HOT.accounts)
      const to = (from + 1 + random.below(HOT.accounts - 1)) % HOT.accounts
      return { change: 'TRANSFER', from: `a${from}`, to: `a${to}`, amount: 1 + random.below(60) }
    }
    case 'NAME': {
      const owner = random.chance(0.5) ? hot('c', HOT.customers) : null
      return { change: 'NAME', key: hot('n', HOT.names), name: `name ${random.below(2)}`, owner }
    }
    case 'CUSTOMER':
      return { change: 'CUSTOMER', key: hot('c', HOT.customers), limit: random.pick([50, 100, 150]) }
    case 'ORDER': {
      const order = { key: hot('o', HOT.orders), customer: hot('c', HOT.customers) }
      return { change: 'ORDER', ...order, lines: random.chance(0.3) ? null : [10 + random.below(40)] }
    }
  }
}
