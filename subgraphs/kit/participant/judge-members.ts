/**
 * Judges the members of a batch one by one, each by itself, against what is committed: none sees what another one
 * writes. What a yes depends on is locked for the whole batch; a member that needs what somebody holds, be it an earlier
 * member, is refused and comes again in a later batch, so that it holds up nobody.
 */

import type { LeftOut, PrepareRequest, Violation, WriteImage } from '../../../schema/participant.ts'
import type { RecordRef, RecordState } from '../../../schema/record.ts'
import { isRefusedAlready, openCase } from './case.ts'
import { footprint } from './footprint.ts'
import { type Answer, gathered, type Read } from './gathering.ts'
import { inspect, recordsOf } from './inspect.ts'
import { judge, type Verdict } from './judge.ts'
import type { Lock } from './locks.ts'
import { type MemberRequest, membersOf, namingMember } from './members.ts'
import type { SystemModel } from './system-model.ts'
import { lockedBy, violation } from './violations.ts'

/** What members are judged with. Nothing of it changes on the way. */
export interface Bench {
  readonly state: (ref: RecordRef) => RecordState
  readonly answer: (read: Read) => Answer
  /** Whether nobody else is in the way. */
  readonly isFree: (lock: Lock) => boolean
  /** Hears what a member's judgement threw, and throws it on where that is no fault of the member. */
  readonly onFault: (error: unknown) => void
}

export interface JudgedBatch {
  /** Of the members that are not left out, each naming its member. */
  readonly writes: readonly WriteImage[]
  readonly leftOut: LeftOut
  /** Each resource once. */
  readonly locks: readonly Lock[]
}

export function judgeMembers(system: SystemModel, request: PrepareRequest, bench: Bench): JudgedBatch {
  const writes: WriteImage[] = []
  const members: number[] = []
  const violations: Violation[] = []
  const taken = new Map<string, Lock>()
  for (const one of membersOf(request)) {
    const verdict = judgeCarefully(system, one, bench, taken)
    if (verdict.vote === 'YES') {
      for (const image of verdict.writes) writes.push(image)
    } else {
      members.push(one.member)
      violations.push(...namingMember(one, verdict.violations))
    }
  }
  return { writes, leftOut: { members, violations }, locks: [...taken.values()] }
}

/** What each member would be refused for if it came alone, and nobody else were at work. */
export function checkMembers(
  system: SystemModel,
  request: PrepareRequest,
  bench: Omit<Bench, 'isFree'>,
): readonly Violation[] {
  return membersOf(request).flatMap((one) => {
    const verdict = judgeCarefully(system, one, { ...bench, isFree: () => true }, new Map())
    return verdict.vote === 'NO' ? namingMember(one, verdict.violations) : []
  })
}

/** A rule that fails on one member's values says nothing of the others. */
function judgeCarefully(system: SystemModel, one: MemberRequest, bench: Bench, taken: Map<string, Lock>): Verdict {
  try {
    return judgeMember(system, one, bench, taken)
  } catch (error) {
    bench.onFault(error)
    const place = { system: system.system, write: null, table: null, column: null, at: one.writes[0]?.at ?? null }
    return { vote: 'NO', violations: [violation('SYSTEM_UNAVAILABLE', place, 'The system could not judge this')] }
  }
}

function judgeMember(
  system: SystemModel,
  one: MemberRequest,
  { state, answer, isFree }: Bench,
  taken: Map<string, Lock>,
): Verdict {
  const inspection = inspect(system, one)
  const opened = gathered(openCase(system, one, inspection, recordsOf(inspection).map(state)), answer)
  const locks = isRefusedAlready(opened) ? [] : footprint(opened.effects)
  const blocked = locks.find((lock) => isTaken(taken, lock) || !isFree(lock))
  if (blocked !== undefined) return { vote: 'NO', violations: [lockedBy(system.system, one.writes, blocked)] }
  const verdict = judge(
    system,
    opened,
    opened.questions.map(({ reads }) => reads.map(answer)),
  )
  if (verdict.vote === 'YES') for (const lock of locks) taken.set(lock.resource, lock)
  return verdict
}

/** By an earlier member of the batch. */
function isTaken(taken: ReadonlyMap<string, Lock>, { resource, mode }: Lock): boolean {
  const held = taken.get(resource)
  return held !== undefined && (held.mode === 'EXCLUSIVE' || mode === 'EXCLUSIVE')
}
