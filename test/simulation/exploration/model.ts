/** What is explored: who takes part, what may go wrong, and what must have been met on the way. */

import type { System } from '../../../schema/record.ts'
import type { Promises } from './holding.ts'
import type { Core } from './machines.ts'
import type { Situation } from './situations.ts'

export interface Model {
  readonly name: string
  readonly systems: readonly System[]
  /**
   * For each attempt the place of its transaction id. Two attempts in one place have different plans. Each has a
   * coordinator and a caller of its own; the earlier one is the older.
   */
  readonly attempts: readonly number[]
  /** How many resolvers may be at work for each attempt at once. One that is gone may be followed by another. */
  readonly resolvers: number
  /** Of a batch; 0 where each attempt is at an ordinary transaction. */
  readonly members: number
  /** Whether all attempts want one and the same lock of each system. */
  readonly hasLock: boolean
  /** False: no deadline ever passes. */
  readonly deadlines: boolean
  /**
   * How many mishaps there may be in all: something that is lost, a silence before the answer, a crash. Null: no bound.
   * Messages may come late, repeated and in any order without being counted.
   */
  readonly mishaps: number | null
  /** Whether what is lost before the calm may be that of some systems alone. */
  readonly losses: 'SOME' | 'ALL'
  readonly core: Core
  readonly promises: Promises
  /** Situations that must be met, or the exploration has not gone where it matters. */
  readonly situations: readonly Situation[]
}
