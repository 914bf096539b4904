/**
 * A rehearsal: the legs that a request would write, and everything that the participants would refuse. Read-only; the
 * id in the answer belongs to no row.
 */

import type { Participant, PrepareRequest } from '../../schema/participant.ts'
import type { System, TransactionId } from '../../schema/record.ts'
import { prepareRequests, type Series } from './attempts.ts'
import type { Channel } from './coalesce.ts'
import type { Outcome } from './coordinator.ts'
import type { Clock, Log } from './environment.ts'
import { imagesOfWrites } from './view.ts'
import { forCaller, mergeViolations, notBegun, silent } from './violations.ts'

export interface RehearsalOptions {
  readonly participants: ReadonlyMap<System, Participant>
  readonly channels: ReadonlyMap<System, Channel>
  readonly clock: Clock
  readonly log: Log
}

export async function rehearseOnce(series: Series, id: TransactionId, options: RehearsalOptions): Promise<Outcome> {
  const { request, deadline } = series
  const startedAt = options.clock.now()
  const plan = await deadline.race(request.plan(0).then((plan) => plan ?? ('NOTHING' as const)))
  if (plan === null) return { outcome: 'NOT_STARTED', violations: [notBegun()] }
  if (plan === 'NOTHING') return { outcome: 'UNCHANGED' }
  if (plan.legs.length === 0) return { outcome: 'NOT_STARTED', violations: plan.refusals }

  const requests = prepareRequests({ series, plan, id, attempt: 0, age: { at: startedAt, id } }, startedAt)
  const legs = await Promise.all([...requests].map((leg) => rehearseLeg(leg, series, options)))
  const missing = legs.find((leg) => leg.answer === null)
  if (missing !== undefined) return { outcome: 'NOT_STARTED', violations: [silent(missing.system)] }

  const violations = mergeViolations([plan.refusals, ...legs.map((leg) => leg.answer?.violations ?? [])])
  return {
    outcome: 'DECIDED',
    transaction: {
      id,
      state: 'REVERTED',
      origin: request.origin,
      actor: request.actor,
      startedAt,
      decidedAt: null,
      completedAt: null,
      subject: plan.subject,
      legs: legs.map(({ system, answer }) => ({
        system,
        mode: 'SYNC',
        state: 'UNKNOWN',
        attempts: 0,
        lastError: answer?.violations[0]?.message ?? null,
        writes: answer?.writes ?? [],
      })),
    },
    violations: forCaller(violations),
    replayed: false,
  }
}

/** What the system would refuse and write; a null answer where it gave none in time. */
async function rehearseLeg(
  [system, request]: readonly [System, PrepareRequest],
  { deadline }: Series,
  { participants, channels, log }: RehearsalOptions,
) {
  try {
    const participant = participants.get(system)
    const channel = channels.get(system)
    if (participant === undefined || channel === undefined) return { system, answer: null }
    const refs = request.writes.map(({ table, key }) => ({ table, key }))
    const answers = await deadline.race(Promise.all([channel.check(request), participant.read(refs)]))
    if (answers === null) return { system, answer: null }
    const [violations, records] = answers
    return { system, answer: { violations, writes: imagesOfWrites(request.writes, records) } }
  } catch (error) {
    log.warn({ transactionId: request.id, system, err: error }, 'a participant could not be asked to rehearse')
    return { system, answer: null }
  }
}
