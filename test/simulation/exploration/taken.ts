/** The steps by which one state follows another. */

import type { Machine } from './layout.ts'
import type { Stir } from './participants.ts'
import type { Situation } from './situations.ts'

export type Action =
  /** A request arrives and is acted upon. */
  | { readonly action: 'ACT'; readonly system: number; readonly attempt: number; readonly request: number }
  | { readonly action: 'STIR'; readonly system: number; readonly stir: Stir }
  | { readonly action: 'CRASH'; readonly system: number }
  /** Everything under way to and from these systems is lost. From then on nothing goes wrong any more. */
  | { readonly action: 'CALM'; readonly systems: readonly number[] }
  | { readonly action: 'HEAR'; readonly machine: Machine; readonly system: number; readonly signal: number }
  | { readonly action: 'DEADLINE_PASSES'; readonly attempt: number }
  | { readonly action: 'HEAR_DEADLINE'; readonly machine: Machine }
  | { readonly action: 'RESOLVE'; readonly machine: Machine }
  | { readonly action: 'GIVE_UP'; readonly machine: Machine }
  | { readonly action: 'DIE'; readonly machine: Machine }

export interface Taken {
  readonly action: Action
  readonly situations: readonly Situation[]
  /** Whether it comes of itself, with nothing lost and nobody crashed. */
  readonly isProgress: boolean
  /** What no step may ever do, if this one does it. */
  readonly fault: string | null
}
