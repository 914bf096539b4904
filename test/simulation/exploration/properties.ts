/** What holds in every state, and when everything has come to its end. */

import type { Row } from './holding.ts'
import type { Standing } from './holdings.ts'
import { areSame } from './language.ts'
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
  [
    'what one participant has committed of a member, every other has committed or promised',
    ofMembers((stand) => stand.includes('COMMITTED') && stand.includes('OUT')),
  ],
  [
    'a member that a participant refuses is in no commit',
    ofMembers((stand, refuses) => stand.includes('COMMITTED') && refuses.includes(true)),
  ],
  ['whoever commits a batch leaves out whom a participant refuses, and nobody else', areOthersLeftOut],
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

/** What participants hold of a member; OUT where it is refused or left out, OPEN where there is no more than a promise. */
type MemberStanding = 'COMMITTED' | 'OUT' | 'OPEN'

function ofMembers(isBroken: (stand: readonly MemberStanding[], refuses: readonly boolean[]) => boolean): Property[1] {
  return (space, state) => {
    const { members, attempts } = space.model
    for (const attempt of members === 0 ? [] : attempts.keys()) {
      const rows = rowsOf(space, state, attempt)
      for (let member = 0; member < members; member += 1) {
        const stand = rows.map((row) => standingOf(row, member))
        if (
          isBroken(
            stand,
            rows.map(({ refuses }) => refuses.includes(member)),
          )
        )
          return true
      }
    }
    return false
  }
}

function standingOf({ state, leftOut }: Row, member: number): MemberStanding {
  if (leftOut.includes(member)) return 'OUT'
  return state === 'COMMITTED' ? 'COMMITTED' : 'OPEN'
}

function areOthersLeftOut(space: Space, state: Int32Array): boolean {
  if (space.model.members === 0) return false
  return space.layout.machines.some((machine) => {
    const number = space.layout.machine(state, machine)
    const known = number === null ? null : space.machines.state(number)
    if (known === null || !('leftOut' in known)) return false
    const refused = rowsOf(space, state, machine.attempt).flatMap(({ refuses }) => refuses)
    return !areSame(known.leftOut.members, [...new Set(refused)].sort())
  })
}

function rowsOf(space: Space, state: Int32Array, attempt: number): readonly Row[] {
  return space.model.systems.flatMap((_, system) => space.holdings.row(state[system] ?? 0, attempt) ?? [])
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
