/** What a participant holds: rows, forced and not, and who waits for its lock; and what it promises about them. */

import { areSame } from './language.ts'

/** All true but for a participant that is to be caught. */
export interface Promises {
  /** Nothing is answered that a crash could take back. */
  readonly answersAfterForce: boolean
  readonly forcesRefusals: boolean
  readonly fenceInserts: boolean
  readonly tellsPlansApart: boolean
  readonly keepsItsYes: boolean
  readonly keepsItsRows: boolean
  /** False: whoever finds the lock taken waits, however young. */
  readonly refusesTheYounger: boolean
}

export const KEPT: Promises = {
  answersAfterForce: true,
  forcesRefusals: true,
  fenceInserts: true,
  tellsPlansApart: true,
  keepsItsYes: true,
  keepsItsRows: true,
  refusesTheYounger: true,
}

export interface Behaviour {
  /** For each attempt, that is for each plan under an id, the place of its id's row. The earlier attempt is the older. */
  readonly attempts: readonly number[]
  readonly promises: Promises
  /** Whether every attempt wants one and the same lock. */
  readonly hasLock: boolean
  /** Of a batch; 0 for an ordinary transaction. */
  readonly members: number
}

export interface Row {
  readonly state: 'PREPARED' | 'COMMITTED' | 'ABORTED'
  /** The attempt whose plan it holds. */
  readonly attempt: number
  readonly why: 'REFUSED' | 'LOCKED' | 'FENCED' | 'TOLD' | null
  /** Members of a batch: PREPARED those that it refuses, COMMITTED those that are not in it. */
  readonly leftOut: readonly number[]
  /** Those that it refused, whatever became of them: kept by nobody but the exploration. */
  readonly refuses: readonly number[]
}

export interface Holding {
  /** By transaction, null for nothing. What a crash leaves. */
  readonly forced: readonly (Row | null)[]
  readonly current: readonly (Row | null)[]
  /** Attempts that wait for the lock, in the order in which they asked. */
  readonly waiting: readonly number[]
  /** Attempts that have been refused: kept by nobody but the exploration. */
  readonly refused: readonly number[]
}

export function emptyHolding({ attempts }: Behaviour): Holding {
  const rows = Array.from({ length: 1 + Math.max(...attempts) }, () => null)
  return { forced: rows, current: rows, waiting: [], refused: [] }
}

export function rowOf({ attempts }: Behaviour, { current }: Holding, attempt: number): Row | null {
  return current[attempts[attempt] ?? 0] ?? null
}

export function withRow(holding: Holding, transaction: number, row: Row | null): Holding {
  return { ...holding, current: holding.current.with(transaction, row) }
}

export function withoutWait(holding: Holding, attempt: number): Holding {
  return { ...holding, waiting: holding.waiting.filter((other) => other !== attempt) }
}

/** Whether nothing is left to force. */
export function isForced({ promises }: Behaviour, { forced, current }: Holding): boolean {
  return current.every((row, index) => isSame(row, forced[index] ?? null) || isUnforcedRefusal(promises, row))
}

export function force({ promises }: Behaviour, holding: Holding): Holding {
  const forced = holding.current.map((row, index) =>
    isUnforcedRefusal(promises, row) ? (holding.forced[index] ?? null) : row,
  )
  return { ...holding, forced }
}

/** Notes which refusals may have been answered, so that it can be told later whether one of them was applied. */
export function withRefusals(behaviour: Behaviour, holding: Holding): Holding {
  if (behaviour.promises.answersAfterForce && !isForced(behaviour, holding)) return holding
  const refused = holding.current.flatMap((row) => (row?.why === 'REFUSED' ? [row.attempt] : []))
  return { ...holding, refused: [...new Set([...holding.refused, ...refused])].sort() }
}

function isUnforcedRefusal(promises: Promises, row: Row | null): boolean {
  return row?.why === 'REFUSED' && !promises.forcesRefusals
}

export function isSame(one: Row | null, other: Row | null): boolean {
  if (one === null || other === null) return one === other
  if (one.state !== other.state || one.attempt !== other.attempt || one.why !== other.why) return false
  return areSame(one.leftOut, other.leftOut) && areSame(one.refuses, other.refuses)
}
