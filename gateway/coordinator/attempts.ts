/**
 * The attempts of one request. A refusal that may pass (`LOCKED`, `STALE`, a fence) is followed by another attempt,
 * planned afresh, with the age of the first one, so that a request that is refused often becomes the oldest and wins;
 * all attempts share one deadline. The next begins when every abort of the one before is acknowledged. A batch has one
 * attempt: its members come again in another batch, if at all.
 */

import type { TransactionView } from '../../schema/caller-view.ts'
import type { Age, PrepareRequest, Violation } from '../../schema/participant.ts'
import type { System, TransactionId } from '../../schema/record.ts'
import type { Outcome, Plan, TransactionRequest } from './coordinator.ts'
import type { Deadline } from './deadline.ts'
import { attemptId, digestPlan, participantsOf, uuidV7 } from './digest.ts'
import type { Clock, CoordinatorSettings, Log, Randomness } from './environment.ts'
import type { IdempotencyKey, Precedent } from './idempotency.ts'
import type { Refusal, Reverting, State } from './protocol-state.ts'
import type { Runner } from './runner.ts'
import { viewOfProgress } from './view.ts'
import { forCaller, isFinal, mayTryAgain, mergeViolations, notBegun, reasonsOf, undecided } from './violations.ts'

/** The pause doubles so often and no more. */
const DOUBLINGS_MAX = 5

export interface AttemptsOptions {
  readonly runner: Runner
  readonly clock: Clock
  readonly random: Randomness
  readonly settings: CoordinatorSettings
  readonly log: Log
}

/** What holds for all attempts of a request. */
export interface Series {
  readonly request: TransactionRequest
  readonly idempotency: IdempotencyKey | null
  readonly deadline: Deadline
  /** Number and age to go on with; OPEN at 0 for a request without a key. */
  readonly from: Extract<Precedent, { precedent: 'OPEN' }>
  /** What the systems hold under the key by now; only asked where there is one. */
  readonly lookAgain: () => Promise<Precedent>
}

/** One attempt's end as the loop sees it. */
interface Attempt {
  readonly outcome: Outcome
  /** How it was refused, all aborts acknowledged; null for every other end, which is the request's, too. */
  readonly refused: Extract<State, { state: 'REVERTED' }> | null
  readonly transaction: TransactionView
}

export async function runAttempts(series: Series, options: AttemptsOptions): Promise<Outcome> {
  const { clock, settings, log } = options
  const { request, deadline } = series
  let { attempt, age } = series.from

  for (let tries = 1; ; tries += 1) {
    const id = idOf(series, attempt, options)
    age ??= { at: clock.now(), id: series.idempotency === null ? id : attemptId(series.idempotency.key, 0) }
    const plan = await deadline.race(planOf(request, attempt))
    if (plan === null) return { outcome: 'NOT_STARTED', violations: [notBegun()] }
    if (plan === 'NOTHING') return { outcome: 'UNCHANGED' }
    if (plan.legs.length === 0) return { outcome: 'NOT_STARTED', violations: plan.refusals }

    const made = await runAttempt({ series, plan, id, attempt, age, tries }, options)
    if (plan.members !== undefined) return outcomeOfOnly(made, series)
    const { outcome, refused } = made
    if (refused === null || plan.refusals.length > 0 || tries >= settings.attemptsMax) return outcome
    const foreign = isHeldByAnother(series, refused.refusals)
    if (!foreign && !mayTryAgain(reasonsOf(refused.refusals))) return outcome
    await deadline.pause(backoffMs(tries, options))
    if (deadline.passed()) return outcome
    log.debug({ transactionId: id, attempt, refusals: refused.refusals }, 'the attempt is made again')

    const precedent = foreign ? await series.lookAgain() : null
    if (precedent?.precedent === 'ANSWERED') return precedent.outcome
    attempt = Math.max(attempt + 1, precedent?.attempt ?? 0)
  }
}

/**
 * A batch has one attempt, so that under its key it ends once and for all. Where its id is another's, that is the same
 * batch, and tells; or else it was fenced off before it was prepared, and no plan under the id will ever commit.
 */
async function outcomeOfOnly({ outcome, refused, transaction }: Attempt, series: Series): Promise<Outcome> {
  if (refused === null || !isHeldByAnother(series, refused.refusals)) return outcome
  const precedent = await series.lookAgain()
  return precedent.precedent === 'ANSWERED' ? precedent.outcome : revertedAs(transaction, refused.refusals)
}

interface AttemptPlan {
  readonly series: Series
  readonly plan: Plan
  readonly id: TransactionId
  readonly attempt: number
  readonly age: Age
  readonly tries: number
}

async function runAttempt(planned: AttemptPlan, { runner, clock, log }: AttemptsOptions): Promise<Attempt> {
  const { series, id, tries } = planned
  const requests = prepareRequests(planned, clock.now())
  const first = requests.values().next().value
  if (first === undefined) throw new Error('a plan without legs has nothing to prepare')

  const progress = await runner.execute(first, requests, series.deadline).answer
  const transaction = viewOfProgress(progress, requests, tries)
  log.debug({ transactionId: id, state: transaction.state }, 'the attempt is answered')
  return { ...endOf(progress.state, transaction, planned), transaction }
}

function endOf(
  state: State,
  transaction: TransactionView,
  { series, plan }: Pick<AttemptPlan, 'series' | 'plan'>,
): Pick<Attempt, 'outcome' | 'refused'> {
  const answer = (outcome: 'DECIDED' | 'UNDECIDED', violations: readonly Violation[]): Outcome => ({
    outcome,
    transaction,
    violations,
    replayed: false,
  })
  switch (state.state) {
    case 'COMMITTED':
    case 'COMMITTING':
      return { outcome: answer('DECIDED', forCaller(mergeViolations([state.leftOut.violations]))), refused: null }
    case 'REVERTING':
    case 'REVERTED': {
      const refused = state.state === 'REVERTED' ? state : null
      if (isHeldByAnother(series, state.refusals)) {
        return { outcome: { outcome: 'NOT_STARTED', violations: [undecided(true)] }, refused }
      }
      const isOpen = plan.members === undefined && state.state === 'REVERTING' && mayEndOtherwise(series, state)
      return {
        outcome: isOpen ? answer('UNDECIDED', [undecided(true)]) : revertedAs(transaction, state.refusals),
        refused,
      }
    }
    case 'DECIDING':
      return { outcome: answer('UNDECIDED', [undecided(series.idempotency !== null)]), refused: null }
    default:
      return state satisfies never
  }
}

function revertedAs(transaction: TransactionView, refusals: readonly Refusal[]): Outcome {
  return { outcome: 'DECIDED', transaction, violations: forCaller(reasonsOf(refusals)), replayed: false }
}

/**
 * The same request, made at another gateway at the same time, has the id under a plan of its own, and may be committed
 * under that one: what this gateway knows of its own plan says nothing of the request.
 */
function isHeldByAnother({ idempotency }: Series, refusals: readonly Refusal[]): boolean {
  return idempotency !== null && refusals.some((refusal) => refusal.foreign)
}

/**
 * Out of time, the reasons of one system are known and not those of another, which may be such that another attempt follows
 * under the key: whoever hears both will make it, so a reason that seems final is not the request's end. A batch has but
 * one attempt, so there it is.
 */
function mayEndOtherwise({ idempotency }: Series, { open, refusals }: Reverting): boolean {
  const isUnheard = [...open.values()].some(({ step }) => step !== 'ABORT')
  return idempotency !== null && isUnheard && isFinal(reasonsOf(refusals))
}

/** What each participant of the attempt is asked; `startedAt` in milliseconds since the epoch. */
export function prepareRequests(
  { series, plan, id, attempt, age }: Omit<AttemptPlan, 'tries'>,
  startedAt: number,
): ReadonlyMap<System, PrepareRequest> {
  const { request, idempotency, deadline } = series
  const participants = participantsOf(plan)
  const common = {
    id,
    plan: digestPlan(plan, idempotency?.digest ?? null),
    participants,
    mapSet: plan.mapSet,
    origin: request.origin,
    actor: request.actor,
    startedAt,
    age,
    deadline: deadline.at,
    idempotency: idempotency && { ...idempotency, attempt },
    subject: plan.subject,
    refusals: plan.refusals,
    ...(plan.members === undefined ? {} : { members: plan.members }),
  }
  const writesOf = (system: System) => plan.legs.filter((leg) => leg.system === system).flatMap((leg) => leg.writes)
  return new Map(participants.map((system) => [system, { ...common, writes: writesOf(system) }] as const))
}

async function planOf(request: TransactionRequest, attempt: number): Promise<Plan | 'NOTHING'> {
  const plan = await request.plan(attempt)
  return plan === null || (plan.legs.length === 0 && plan.refusals.length === 0) ? 'NOTHING' : plan
}

function idOf({ idempotency }: Series, attempt: number, { clock, random }: AttemptsOptions): TransactionId {
  return idempotency === null ? uuidV7(clock.now(), random.bytes(10)) : attemptId(idempotency.key, attempt)
}

/** Full jitter: two requests that refused each other do not meet again in step. */
function backoffMs(tries: number, { random, settings }: AttemptsOptions): number {
  return random.fraction() * settings.lockBackoffMs * 2 ** Math.min(tries - 1, DOUBLINGS_MAX)
}
