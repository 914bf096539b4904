/**
 * Requests under an idempotency key: what the systems hold of its earlier attempts decides whether the request is
 * answered from them or tried (again). The systems' rows are all there is; no list of keys is kept anywhere else. A batch
 * that was aborted is not tried again under its key: what was said of one member would not hold in another attempt.
 */

import type { TransactionView } from '../../schema/caller-view.ts'
import type { Age, Participant, TransactionRow, Violation } from '../../schema/participant.ts'
import { SYSTEMS, type System, type TransactionId } from '../../schema/record.ts'
import type { Outcome } from './coordinator.ts'
import type { Deadline } from './deadline.ts'
import type { Clock, Log } from './environment.ts'
import { mayResolve, retryAfterMs } from './protocol.ts'
import { settle } from './resolve.ts'
import { isOver } from './run.ts'
import type { Runner } from './runner.ts'
import { decisionOf, type Holdings, viewOf } from './view.ts'
import { calledOff, forCaller, isFinal, mergeViolations, mismatch, silent, undecided } from './violations.ts'

/** Both are digests: of tenant and key, and of the request made under it. */
export interface IdempotencyKey {
  readonly key: string
  readonly digest: string
}

export type Precedent =
  /** The request is to be tried, from this attempt on. `age` is the first attempt's, null if there was none. */
  | { readonly precedent: 'OPEN'; readonly attempt: number; readonly age: Age | null }
  | { readonly precedent: 'ANSWERED'; readonly outcome: Outcome }

export interface PrecedentOptions {
  readonly participants: ReadonlyMap<System, Participant>
  readonly runner: Runner
  readonly clock: Clock
  readonly log: Log
}

const NONE: Precedent = { precedent: 'OPEN', attempt: 0, age: null }

/** Asks the systems, and brings an attempt that is still prepared to its end, as far as the deadline allows. */
export async function findPrecedent(
  { key, digest }: IdempotencyKey,
  asked: readonly System[],
  deadline: Deadline,
  options: PrecedentOptions,
): Promise<Precedent> {
  const systems = SYSTEMS.filter((system) => asked.includes(system))
  const ended = new Set<TransactionId>()
  for (let looks = 1; ; looks += 1) {
    const found = await lookEverywhere(key, systems, deadline, options)
    if (found.silent !== null) return notStarted(silent(found.silent))
    if (found.rows.some((row) => row.idempotency?.digest !== digest)) return notStarted(mismatch())
    const rows = lastAttempt(found.rows)
    const holdings: Holdings = new Map(
      systems.map((system, index) => [system, rows.find((row) => found.bySystem[index]?.includes(row)) ?? 'NOTHING']),
    )
    const unfinished = unfinishedOf(rows, holdings, ended)
    if (unfinished.length === 0) return conclude(rows, holdings)
    if (await bringOn(unfinished, holdings, deadline, looks, options)) for (const row of unfinished) ended.add(row.id)
    if (deadline.passed()) return outOfTime(rows, holdings)
  }
}

interface Found {
  readonly rows: readonly TransactionRow[]
  readonly bySystem: readonly (readonly TransactionRow[])[]
  /** A system that gave no answer in time; the rest of the answer then means nothing. */
  readonly silent: System | null
}

async function lookEverywhere(
  key: string,
  systems: readonly System[],
  deadline: Deadline,
  { participants, log }: PrecedentOptions,
): Promise<Found> {
  const looks = systems.map(async (system) => {
    try {
      const look = participants.get(system)?.look({ by: 'IDEMPOTENCY_KEY', key })
      return look === undefined ? null : await deadline.race(look)
    } catch (error) {
      log.warn({ system, err: error }, 'a participant could not be asked for earlier attempts')
      return null
    }
  })
  const answers = await Promise.all(looks)
  const bySystem = answers.map((rows) => rows ?? [])
  return { rows: bySystem.flat(), bySystem, silent: systems.find((_, index) => answers[index] === null) ?? null }
}

/**
 * Rows whose attempt is not known in every system: it is prepared, or aborted with a system of which nothing was seen yet.
 * That one may have refused it for good a moment after it was looked at, and then no other attempt may follow. What a
 * fence leaves does not bear the key, so attempts that were brought to their end meanwhile, `ended`, count as known.
 */
function unfinishedOf(
  rows: readonly TransactionRow[],
  holdings: Holdings,
  ended: ReadonlySet<TransactionId>,
): readonly TransactionRow[] {
  const prepared = rows.filter((row) => row.state === 'PREPARED')
  if (prepared.length > 0 || decisionOf(holdings) !== 'ABORTED') return prepared
  return rows.filter(
    ({ id, participants }) => !ended.has(id) && participants.some((system) => holdings.get(system) === 'NOTHING'),
  )
}

/**
 * Waits for the attempt's end: that of its run here, else for its coordinator, which is looked after at growing
 * intervals, until it may be resolved, which is then done. Whether it has ended; `looks` counts from 1.
 */
async function bringOn(
  unfinished: readonly TransactionRow[],
  holdings: Holdings,
  deadline: Deadline,
  looks: number,
  { runner, clock }: PrecedentOptions,
): Promise<boolean> {
  const underWay = unfinished.flatMap((row) => runner.underWay(row) ?? [])
  if (underWay.length > 0) {
    const progress = await deadline.race(Promise.all(underWay))
    return progress?.every(({ state }) => isOver(state)) ?? false
  }
  const now = clock.now()
  const early = unfinished.filter((row) => !mayResolve(row.deadline, now, false))
  if (early.length > 0 && decisionOf(holdings) === 'OPEN') {
    const untilResolvableMs = Math.max(...early.map((row) => row.deadline)) - now + 1
    await deadline.pause(Math.min(untilResolvableMs, lookAgainMs(looks)))
    return false
  }
  const ends = await deadline.race(Promise.all(unfinished.map((row) => settle(runner, row))))
  if (ends?.includes(false)) await deadline.pause(retryAfterMs(looks))
  return ends?.every(Boolean) ?? false
}

/** A living coordinator is mostly done within milliseconds, and may take until its deadline. */
function lookAgainMs(looks: number): number {
  return Math.min(1_000, 20 * 2 ** (looks - 1))
}

/** The committed attempt, else the newest: an attempt begins only when the one before it is proven aborted. */
function lastAttempt(rows: readonly TransactionRow[]): readonly TransactionRow[] {
  const newest = Math.max(...rows.map(attemptOf))
  const last = rows.find((row) => row.state === 'COMMITTED') ?? rows.find((row) => attemptOf(row) === newest)
  return rows.filter((row) => row.id === last?.id)
}

/**
 * There is no time to hear every system. Of an attempt that is aborted the reasons of one may be final and those of another
 * not: whoever hears both makes another attempt, so what is known of it here is not the request's end. Of a batch it is.
 */
function outOfTime(rows: readonly TransactionRow[], holdings: Holdings): Precedent {
  const transaction = viewOf(holdings)
  const isBatch = rows[0]?.members !== undefined
  if (transaction === null || isBatch || decisionOf(holdings) !== 'ABORTED') return conclude(rows, holdings)
  return answered(transaction, 'UNDECIDED', [undecided(true)])
}

function answered(
  transaction: TransactionView,
  outcome: 'DECIDED' | 'UNDECIDED',
  violations: readonly Violation[],
): Precedent {
  return { precedent: 'ANSWERED', outcome: { outcome, transaction, violations, replayed: true } }
}

function conclude(rows: readonly TransactionRow[], holdings: Holdings): Precedent {
  const transaction = viewOf(holdings)
  const first = rows[0]
  if (transaction === null || first === undefined) return NONE

  const decision = decisionOf(holdings)
  switch (decision) {
    case 'COMMITTED':
      return answered(transaction, 'DECIDED', forCaller(mergeViolations(rows.map((row) => row.violations))))
    case 'OPEN':
      return answered(transaction, 'UNDECIDED', [undecided(true)])
    case 'ABORTED': {
      const violations = mergeViolations(rows.map((row) => row.violations))
      const over = !rows.some((row) => row.state === 'PREPARED')
      const isOpen = over && first.members === undefined && !isFinal(violations)
      if (isOpen) return { precedent: 'OPEN', attempt: attemptOf(first) + 1, age: first.age }
      return answered(transaction, 'DECIDED', violations.length > 0 ? forCaller(violations) : [calledOff()])
    }
    default:
      return decision satisfies never
  }
}

function attemptOf(row: TransactionRow): number {
  return row.idempotency?.attempt ?? 0
}

function notStarted(violation: Violation): Precedent {
  return { precedent: 'ANSWERED', outcome: { outcome: 'NOT_STARTED', violations: [violation] } }
}
