/** The pieces of work that a proof is made of. Each runs in a process of its own and answers with a report. */

import type { CrashReport } from '../crash-points/crash-points.ts'
import type { Exploration } from '../exploration/explore.ts'
import type { DrawReport } from './draw.ts'
import type { Hunt } from './hunt.ts'

/** Milliseconds since the epoch: begin nothing new after it. Null: never. */
type Until = { readonly until: number | null }

export type Task =
  | ({ readonly task: 'DRAW'; readonly from: number; readonly count: number } & Until)
  | { readonly task: 'EXPLORE'; readonly bound: 'SHORT' | 'LONG' }
  | ({
      readonly task: 'CRASH'
      readonly of: 'SINGLES' | 'PAIRS'
      readonly share: { readonly index: number; readonly of: number }
    } & Until)
  | { readonly task: 'HUNT'; readonly mutant: string; readonly everyWay: boolean }

export interface Reports {
  readonly DRAW: DrawReport
  readonly EXPLORE: readonly Exploration[]
  readonly CRASH: CrashReport
  readonly HUNT: Hunt
}
