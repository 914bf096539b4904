/** Short worlds without chance, in each of which every single effect is made the last one of its process. */

import { UNFIT } from '../cluster/tables.ts'
import type { Situation } from '../situations.ts'
import type { Change } from '../workload/change.ts'
import { CALM, CALM_DISK, CLIENT, type Fault, type Operation, type Scenario } from '../workload/scenario.ts'

export interface Story {
  readonly name: string
  /** What it is told for: met whenever nobody dies. */
  readonly meets: readonly Situation[]
  readonly scenario: Omit<Scenario, 'survival' | 'crashes'>
}

interface Draft {
  readonly name: string
  readonly meets: readonly Situation[]
  readonly operations: readonly Operation[]
  readonly faults?: readonly Fault[]
  /** Where a host of its own for everything needs another fault for the same story. */
  readonly faultsTogether?: readonly Fault[]
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
const name = (more: Partial<Operation> = {}) => operation({ change: 'NAME', key: 'n0', name: 'Ada', owner: 'c0' }, more)
const limit = (more: Partial<Operation> = {}) => operation({ change: 'CUSTOMER', key: 'c0', limit: 50 }, more)
/** Of its members the CRM refuses the second, and the ERP the last. */
const batch = (more: Partial<Operation> = {}) => {
  const register = (key: string, value: string) => ({ change: 'SET', key, value, isCareful: false }) as const
  const ada = { change: 'NAME', key: 'n0', name: 'Ada', owner: 'c0' } as const
  const overdraft = { change: 'TRANSFER', from: 'a0', to: 'a1', amount: 500 } as const
  return operation({ change: 'BATCH', members: [register('r0', 'one'), register('r1', UNFIT), ada, overdraft] }, more)
}

const DRAFTS: readonly Draft[] = [
  { name: 'a commit', meets: [], operations: [set('one')] },
  { name: 'a refusal', meets: ['an overdraft was refused'], operations: [transfer(500)] },
  {
    name: 'a lock conflict',
    meets: ['a prepare was refused for a lock'],
    operations: [name(), limit({ client: 1, gateway: 1 })],
  },
  {
    name: 'a timeout',
    meets: ['a caller was told that it is not known yet'],
    operations: [set('one'), set('two', { client: 1, gateway: 1, at: 1_200 })],
    faults: [{ fault: 'CUT', at: 5, ways: [['gateway 0', 'ERP']], forMs: 1_000 }],
    faultsTogether: [{ fault: 'DISK_FULL', at: 3, process: 'ERP', forMs: 1_000 }],
  },
  {
    name: 'a retry with the same key',
    meets: ['a request was answered from its first making'],
    operations: [set('one', { idempotencyKey: 'key' })],
    faults: [{ fault: 'CUT', at: 1, ways: [['gateway 0', CLIENT]], forMs: 1_000 }],
  },
  {
    name: 'a restart',
    meets: ['a process died and came back', 'a transfer committed'],
    operations: [
      set('one', { idempotencyKey: 'key' }),
      transfer(10, { client: 1, gateway: 1, at: 2 }),
      transfer(20, { client: 2, gateway: 1, at: 5_000 }),
    ],
    faults: [{ fault: 'CRASH', at: 6, process: 'ERP', downMs: 20 }],
  },
  {
    name: 'native writes',
    meets: ['a native write of the CRM committed', 'a native write of the ERP committed'],
    operations: [set('one', { via: 'CRM' }), transfer(10, { via: 'ERP', client: 1 })],
  },
  {
    name: 'an order and its end',
    meets: ['an order with its lines committed'],
    operations: [order([10, 20]), order([5]), order(null)],
  },
  {
    name: 'a batch of which each system refuses a member',
    meets: ['a batch committed without members that each system refused'],
    operations: [batch({ idempotencyKey: 'key' })],
  },
]

/** Each twice: with every part in a process of its own, and all in one. */
export function stories(): readonly Story[] {
  return DRAFTS.flatMap((draft) => [apart(draft), together(draft)])
}

const COMMON = { seed: 1, mapSets: 1, weather: CALM, disk: CALM_DISK, skewMs: [] }

function apart({ name, meets, operations, faults = [] }: Draft): Story {
  const scenario = { ...COMMON, placement: 'APART', gateways: 2, operations, faults } as const
  return { name: `${name}, four processes`, meets, scenario }
}

function together({ name, meets, operations, faults = [], faultsTogether = faults }: Draft): Story {
  const atOne = operations.map((one) => ({ ...one, gateway: 0 }))
  const scenario = { ...COMMON, placement: 'TOGETHER', gateways: 1, operations: atOne, faults: faultsTogether } as const
  return { name: `${name}, one process`, meets, scenario }
}
