/**
 * Effects: everything a process does that others could ever see (a write to its disk, a force, a message, an answer). A
 * process can be made to die right before or right after any of them.
 */

import type { Process } from './schedule.ts'

/** Thrown out of a process that has just died. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

export interface CrashPoint {
  /** Effects are numbered from 1. */
  readonly effect: number
  readonly when: 'BEFORE' | 'AFTER'
}

export interface Effect {
  readonly process: string
  readonly what: string
}

export class Effects {
  /** In the order of their numbers, from the last `arm` on; kept only where it is asked for. */
  readonly seen: Effect[] = []
  #count = 0
  #points: readonly CrashPoint[] = []
  #isKept = false
  readonly #crash: (process: Process) => void

  constructor(crash: (process: Process) => void) {
    this.#crash = crash
  }

  /** Numbers effects from now on. */
  arm(points: readonly CrashPoint[], isKept: boolean): void {
    this.#count = 0
    this.#points = points
    this.#isKept = isKept
  }

  /** No process dies of an effect any longer. */
  disarm(): void {
    this.#points = []
    this.#isKept = false
  }

  /** Does it, unless the process dies first. Throws a {@link Crash} out of a process that dies or is dead. */
  take<T>(process: Process, what: () => string, act: () => T): T {
    if (!process.alive) throw new Crash(process.name)
    if (process.isClient) return act()
    this.#count += 1
    if (this.#isKept) this.seen.push({ process: process.name, what: what() })
    if (this.#points.length === 0) return act()
    const number = this.#count
    this.#dieAt(process, number, 'BEFORE')
    const result = act()
    this.#dieAt(process, number, 'AFTER')
    return result
  }

  #dieAt(process: Process, number: number, when: CrashPoint['when']): void {
    if (!this.#points.some((point) => point.effect === number && point.when === when)) return
    this.#crash(process)
    throw new Crash(process.name)
  }
}

/** A process that dies while it works is just dead: nobody hears of it. */
export function act(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof Crash)) throw error
  }
}
