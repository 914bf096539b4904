/**
 * Makes a failing world smaller for as long as it breaks the same promise: fewer requests, fewer faults, fairer weather
 * (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002, in its simplest form).
 */

import { gatewayName } from './cluster/cluster.ts'
import type { Invariant } from './invariants/broken.ts'
import { simulate } from './simulate.ts'
import { CALM, CALM_DISK, type Operation, type Scenario } from './workload/scenario.ts'

/** What chance does while the requests and faults are the same. */
const SEEDS = 4
const RUNS_MAX = 1_500

export async function shrink(failing: Scenario, invariant: Invariant): Promise<Scenario> {
  let runs = 0
  const stillFails = async (candidate: Scenario): Promise<Scenario | null> => {
    for (let turn = 0; turn < SEEDS && runs < RUNS_MAX; turn += 1) {
      runs += 1
      const scenario = { ...candidate, seed: candidate.seed + turn }
      const { broken } = await simulate(scenario)
      if (broken?.invariant === invariant) return scenario
    }
    return null
  }

  let smallest = failing
  for (let before: Scenario | null = null; before !== smallest; ) {
    before = smallest
    for (const candidate of simpler(smallest)) {
      const found = await stillFails(candidate)
      if (found === null) continue
      smallest = found
      break
    }
  }
  return smallest
}

/** The boldest first. */
function* simpler(scenario: Scenario): Generator<Scenario> {
  for (const operations of withoutSome(scenario.operations)) yield { ...scenario, operations }
  for (const faults of withoutSome(scenario.faults)) yield { ...scenario, faults }
  for (const crashes of withoutSome(scenario.crashes)) yield { ...scenario, crashes }
  const { weather, disk, skewMs, operations, gateways } = scenario
  if (gateways > 1) yield withGateways(scenario, gateways - 1)
  const early = operations[0]?.at ?? 0
  if (early > 0) yield { ...scenario, operations: operations.map((one) => ({ ...one, at: one.at - early })) }
  for (const [index, operation] of operations.entries()) {
    const simplest: Operation = { ...operation, at: early, via: 'GRAPH', idempotencyKey: null }
    for (const part of ['at', 'via', 'idempotencyKey'] as const) {
      if (operation[part] === simplest[part]) continue
      yield { ...scenario, operations: operations.with(index, { ...operation, [part]: simplest[part] }) }
    }
  }
  if (weather !== CALM) yield { ...scenario, weather: CALM }
  if (disk !== CALM_DISK) yield { ...scenario, disk: CALM_DISK }
  if (skewMs.some((ms) => ms !== 0)) yield { ...scenario, skewMs: skewMs.map(() => 0) }
  if (weather.loss > 0) yield { ...scenario, weather: { ...weather, loss: 0 } }
  if (weather.repeat > 0) yield { ...scenario, weather: { ...weather, repeat: 0 } }
  if (weather.late > 0) yield { ...scenario, weather: { ...weather, late: 0 } }
}

function withGateways(scenario: Scenario, gateways: number): Scenario {
  const gone = gatewayName(gateways)
  return {
    ...scenario,
    gateways,
    operations: scenario.operations.map((one) => ({ ...one, gateway: one.gateway % gateways })),
    faults: scenario.faults.filter((fault) =>
      fault.fault === 'CUT' ? !fault.ways.some((way) => way.includes(gone)) : fault.process !== gone,
    ),
  }
}

/** Without a half, a quarter, … and at last without each single one. */
function* withoutSome<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < items.length; from += size) yield items.toSpliced(from, size)
  }
}
