/**
 * A batch taken apart: each member is a small request of its own, which is inspected, opened and judged like any other.
 * What is found against it names the member, and its writes by their place in the whole leg.
 */

import type { PrepareRequest, Violation } from '../../../schema/participant.ts'
import { bounded } from './violations.ts'

/** What the refusal of one member lists at most. */
const MEMBER_VIOLATIONS_MAX = 50

export interface MemberRequest extends Pick<PrepareRequest, 'id' | 'writes' | 'refusals'> {
  readonly member: number
  /** For each of the writes its index in the leg. */
  readonly places: readonly number[]
}

/** In their order, those without a write here included. Throws a RangeError for a write or refusal of no member. */
export function membersOf({ id, writes, refusals, members = 1 }: PrepareRequest): readonly MemberRequest[] {
  const all = Array.from({ length: members }, (_, member) => ({
    ...{ id, member, writes: [] as PrepareRequest['writes'][number][] },
    ...{ places: [] as number[], refusals: [] as Violation[] },
  }))
  const memberAt = (member: number) => {
    const found = all[member]
    if (found === undefined) throw new RangeError(`A batch of ${members} has no member ${member}`)
    return found
  }
  for (const [place, write] of writes.entries()) {
    const { writes, places } = memberAt(write.member ?? 0)
    writes.push(write)
    places.push(place)
  }
  for (const refusal of refusals) {
    if (refusal.member !== undefined) memberAt(refusal.member).refusals.push(refusal)
  }
  return all
}

/** The violations as those of the batch. What the planner found bears its member already. */
export function namingMember(
  { member, places }: MemberRequest,
  violations: readonly Violation[],
): readonly Violation[] {
  return bounded(violations, MEMBER_VIOLATIONS_MAX).map((violation) =>
    violation.member !== undefined
      ? violation
      : { ...violation, write: violation.write === null ? null : (places[violation.write] ?? null), member },
  )
}
