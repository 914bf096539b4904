/**
 * Exhaustive exploration of the protocol core: the very functions that the gateway runs, and the participants' lock
 * table, in a small world in which everything happens that can happen, in every order. What is modelled besides them is
 * the specified participant (`participants.ts`), the network (`layout.ts`) and the shell around the core
 * (`successors.ts`).
 */

import type { Model } from './model.ts'
import { type Bound, modelsOf } from './models.ts'
import { search, type Violation } from './search.ts'

export type { Bound } from './models.ts'
export { QUICK } from './models.ts'

export interface Exploration {
  readonly model: string
  readonly states: number
  readonly transitions: number
  /** Steps to the state that is farthest from the start. */
  readonly depth: number
  readonly milliseconds: number
  /** The first that was found, by a shortest way; the model was then not explored any further. */
  readonly violation: Violation | null
  /** How many transitions met each rare situation. */
  readonly situations: Readonly<Record<string, number>>
  /** Situations that the model should meet and did not. */
  readonly neverReached: readonly string[]
}

export interface ExploreOptions {
  /** SHORT takes seconds, LONG minutes and gigabytes. */
  readonly bound: Bound
  /** Names of models; left out for all of the bound. */
  readonly models?: readonly string[]
}

/** Throws a RangeError for a name that no model of the bound has. */
export function explore({ bound, models }: ExploreOptions): Exploration[] {
  const known = modelsOf(bound)
  if (models === undefined) return known.map(exploreModel)
  return models.map((name) => {
    const model = known.find((other) => other.name === name)
    if (model === undefined) throw new RangeError(`no ${bound} model is called ${name}`)
    return exploreModel(model)
  })
}

export function exploreModel(model: Model): Exploration {
  const begun = performance.now()
  const { met, ...found } = search(model)
  return {
    model: model.name,
    ...found,
    milliseconds: Math.round(performance.now() - begun),
    situations: Object.fromEntries(met),
    neverReached: model.situations.filter((situation) => !met.has(situation)),
  }
}
