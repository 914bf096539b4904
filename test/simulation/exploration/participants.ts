/**
 * A participant as the protocol specifies it: one row for each transaction id, and the moves that the row allows. It acts
 * first, then forces, then answers. What is not forced is lost in a crash; who waits for a lock is held in memory alone.
 *
 * A group of several acts and one force need not be told apart from each act with a force of its own: nobody sees what
 * lies between them, and a group that is lost is a group that has not begun, for its requests may come again. So a
 * participant has at most one act that is not forced. Nor has the answer to an act to be told apart from the answer to
 * its repeat after the force.
 */

import {
  type Behaviour,
  force,
  type Holding,
  isForced,
  isSame,
  type Row,
  rowOf,
  withoutWait,
  withRefusals,
  withRow,
} from './holding.ts'
import { type AnswerName, areSame, type Request, subsets } from './language.ts'
import { askForLock, freeLock } from './locking.ts'
import type { Situation } from './situations.ts'

/** What may become of a holding, and the situations that this is. */
export interface Change {
  readonly to: Holding
  readonly situations: readonly Situation[]
}

/** What a participant does of itself. TIMEOUT and COLLECT break its promises. */
export type Stir = 'FORCE' | 'EXPIRY' | 'TIMEOUT' | 'COLLECT'

const NOBODY = { leftOut: [], refuses: [] } as const

/** Every change that a request may cause; none where it finds nothing to do. */
export function act(behaviour: Behaviour, holding: Holding, attempt: number, request: Request): readonly Change[] {
  if (!isForced(behaviour, holding)) return []
  const row = rowOf(behaviour, holding, attempt)
  switch (request.step) {
    case 'PREPARE': {
      if (row !== null || holding.waiting.includes(attempt)) return []
      return noted(behaviour, prepare(behaviour, holding, attempt, []))
    }
    case 'FENCE':
      return row === null && behaviour.promises.fenceInserts
        ? noted(behaviour, [fence(behaviour, holding, attempt)])
        : []
    case 'COMMIT':
      return row?.state === 'PREPARED' && row.leftOut.every((member) => request.leftOut.includes(member))
        ? noted(behaviour, end(behaviour, holding, { ...row, state: 'COMMITTED', leftOut: request.leftOut }))
        : []
    case 'ABORT':
      return row?.state === 'PREPARED'
        ? noted(behaviour, end(behaviour, holding, { ...row, state: 'ABORTED', why: 'TOLD', ...NOBODY }))
        : []
    default:
      return request.step satisfies never
  }
}

export function stir(behaviour: Behaviour, holding: Holding): readonly (Change & { readonly stir: Stir })[] {
  if (!isForced(behaviour, holding)) {
    return [{ stir: 'FORCE', to: withRefusals(behaviour, force(behaviour, holding)), situations: [] }]
  }
  const expiries = holding.waiting.map((attempt) => ({
    stir: 'EXPIRY' as const,
    to: aborted(behaviour, withoutWait(holding, attempt), attempt, 'LOCKED'),
    situations: ['a wait is over before the lock is free'] as const,
  }))
  return [...expiries, ...broken(behaviour, holding)]
}

/** Null where a crash takes nothing. */
export function crash(holding: Holding): Change | null {
  const to = { ...holding, current: holding.forced, waiting: [] }
  if (holding.waiting.length > 0) return { to, situations: ['a crash forgets a wait'] }
  const isWhole = holding.current.every((row, transaction) => isSame(row, holding.forced[transaction] ?? null))
  return isWhole ? null : { to, situations: ['a crash takes an act along that was not forced'] }
}

/** What a request is answered that changes nothing; null for no answer. */
export function answer(
  behaviour: Behaviour,
  holding: Holding,
  attempt: number,
  { step, leftOut }: Request,
): AnswerName | null {
  const { promises } = behaviour
  if (!isForced(behaviour, holding) && promises.answersAfterForce) return null
  const row = rowOf(behaviour, holding, attempt)
  if (row === null) {
    if (step === 'FENCE' && !promises.fenceInserts) return 'FENCED_ABORTED'
    return step === 'ABORT' && !holding.waiting.includes(attempt) ? 'ABORT_DONE' : null
  }
  const isForeign = row.attempt !== attempt && promises.tellsPlansApart
  switch (step) {
    case 'PREPARE':
      if (isForeign) return 'FOREIGN'
      return row.state === 'ABORTED' ? 'NO' : `YES_${row.state}`
    case 'FENCE':
      return isForeign ? 'FENCED_FOREIGN' : `FENCED_${row.state}`
    case 'COMMIT':
      return row.state === 'COMMITTED' && areSame(row.leftOut, leftOut) ? 'COMMIT_DONE' : null
    case 'ABORT':
      return row.state === 'ABORTED' ? 'ABORT_DONE' : null
    default:
      return step satisfies never
  }
}

/** It may refuse at any time, for rules and records of which nothing is known here; `again` are asked after it. */
function prepare(behaviour: Behaviour, holding: Holding, attempt: number, again: readonly number[]): readonly Change[] {
  const refused = aborted(behaviour, holding, attempt, 'REFUSED')
  const [accepted, ...partly] = subsets(behaviour.members)
    .filter(({ length }) => length === 0 || length < behaviour.members)
    .map((some) => accept(behaviour, holding, attempt, some))
  if (accepted === undefined) throw new RangeError('somebody can always be refused nothing')
  if (!behaviour.hasLock) return [accepted, ...partly, refused].map((to) => ({ to, situations: [] }))

  const asked = askForLock(behaviour, holding, attempt)
  const no = askAgain(behaviour, refused, again, [])
  switch (asked.answer) {
    case 'GRANTED':
      return [...askAgain(behaviour, accepted, [...again, ...asked.displaced], []), ...no]
    case 'WAIT': {
      const waits = { ...holding, waiting: [...holding.waiting, attempt] }
      return [...askAgain(behaviour, waits, again, ['a prepare waits for a lock']), ...no]
    }
    case 'DIE': {
      const dies = aborted(behaviour, holding, attempt, 'LOCKED')
      return [...askAgain(behaviour, dies, again, ['a younger one is refused rather than let wait']), ...no]
    }
    default:
      return asked satisfies never
  }
}

/** `refuses`: members of a batch, but not all of them. */
function accept(behaviour: Behaviour, holding: Holding, attempt: number, refuses: readonly number[]): Holding {
  const row: Row = { state: 'PREPARED', attempt, why: null, leftOut: refuses, refuses }
  return withRow(holding, transactionOf(behaviour, attempt), row)
}

function askAgain(
  behaviour: Behaviour,
  holding: Holding,
  [attempt, ...rest]: readonly number[],
  situations: readonly Situation[],
): readonly Change[] {
  if (attempt === undefined) return [{ to: holding, situations }]
  if (!holding.waiting.includes(attempt)) return askAgain(behaviour, holding, rest, situations)
  return prepare(behaviour, withoutWait(holding, attempt), attempt, rest).map(({ to }) => ({
    to,
    situations: [...situations, ...endOfWait(rowOf(behaviour, to, attempt))],
  }))
}

function endOfWait(row: Row | null): readonly Situation[] {
  if (row?.state === 'PREPARED') return ['a lock is freed and who waited takes it']
  return row?.why === 'REFUSED' ? ['a lock is freed and who waited is refused for another reason'] : []
}

function fence(behaviour: Behaviour, holding: Holding, attempt: number): Change {
  const to = aborted(behaviour, withoutWait(holding, attempt), attempt, 'FENCED')
  const hasWaited = holding.waiting.includes(attempt)
  return { to, situations: [hasWaited ? 'a fence ends a wait' : 'a fence comes before the prepare'] }
}

function end(behaviour: Behaviour, holding: Holding, ended: Row): readonly Change[] {
  const awakened = behaviour.hasLock ? freeLock(behaviour, holding, ended.attempt) : []
  return askAgain(behaviour, withRow(holding, transactionOf(behaviour, ended.attempt), ended), awakened, [])
}

function broken(behaviour: Behaviour, holding: Holding): readonly (Change & { readonly stir: Stir })[] {
  const { keepsItsYes, keepsItsRows } = behaviour.promises
  const changes: (Change & { readonly stir: Stir })[] = []
  for (const [transaction, row] of holding.current.entries()) {
    if (row?.state === 'PREPARED' && !keepsItsYes) {
      const to = withRow(holding, transaction, { ...row, state: 'ABORTED', why: 'TOLD', ...NOBODY })
      changes.push({ stir: 'TIMEOUT', to, situations: [] })
    }
    if (row?.state === 'ABORTED' && !keepsItsRows) {
      changes.push({ stir: 'COLLECT', to: withRow(holding, transaction, null), situations: [] })
    }
  }
  return changes
}

function aborted(behaviour: Behaviour, holding: Holding, attempt: number, why: Row['why']): Holding {
  return withRow(holding, transactionOf(behaviour, attempt), { state: 'ABORTED', attempt, why, ...NOBODY })
}

function noted(behaviour: Behaviour, changes: readonly Change[]): readonly Change[] {
  return changes.map((change) => ({ ...change, to: withRefusals(behaviour, change.to) }))
}

function transactionOf({ attempts }: Behaviour, attempt: number): number {
  return attempts[attempt] ?? 0
}
