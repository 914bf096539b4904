/** Proof by drawing: worlds from seeds, one after the other, and what they met. */

import { type Broken, describe } from '../invariants/broken.ts'
import { shrink } from '../shrink.ts'
import { type Simulation, simulate } from '../simulate.ts'
import { type Coverage, noCoverage, SITUATIONS } from '../situations.ts'
import { CALM, drawScenario } from '../workload/scenario.ts'

export interface DrawReport {
  /** The first seed. */
  readonly from: number
  readonly worlds: number
  readonly transactions: number
  readonly seconds: number
  /** Of all runs together: the same for the same seeds. */
  readonly fingerprint: number
  readonly coverage: Coverage
  readonly failure: Failure | null
}

export interface Failure {
  readonly seed: number
  readonly broken: Broken
}

export interface DrawOptions {
  readonly from: number
  readonly count: number
  /** Milliseconds since the epoch; no world begins later. */
  readonly until: number | null
}

/** Stops at the first failure. */
export async function draw({ from, count, until }: DrawOptions): Promise<DrawReport> {
  const begin = performance.now()
  const coverage = noCoverage()
  let worlds = 0
  let transactions = 0
  let fingerprint = 0
  let failure: Failure | null = null
  while (worlds < count && failure === null && (until === null || Date.now() < until)) {
    const seed = from + worlds
    const simulation = await simulate(drawScenario(seed))
    worlds += 1
    transactions += simulation.transactions
    fingerprint = (Math.imul(fingerprint, 31) + simulation.fingerprint) >>> 0
    for (const situation of SITUATIONS) coverage[situation] += simulation.coverage[situation]
    if (simulation.broken !== null) failure = { seed, broken: simulation.broken }
  }
  const seconds = (performance.now() - begin) / 1_000
  return { from, worlds, transactions, seconds, fingerprint, coverage, failure }
}

/** One seed again, told as a story; a failure is made as short as it can be. */
export async function replay(seed: number): Promise<{ readonly story: string; readonly broken: Broken | null }> {
  const scenario = drawScenario(seed)
  const { broken } = await simulate(scenario)
  if (broken === null) {
    const story = tell(await simulate(scenario, { isTold: true }))
    return { story: `${story}\nSeed ${seed} breaks nothing. It is one world of many.`, broken }
  }
  const shortest = await shrink(scenario, broken.invariant)
  const again = await simulate(shortest, { isTold: true })
  const enough = [
    `${shortest.operations.length} of ${scenario.operations.length} requests`,
    `${shortest.faults.length + shortest.crashes.length} of ${scenario.faults.length + scenario.crashes.length} faults`,
    shortest.weather === CALM ? 'calm weather' : 'messages that are lost or late',
  ]
  const story = `Seed ${seed}\n${describe(again.broken ?? broken)}\n${enough.join(', ')} are enough:\n${tell(again)}`
  return { story, broken }
}

function tell({ trace }: Simulation): string {
  return trace.map((line) => `  ${line}`).join('\n')
}
