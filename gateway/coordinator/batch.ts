/**
 * Batches, on their way in and out: many small transactions become one with a vote for each, and its outcome each
 * member's own. Nothing is tried again here: whoever made the batch decides which of its members come again.
 */

import type { Participant, Violation } from '../../schema/participant.ts'
import { SYSTEMS, type System, type TransactionId } from '../../schema/record.ts'
import type {
  BatchOutcome,
  BatchPlan,
  BatchRequest,
  MemberOutcome,
  Outcome,
  Plan,
  TransactionRequest,
} from './coordinator.ts'
import type { Log } from './environment.ts'
import { calledOff, forCaller, mergeViolations, silent } from './violations.ts'

export function requestOfBatch(batch: BatchRequest): TransactionRequest {
  // Its records are too many to queue for: a member that meets another writer is refused, and comes again.
  return { ...batch, hot: [], plan: async (attempt) => planOfBatch(await batch.plan(attempt), batch.members) }
}

/** The members' writes one after the other, each naming its member. */
function planOfBatch({ members, mapSet }: BatchPlan, count: number): Plan {
  if (members.length !== count) throw new RangeError(`A batch of ${count} is planned for ${members.length} members`)
  const legs = SYSTEMS.map((system) => ({
    system,
    writes: members.flatMap((plan, member) =>
      plan.legs.flatMap((leg) => (leg.system === system ? leg.writes.map((write) => ({ ...write, member })) : [])),
    ),
  }))
  return {
    legs: legs.filter(({ writes }) => writes.length > 0),
    refusals: members.flatMap(({ refusals }, member) => refusals.map((refusal) => ({ ...refusal, member }))),
    ...{ mapSet, subject: null, members: members.length },
  }
}

/** What became of each member. */
export function outcomeOfBatch({ members, idempotencyKey }: BatchRequest, outcome: Outcome): BatchOutcome {
  const { transaction, replayed } = 'transaction' in outcome ? outcome : { transaction: null, replayed: false }
  const found = 'violations' in outcome ? outcome.violations : []
  const own = Map.groupBy(found, ({ member }) => member ?? 'WHOLE')
  const whole = own.get('WHOLE') ?? []
  const leftOut = new Set(transaction?.leftOut)
  const refused = (member: number, otherwise: readonly Violation[]): MemberOutcome => {
    const violations = inOrder([...(own.get(member) ?? []), ...whole])
    return { outcome: 'REFUSED', violations: violations.length > 0 ? violations : otherwise }
  }
  const outcomeOf = (member: number): MemberOutcome => {
    switch (outcome.outcome) {
      case 'UNCHANGED':
        return { outcome: 'COMMITTED' }
      case 'UNDECIDED':
        return { outcome: 'UNDECIDED', violations: whole }
      case 'NOT_STARTED':
        // Members were refused by the planner, and there was nothing to write for the others.
        if (whole.length === 0) return own.has(member) ? refused(member, []) : { outcome: 'COMMITTED' }
        // Under a key there may be an earlier attempt that could not be asked about.
        return idempotencyKey === null ? refused(member, []) : { outcome: 'NOT_STARTED', violations: whole }
      case 'DECIDED': {
        const isCommitted = outcome.transaction.state === 'COMMITTED' || outcome.transaction.state === 'COMMITTING'
        return isCommitted && !leftOut.has(member) ? { outcome: 'COMMITTED' } : refused(member, [calledOff()])
      }
      default:
        return outcome satisfies never
    }
  }
  return { transaction, replayed, members: Array.from({ length: members }, (_, member) => outcomeOf(member)) }
}

/** The planner's first, then those of the systems in their order, whoever answered first. */
function inOrder(violations: readonly Violation[]): readonly Violation[] {
  const rank = ({ system }: Violation) => (system === null ? -1 : SYSTEMS.indexOf(system))
  return violations.toSorted((one, other) => rank(one) - rank(other))
}

/**
 * The outcome with the reasons for every member that is left out. A coordinator that learns of a commit from a row which
 * somebody else has brought to its end does not know why the others refused: their rows do.
 */
export async function withReasons(
  outcome: Outcome,
  participants: ReadonlyMap<System, Participant>,
  log: Log,
): Promise<Outcome> {
  if (outcome.outcome !== 'DECIDED') return outcome
  const known = new Set(outcome.violations.map(({ member }) => member))
  const isComplete = outcome.transaction.leftOut?.every((member) => known.has(member)) ?? true
  if (isComplete) return outcome
  const { id, legs } = outcome.transaction
  const reasons = await Promise.all(legs.map(({ system }) => reasonsAt(participants.get(system), id, log)))
  return { ...outcome, violations: mergeViolations([outcome.violations, ...reasons.map(forCaller)]) }
}

async function reasonsAt(
  participant: Participant | undefined,
  id: TransactionId,
  log: Log,
): Promise<readonly Violation[]> {
  try {
    const rows = (await participant?.look({ by: 'ID', id })) ?? []
    return rows.flatMap(({ violations }) => violations)
  } catch (error) {
    log.warn(
      { transactionId: id, system: participant?.system, err: error },
      'a participant could not be asked for reasons',
    )
    return participant === undefined ? [] : [silent(participant.system)]
  }
}
