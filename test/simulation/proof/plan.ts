/** What the short proof consists of, which every change must pass, and the long one, which is given a time. */

import { MUTANTS } from '../mutants/mutants.ts'
import type { Task } from './tasks.ts'

type TaskOf<Name extends Task['task']> = Extract<Task, { task: Name }>

/** Processes at once. */
export const AT_ONCE = 2

const SEEDS = 10_000
const SEEDS_A_TASK = 2_500
const SHARES = 4
/** So many that the time is over before they are. */
const SEEDS_WITHOUT_END = 1_000_000_000

export function drawSeeds(count = SEEDS, first = 1): readonly TaskOf<'DRAW'>[] {
  return Array.from({ length: Math.ceil(count / SEEDS_A_TASK) }, (_, index) => ({
    ...{ task: 'DRAW', from: first + index * SEEDS_A_TASK, until: null },
    count: Math.min(SEEDS_A_TASK, count - index * SEEDS_A_TASK),
  }))
}

/** One stretch of seeds for each process, far from each other. */
export function drawUntil(first: number, until: number): readonly TaskOf<'DRAW'>[] {
  return Array.from({ length: AT_ONCE }, (_, index) => ({
    ...{ task: 'DRAW', from: first + index * SEEDS_WITHOUT_END, count: SEEDS_WITHOUT_END, until },
  }))
}

export function crashPoints(of: 'SINGLES' | 'PAIRS', until: number | null): readonly TaskOf<'CRASH'>[] {
  return Array.from({ length: SHARES }, (_, index) => ({ task: 'CRASH', of, share: { index, of: SHARES }, until }))
}

export function exploration(bound: 'SHORT' | 'LONG'): readonly TaskOf<'EXPLORE'>[] {
  return [{ task: 'EXPLORE', bound }]
}

/** `everyWay`: each mutant is looked for in every way of the proof, whichever has found it already. */
export function hunts(everyWay: boolean): readonly TaskOf<'HUNT'>[] {
  return MUTANTS.map(({ name }) => ({ task: 'HUNT', mutant: name, everyWay }))
}
