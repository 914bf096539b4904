/** One simulated world, told beforehand: who asks for what and when, and what goes wrong. Drawn from a seed alone. */

import { SYSTEMS, type System } from '../../../schema/record.ts'
import { POISON, UNFIT } from '../cluster/tables.ts'
import type { CrashPoint } from '../kernel/crash.ts'
import type { Weather } from '../kernel/network.ts'
import { type Random, randomOf } from '../kernel/random.ts'
import { type BatchChange, type Change, HOT, type MemberChange } from './change.ts'

export interface Operation {
  /** Milliseconds from the beginning; a client does one after the other. */
  readonly at: number
  readonly client: number
  readonly gateway: number
  /** Where it is asked for: the graph, or a system's own API. */
  readonly via: 'GRAPH' | 'CRM' | 'ERP'
  /** Operations with the same key are one request, whoever sends it. */
  readonly idempotencyKey: string | null
  readonly timeoutMs: number
  readonly change: Change
}

export type Way = readonly [from: string, to: string]

export type Fault =
  | { readonly fault: 'CRASH'; readonly at: number; readonly process: string; readonly downMs: number }
  | { readonly fault: 'PAUSE'; readonly at: number; readonly process: string; readonly forMs: number }
  /** No message passes any of these ways, each from one process to another. */
  | { readonly fault: 'CUT'; readonly at: number; readonly ways: readonly Way[]; readonly forMs: number }
  | { readonly fault: 'DISK_FULL'; readonly at: number; readonly process: System; readonly forMs: number }

/** Probabilities for each force, and milliseconds. */
export interface DiskDraw {
  readonly refusesForce: number
  readonly forceMs: number
  readonly slow: number
  readonly slowMs: number
}

export interface Scenario {
  readonly seed: number
  /** Together: one process holds gateway and systems, so they crash as one and lose what is under way between them. */
  readonly placement: 'TOGETHER' | 'APART'
  readonly gateways: number
  /** Gateways plan by as many different sets of maps, as while these are being changed. */
  readonly mapSets: number
  readonly weather: Weather
  readonly disk: DiskDraw
  /** Whether a group that is being forced when its process dies is found complete afterwards. */
  readonly survival: 'DRAWN' | 'ALWAYS' | 'NEVER'
  readonly skewMs: readonly number[]
  readonly operations: readonly Operation[]
  readonly faults: readonly Fault[]
  /** Where processes die, counted in effects of the storm, besides the crashes among the faults. */
  readonly crashes: readonly CrashPoint[]
}

export const CALM: Weather = { loss: 0, repeat: 0, late: 0, delayMs: 3, lateMs: 3, patienceMs: 2_000 }
export const CALM_DISK: DiskDraw = { refusesForce: 0, forceMs: 1, slow: 0, slowMs: 1 }

const STORM_MS = 3_000
export const CLIENT = 'client'
/** Most worlds have so many. */
const EFFECTS = 400
export const HOURS_MS = 2 * 3_600_000
const TIMEOUTS_MS = [150, 400, 1_500] as const
export const LONGEST_DEADLINE_MS = Math.max(...TIMEOUTS_MS)

export function drawScenario(seed: number): Scenario {
  const random = randomOf(seed)
  const placement = random.chance(0.2) ? 'TOGETHER' : 'APART'
  const gateways = placement === 'TOGETHER' ? 1 : random.pick([1, 2, 2, 3])
  const processes = [...SYSTEMS, ...Array.from({ length: gateways }, (_, index) => `gateway ${index}`)]
  return {
    seed,
    placement,
    gateways,
    mapSets: random.pick([1, 1, 1, 2]),
    weather: placement === 'TOGETHER' ? CALM : drawWeather(random),
    disk: random.chance(0.3)
      ? {
          refusesForce: random.pick([0, 0.02, 0.1]),
          forceMs: random.pick([2, 10, 40]),
          slow: random.pick([0, 0.1]),
          slowMs: 600,
        }
      : CALM_DISK,
    survival: 'DRAWN',
    skewMs: processes.map(() => (random.chance(0.2) ? random.below(2_000) - 1_000 : 0)),
    operations: drawOperations(random, gateways),
    faults: random.chance(0.15) ? [] : drawFaults(random, placement, processes),
    crashes: random.chance(0.3) ? drawCrashes(random) : [],
  }
}

function drawWeather(random: Random): Weather {
  if (random.chance(0.25)) return CALM
  return {
    loss: random.pick([0, 0, 0.02, 0.1]),
    repeat: random.pick([0, 0, 0.05, 0.2]),
    late: random.pick([0, 0.05, 0.2]),
    delayMs: random.pick([3, 10]),
    lateMs: random.pick([50, 400, 2_500]),
    patienceMs: random.pick([100, 300, 1_000]),
  }
}

function drawOperations(random: Random, gateways: number): readonly Operation[] {
  const kinds = drawMix(random)
  const clients = 2 + random.below(7)
  const count = 6 + random.below(44)
  const spreadMs = random.pick([20, 200, STORM_MS])
  const timeoutMs = random.pick(TIMEOUTS_MS)
  const draw = (index: number): Operation => {
    const change = drawChange(random, random.pick(kinds), index)
    return {
      at: random.below(spreadMs),
      client: random.below(clients),
      gateway: random.below(gateways),
      via: change.change !== 'BATCH' && random.chance(0.25) ? random.pick(SYSTEMS) : 'GRAPH',
      idempotencyKey: random.chance(0.4) ? `key ${index}` : null,
      timeoutMs,
      change,
    }
  }
  const operations = Array.from({ length: count }, (_, index) => draw(index))
  // The same request once more, from another client and at another gateway; or another one under the same key.
  const repeated = operations.filter(({ idempotencyKey }) => idempotencyKey !== null && random.chance(0.25))
  const repeats = repeated.map((operation) => ({
    ...operation,
    at: operation.at + random.below(100),
    client: clients + random.below(2),
    gateway: random.below(gateways),
    change: operation.change.change !== 'NOTE' && random.chance(0.1) ? OTHER : operation.change,
  }))
  return [...operations, ...repeats].sort((one, other) => one.at - other.at)
}

const OTHER: Change = { change: 'SET', key: 'r0', value: 'other', isCareful: false }

type Kind = Exclude<Change['change'], 'PROBE'>

/** Most worlds are about one or two things, so that these meet often. */
function drawMix(random: Random): readonly Kind[] {
  return random.pick<readonly Kind[]>([
    ['SET', 'READ'],
    ['SET', 'READ', 'NOTE'],
    ['TRANSFER'],
    ['TRANSFER', 'SET', 'READ'],
    ['NAME'],
    ['NAME', 'CUSTOMER'],
    ['ORDER', 'CUSTOMER'],
    ['ORDER', 'ORDER', 'ORDER', 'CUSTOMER'],
    ['SET', 'READ', 'TRANSFER', 'NAME', 'ORDER', 'CUSTOMER', 'NOTE'],
    ['BATCH'],
    ['BATCH', 'SET', 'READ'],
    ['BATCH', 'TRANSFER', 'NAME', 'ORDER', 'CUSTOMER'],
  ])
}

function drawChange(random: Random, kind: Kind, index: number): Change {
  switch (kind) {
    case 'READ':
      return { change: 'READ', key: hot(random, 'r', HOT.registers) }
    case 'NOTE':
      return { change: 'NOTE', key: hot(random, 'r', HOT.registers), note: `note ${index}` }
    case 'BATCH':
      return drawBatch(random, index)
    default:
      return drawSynchronised(random, kind, index)
  }
}

/** The name of one of so many records. */
function hot(random: Random, letter: string, count: number): string {
  return `${letter}${random.below(count)}`
}

function drawSynchronised(random: Random, kind: MemberChange['change'], index: number): MemberChange {
  switch (kind) {
    case 'SET': {
      const value = random.chance(0.2) ? null : `value ${index}`
      return { change: 'SET', key: hot(random, 'r', HOT.registers), value, isCareful: random.chance(0.2) }
    }
    case 'TRANSFER': {
      const from = random.below(HOT.accounts)
      const to = (from + 1 + random.below(HOT.accounts - 1)) % HOT.accounts
      return { change: 'TRANSFER', from: `a${from}`, to: `a${to}`, amount: 1 + random.below(80) }
    }
    case 'NAME': {
      const name = random.chance(0.3) ? null : `name ${random.below(2)}`
      const owner = random.chance(0.6) ? hot(random, 'c', HOT.customers) : null
      return { change: 'NAME', key: hot(random, 'n', HOT.names), name, owner }
    }
    case 'CUSTOMER': {
      const limit = random.chance(0.4) ? null : random.pick([50, 100, 150])
      return { change: 'CUSTOMER', key: hot(random, 'c', HOT.customers), limit }
    }
    case 'ORDER': {
      const lines = Array.from({ length: 1 + random.below(3) }, () => 10 + random.below(40))
      const order = { key: hot(random, 'o', HOT.orders), customer: hot(random, 'c', HOT.customers) }
      return { change: 'ORDER', ...order, lines: random.chance(0.25) ? null : lines }
    }
  }
}

const MEMBER_KINDS = ['SET', 'SET', 'TRANSFER', 'NAME', 'CUSTOMER', 'ORDER'] as const
const MEMBERS_MAX = 5

function drawBatch(random: Random, index: number): BatchChange {
  const count = 1 + random.below(MEMBERS_MAX)
  const members = Array.from({ length: count }, (_, member) => drawMember(random, index * MEMBERS_MAX + member))
  return { change: 'BATCH', members }
}

function drawMember(random: Random, index: number): MemberChange {
  const kind = random.pick(MEMBER_KINDS)
  if (kind !== 'SET') return drawSynchronised(random, kind, index)
  const value = random.pick([`member ${index}`, `member ${index}`, `member ${index}`, null, UNFIT, POISON])
  return { change: 'SET', key: hot(random, 'r', HOT.registers), value, isCareful: false }
}

function drawCrashes(random: Random): readonly CrashPoint[] {
  return Array.from({ length: 1 + random.below(3) }, () => ({
    effect: 1 + random.below(EFFECTS),
    when: random.pick(['BEFORE', 'AFTER'] as const),
  }))
}

function drawFaults(random: Random, placement: Scenario['placement'], processes: readonly string[]): readonly Fault[] {
  const kinds: readonly Fault['fault'][] =
    placement === 'TOGETHER' ? ['CRASH', 'PAUSE', 'DISK_FULL'] : ['CRASH', 'CRASH', 'PAUSE', 'CUT', 'CUT', 'DISK_FULL']
  const count = 1 + random.below(5)
  const spreadMs = random.pick([60, 600, STORM_MS])
  return Array.from({ length: count }, () =>
    drawFault(random, random.pick(kinds), random.below(spreadMs), processes),
  ).sort((one, other) => one.at - other.at)
}

function drawFault(random: Random, fault: Fault['fault'], at: number, processes: readonly string[]): Fault {
  const forMs = random.pick([20, 200, 1_000, 4_000])
  switch (fault) {
    case 'CRASH':
      return {
        fault,
        at,
        process: random.pick(processes),
        downMs: random.chance(0.005) ? HOURS_MS : random.pick([1, 50, 1_000, 5_000]),
      }
    case 'PAUSE':
      return { fault, at, process: random.pick(processes), forMs }
    case 'CUT':
      return { fault, at, ways: drawWays(random, processes), forMs }
    case 'DISK_FULL':
      return { fault, at, process: random.pick(SYSTEMS), forMs }
  }
}

/** One way, both ways between two processes, or every way from and to one of them. */
function drawWays(random: Random, processes: readonly string[]): readonly Way[] {
  const ways = waysBetween(processes)
  const [from, to] = random.pick(ways)
  const isHit: (way: Way) => boolean = random.pick([
    (way) => way[0] === from && way[1] === to,
    (way) => way.includes(from) && way.includes(to),
    (way) => way.includes(from),
  ])
  return ways.filter(isHit)
}

/** Gateways talk to systems, and clients to gateways. */
function waysBetween(processes: readonly string[]): readonly Way[] {
  const gateways = processes.filter((name) => !SYSTEMS.some((system) => system === name))
  const pairs = gateways.flatMap((gateway) => [CLIENT, ...SYSTEMS].map((other): Way => [gateway, other]))
  return pairs.flatMap(([one, other]): readonly Way[] => [
    [one, other],
    [other, one],
  ])
}
