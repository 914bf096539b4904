/** Short worlds without chance, in each of which every single effect is made the last one of its process. */

import type { Change } from '../workload/change.ts'
import { CALM, CALM_DISK, type Fault, type Operation, type Scenario } from '../workload/scenario.ts'

export interface Story {
  readonly name: string
  readonly scenario: Omit<Scenario, 'survival'>
}

const TIMEOUT_MS = 400

const operation = (change: Change, more: Partial<Operation> = {}): Operation => ({
  ...{ at: 0, client: 0, gateway: 0, via: 'GRAPH', idempotencyKey: null, timeoutMs: TIMEOUT_MS, change },
  ...more,
})

const set = (value: string | null, more: Partial<Operation> = {}) =>
  operation({ change: 'SET', key: 'r0', value, isCareful: false }, more)
const order = (lines: readonly number[] | null, more: Partial<Operation> = {}) =>
  operation({ change: 'ORDER', key: 'o0', customer: 'c0', lines }, more)
const transfer = (amount: number, more: Partial<Operation> = {}) =>
  operation({ change: 'TRANSFER', from: 'a0', to: 'a1', amount }, more)

const STORIES: readonly {
  readonly name: string
  readonly operations: readonly Operation[]
  readonly faults?: readonly Fault[]
}[] = [
  { name: 'a commit', operations: [set('one')] },
  { name: 'a refusal', operations: [transfer(500)] },
  { name: 'a lock conflict', operations: [set('one'), set('two', { client: 1, gateway: 1, at: 2 })] },
  {
    name: 'a timeout',
    operations: [set('one'), set('two', { client: 1, gateway: 1, at: 600 })],
    faults: [{ fault: 'CUT', at: 3, from: 'gateway 0', to: 'ERP', isBothWays: false, forMs: 500 }],
  },
  {
    name: 'a retry with the same key',
    operations: [
      set('one', { idempotencyKey: 'key' }),
      set('one', { idempotencyKey: 'key', client: 1, gateway: 1, at: 3 }),
    ],
    faults: [{ fault: 'CUT', at: 1, from: 'gateway 0', to: 'client', isBothWays: false, forMs: 100 }],
  },
  {
    name: 'a restart',
    operations: [set('one', { idempotencyKey: 'key' }), transfer(10, { client: 1, gateway: 1, at: 2 })],
    faults: [{ fault: 'CRASH', at: 6, process: 'ERP', downMs: 20 }],
  },
  { name: 'native writes', operations: [set('one', { via: 'CRM' }), transfer(10, { via: 'ERP', client: 1 })] },
  { name: 'an order and its end', operations: [order([10, 20]), order([5]), order(null)] },
]

/** Each twice: with every part in a process of its own, and all in one. */
export function stories(): readonly Story[] {
  return (['APART', 'TOGETHER'] as const).flatMap((placement) => {
    const gateways = placement === 'APART' ? 2 : 1
    return STORIES.map(({ name, operations, faults = [] }) => ({
      name: `${name}, ${placement === 'APART' ? 'four processes' : 'one process'}`,
      scenario: {
        ...{ seed: 1, placement, gateways, mapSets: 1, weather: CALM, disk: CALM_DISK, skewMs: [] },
        operations: operations.map((one) => ({ ...one, gateway: one.gateway % gateways })),
        faults: faults.filter((fault) => placement === 'APART' || fault.fault !== 'CUT' || fault.to === 'client'),
      },
    }))
  })
}
