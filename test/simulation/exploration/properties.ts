/** What holds in every state, and when everything has come to its end. */

import type { Row } from './holding.ts'
import type { Standing } from './holdings.ts'
import { isOver, isPatient } from './machines.ts'
import type { Space } from './space.ts'

type Property = readonly [promise: string, isBroken: (space: Space, state: Int32Array) => boolean]

/** Of several that are broken the first is named. */
const PROPERTIES: readonly Property[] = [
  [
    'what one participant has committed, every other has committed or promised under the same plan',
    ofAttempts((standings) => standings.includes('COMMITTED') && !standings.every(isYes)),
  ],
  [
    'a caller that was told of a refusal never finds anything committed',
    ofAttempts((standings, told) => told.startsWith('REVERT') && standings.includes('COMMITTED')),
  ],
  [
    'a caller that was told REVERTED finds it aborted everywhere',
    ofAttempts((standings, told) => told === 'REVERTED' && !standings.every(isNo)),
  ],
  [
    'a caller that was told COMMITTED finds it committed everywhere',
    ofAttempts((standings, told) => told === 'COMMITTED' && standings.some((standing) => standing !== 'COMMITTED')),
  ],
  [
    'a caller that was told COMMITTING has a yes everywhere',
    ofAttempts((standings, told) => told === 'COMMITTING' && !standings.every(isYes)),
  ],
  ['a refusal is never applied', isRefusalApplied],
  ['a member of a batch that one participant refused is committed by none', isRefusedMemberCommitted],
  ['no member of a batch is committed in one participant and left out in the other', areMembersSplit],
  ['a member of a batch is left out only where somebody refused it', isMemberLost],
  ['a caller is told of just the members that are left out', isToldOfOthers],
  ['a lock has one holder', isLockShared],
  ['the older waits for the younger alone, so that no two wait for each other', isWaitingWrong],
  ['nobody waits for a vote once its caller is answered', isVoteAwaitedLate],
]

/** The promise that a state breaks; null for none. */
export function brokenIn(space: Space, state: Int32Array): string | null {
  for (const [promise, isBroken] of PROPERTIES) if (isBroken(space, state)) return promise
  return null
}

/**
 * Every machine is done and no participant holds a yes, a lock or a wait. Where nobody resolves, a coordinator that is
 * gone is an end, too.
 */
export function isEnd(space: Space, state: Int32Array): boolean {
  if (space.layout.machines.some((machine) => space.isLive(state, machine))) return false
  if (space.model.resolvers === 0) return true
  return space.model.systems.every((_, system) => {
    const { holding, isForced } = space.holdings.entry(state[system] ?? 0)
    return isForced && holding.waiting.length === 0 && holding.current.every((row) => row?.state !== 'PREPARED')
  })
}

function ofAttempts(isBroken: (standings: readonly Standing[], told: string) => boolean): Property[1] {
  return (space, state) =>
    space.model.attempts.some((_, attempt) =>
      isBroken(space.standings(state, attempt), space.layout.told(state, attempt)),
    )
}

function isYes(standing: Standing): boolean {
  return standing === 'PREPARED' || standing === 'COMMITTED'
}

function isNo(standing: Standing): boolean {
  return standing === 'ABORTED' || standing === 'FOREIGN'
}

function isRefusalApplied(space: Space, state: Int32Array): boolean {
  return space.model.systems.some((_, system) => {
    const { refused, current } = space.holdings.entry(state[system] ?? 0).holding
    return current.some((row) => row?.state === 'COMMITTED' && refused.includes(row.attempt))
  })
}

function isLockShared(space: Space, state: Int32Array): boolean {
  if (!space.model.hasLock) return false
  return space.model.systems.some((_, system) => holders(space, state, system).length > 1)
}

function isWaitingWrong(space: Space, state: Int32Array): boolean {
  if (!space.model.hasLock) return false
  return space.model.systems.some((_, system) => {
    const { waiting } = space.holdings.entry(state[system] ?? 0).holding
    return holders(space, state, system).some((holder) => waiting.some((waiter) => waiter > holder))
  })
}

function isRefusedMemberCommitted(space: Space, state: Int32Array): boolean {
  return ofCommitted(space, state, (leftOut, rows) => rows.some(({ refused }) => (refused & ~leftOut) !== 0))
}

function areMembersSplit(space: Space, state: Int32Array): boolean {
  return ofCommitted(space, state, (leftOut, rows) =>
    rows.some((row) => row.state === 'COMMITTED' && row.leftOut !== leftOut),
  )
}

function isMemberLost(space: Space, state: Int32Array): boolean {
  return ofCommitted(space, state, (leftOut, rows) => (leftOut & ~allRefused(rows)) !== 0)
}

function isToldOfOthers(space: Space, state: Int32Array): boolean {
  const { layout, model } = space
  if (model.members === 1) return false
  return model.attempts.some((_, attempt) => {
    const isTold = layout.told(state, attempt).startsWith('COMMIT')
    return isTold && layout.toldLeftOut(state, attempt) !== allRefused(rowsOf(space, state, attempt))
  })
}

/** Whether it is so of the members that some participant has left out, given the rows of all. */
function ofCommitted(
  space: Space,
  state: Int32Array,
  isSo: (leftOut: number, rows: readonly Row[]) => boolean,
): boolean {
  const { model } = space
  if (model.members === 1) return false
  return model.attempts.some((_, attempt) => {
    const rows = rowsOf(space, state, attempt)
    return rows.some((row) => row.state === 'COMMITTED' && isSo(row.leftOut, rows))
  })
}

function rowsOf({ model, holdings }: Space, state: Int32Array, attempt: number): readonly Row[] {
  return model.systems.flatMap((_, system) => holdings.row(state[system] ?? 0, attempt) ?? [])
}

function allRefused(rows: readonly Row[]): number {
  return rows.reduce((all, { refused }) => all | refused, 0)
}

/** A vote that may come and may not must not be what an end depends on. */
function isVoteAwaitedLate(space: Space, state: Int32Array): boolean {
  return space.layout.machines.some((machine) => {
    const number = space.layout.machine(state, machine)
    if (number === null) return false
    const known = space.machines.state(number)
    if (isOver(known) || isPatient(known)) return false
    return space.model.systems.some((_, system) => space.machines.stepOf(known, system) === 'PREPARE')
  })
}

function holders(space: Space, state: Int32Array, system: number): readonly number[] {
  const { current } = space.holdings.entry(state[system] ?? 0).holding
  return current.flatMap((row) => (row?.state === 'PREPARED' ? [row.attempt] : []))
}
