/** Breadth first over all states of a model, so that the first violation found has a shortest way to it. */

import { Graph } from './graph.ts'
import type { Model } from './model.ts'
import { brokenIn, isEnd } from './properties.ts'
import type { Situation } from './situations.ts'
import { Space } from './space.ts'
import { StateSet } from './state-set.ts'
import { visitSuccessors } from './successors.ts'
import { trace } from './trace.ts'

export interface Violation {
  readonly property: string
  /** A shortest way to it, as numbered lines. */
  readonly steps: readonly string[]
}

export interface Search {
  readonly states: number
  readonly transitions: number
  /** Steps to the state that is farthest from the start. */
  readonly depth: number
  readonly violation: Violation | null
  /** How many transitions met each situation. */
  readonly met: ReadonlyMap<Situation, number>
}

/** Ends with everything explored, or at the first violation. */
export function search(model: Model): Search {
  return new Searching(new Space(model)).run()
}

class Searching {
  readonly #space: Space
  readonly #states: StateSet
  /** For each state but the first the one that it was found from. */
  readonly #parents: number[] = [-1]
  readonly #progress = new Graph()
  readonly #met = new Map<Situation, number>()
  #transitions = 0
  #depth = 0
  #violation: Violation | null = null

  constructor(space: Space) {
    this.#space = space
    this.#states = new StateSet(space.layout.width)
  }

  run(): Search {
    this.#states.add(this.#space.start())
    for (let layerEnd = 1, number = 0; number < this.#states.size && this.#violation === null; number += 1) {
      if (number === layerEnd) {
        this.#depth += 1
        layerEnd = this.#states.size
      }
      this.#expand(number)
    }
    if (this.#violation === null) this.#violation = this.#findStuck()
    return {
      states: this.#states.size,
      transitions: this.#transitions,
      depth: this.#depth,
      violation: this.#violation,
      met: this.#met,
    }
  }

  #expand(number: number): void {
    const state = this.#states.at(number).slice()
    visitSuccessors(this.#space, state, (to, { situations, isProgress, fault }) => {
      if (this.#violation !== null) return
      this.#transitions += 1
      for (const situation of situations) this.#met.set(situation, (this.#met.get(situation) ?? 0) + 1)
      this.#space.order(to)
      const known = this.#states.size
      const next = this.#states.add(to)
      const isNew = next === known
      if (isNew) this.#parents.push(number)
      if (isProgress && next !== number) this.#progress.add(number, next)
      const property = fault ?? (isNew ? brokenIn(this.#space, to) : null)
      if (property !== null) {
        const steps = trace(this.#space, [...this.#wayTo(number), to.slice()], property)
        this.#violation = { property, steps }
      }
    })
  }

  /** A state from which no end can be reached, though nothing is lost any more. */
  #findStuck(): Violation | null {
    const reaching = this.#progress.reaching(this.#states.size, (number) => isEnd(this.#space, this.#states.at(number)))
    const stuck = reaching.indexOf(0)
    if (stuck === -1) return null
    const property = 'once nothing is lost any more, every transaction comes to an end'
    return { property, steps: trace(this.#space, this.#wayTo(stuck), property) }
  }

  #wayTo(number: number): readonly Int32Array[] {
    const way: Int32Array[] = []
    for (let at = number; at >= 0; at = this.#parents[at] ?? -1) way.push(this.#states.at(at).slice())
    return way.reverse()
  }
}
