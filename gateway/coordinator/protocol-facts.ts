/** What answers tell `protocol.ts` of the participants' rows. Pure. */

import { isWithin } from '../../schema/members.ts'
import type { FenceAnswer, LeftOut, Violation, Vote } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import { NOBODY, type Refusal, type Yes } from './protocol-state.ts'

/** What an answer tells of the participant's row under this plan. */
export type Fact =
  | { readonly holds: 'PREPARED' | 'COMMITTED'; readonly leftOut: LeftOut }
  | { readonly holds: 'NO'; readonly violations: readonly Violation[]; readonly foreign: boolean }

/** What a contradiction about the members of a batch is reported as. */
export const OTHER_MEMBERS = 'holds other members than were agreed'

export function factOfVote(vote: Vote): Fact {
  switch (vote.vote) {
    case 'YES':
      return { holds: vote.state, leftOut: vote.leftOut ?? NOBODY }
    case 'NO':
      return { holds: 'NO', violations: vote.violations, foreign: false }
    case 'FOREIGN':
      return { holds: 'NO', violations: [], foreign: true }
    default:
      return impossible(vote)
  }
}

export function factOfFence(answer: FenceAnswer): Fact {
  switch (answer.state) {
    case 'PREPARED':
    case 'COMMITTED':
      return { holds: answer.state, leftOut: answer.leftOut ?? NOBODY }
    case 'ABORTED':
      return { holds: 'NO', violations: answer.violations, foreign: false }
    case 'FOREIGN':
      return { holds: 'NO', violations: [], foreign: true }
    default:
      return impossible(answer)
  }
}

/** Of a batch that comes to nothing, what a yes had against some of its members is told as well. */
export function refusedMembers({ system, leftOut: { violations } }: Yes): readonly Refusal[] {
  return violations.length === 0 ? [] : [{ system, violations, foreign: false }]
}

/** What is PREPARED may refuse fewer than were agreed to be left out; what is COMMITTED has left out just these. */
export function goesWith({ holds, leftOut }: Exclude<Fact, { holds: 'NO' }>, agreed: LeftOut): boolean {
  if (!isWithin(leftOut.members, agreed.members)) return false
  return holds === 'PREPARED' || leftOut.members.length === agreed.members.length
}

export function refusalOf(system: System, fact: Extract<Fact, { holds: 'NO' }>): Refusal {
  return { system, violations: fact.violations, foreign: fact.foreign }
}

function impossible(value: never): never {
  throw new Error(`not a part of the protocol: ${JSON.stringify(value)}`)
}
