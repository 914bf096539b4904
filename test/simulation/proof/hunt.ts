/** Looks for a mutant, which has taken its place in this process already, in each of the three ways of this proof. */

import { crashEverywhere } from '../crash-points/crash-points.ts'
import { explore, QUICK } from '../exploration/explore.ts'
import type { Invariant } from '../invariants/broken.ts'
import { draw } from './draw.ts'

export interface Hunt {
  readonly mutant: string
  /** Empty for a mutant that gets away. */
  readonly catches: readonly Catch[]
}

export type Catch =
  | { readonly by: 'DRAWING'; readonly seed: number; readonly invariant: Invariant; readonly detail: string }
  | { readonly by: 'EXPLORATION'; readonly model: string; readonly property: string; readonly steps: number }
  | { readonly by: 'CRASH_POINTS'; readonly story: string; readonly invariant: Invariant }

const SEEDS = 2_500

/** Stops at the first catch, unless it is to tell `everyWay`. */
export async function hunt(mutant: string, everyWay: boolean): Promise<Hunt> {
  const catches: Catch[] = []
  for (const way of [drawing, exploring, crashing]) {
    if (catches.length === 0 || everyWay) catches.push(...(await way()))
  }
  return { mutant, catches }
}

async function drawing(): Promise<readonly Catch[]> {
  const { failure } = await draw({ from: 1, count: SEEDS, until: null })
  return failure === null ? [] : [{ by: 'DRAWING', seed: failure.seed, ...failure.broken }]
}

async function exploring(): Promise<readonly Catch[]> {
  const found = explore({ bound: 'SHORT', models: QUICK }).flatMap(({ model, violation }) =>
    violation === null
      ? []
      : [{ by: 'EXPLORATION' as const, model, property: violation.property, steps: violation.steps.length }],
  )
  return found.sort((one, other) => one.steps - other.steps).slice(0, 1)
}

async function crashing(): Promise<readonly Catch[]> {
  const { failure } = await crashEverywhere({ of: 'SINGLES', share: { index: 0, of: 1 }, until: null })
  return failure === null ? [] : [{ by: 'CRASH_POINTS', story: failure.story, invariant: failure.broken.invariant }]
}
