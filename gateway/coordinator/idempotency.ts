/**
 * Requests under an idempotency key: what the systems hold of its earlier attempts decides whether the request is
 * answered from them or tried (again). The systems' rows are all there is; no list of keys is kept anywhere else.
 */

import type { Age, Participant, System, TransactionRow } from '../../schema/participant.ts'
import type { Outcome } from './coordinator.ts'
import type { Deadline } from './deadline.ts'
import type { Clock, Log } from './environment.ts'
import { mayResolve, retryAfterMs } from './protocol.ts'
import { settle } from './resolve.ts'
import type { Runner } from './runner.ts'
import { decisionOf, type Holdings, viewOf } from './view.ts'
import { forCaller, isFinal, mergeViolations, mismatch, reasonsOf, silent, undecided } from './violations.ts'

/** Both are digests. */
export interface IdempotencyKey {
  readonly key: string
  readonly digest: string
}

export type Precedent =
  /** The request is to be tried, from this attempt on. `age` is the first attempt's, null if there was none. */
  | { readonly precedent: 'OPEN'; readonly attempt: number; readonly age: Age | null }
  | { readonly precedent: 'ANSWERED'; readonly outcome: Outcome }

export interface Precedents {
  find(key: IdempotencyKey, systems: readonly System[], deadline: Deadline): Promise<Precedent>
}

export interface PrecedentsOptions {
  readonly participants: ReadonlyMap<System, Participant>
  readonly runner: Runner
  readonly clock: Clock
  readonly log: Log
}

export function createPrecedents({ participants, runner, clock, log }: PrecedentsOptions): Precedents {
  /** Rows of the key's attempts by system, or the system that did not answer in time. */
  const look = async (key: string, systems: readonly System[], deadline: Deadline) => {
    const looks = systems.map(async (system) => {
      try {
        return await deadline.race(participants.get(system)?.look({ by: 'IDEMPOTENCY_KEY', key }) ?? Promise.resolve([]))
      } catch (error) {
        log.warn({ system, err: error }, 'a participant could not be asked for earlier attempts')
        return null
      }
    })
    const found = await Promise.all(looks)
    const missing = systems.find((_, index) => found[index] === null)
    return missing ?? found.flatMap((rows) => rows ?? [])
  }

  return {
    async find({ key, digest }, systems, deadline) {
      for (let pauses = 1; ; pauses += 1) {
        const rows = await look(key, systems, deadline)
        if (typeof rows === 'string') return refused(silent(rows))
        if (rows.some((row) => row.idempotency?.digest !== digest)) return refused(mismatch())
        const last = lastAttempt(rows)
        if (last.length === 0) return { precedent: 'OPEN', attempt: 0, age: null }
        const holdings = holdingsOf(last, systems)
        if (!last.some((row) => row.state === 'PREPARED') || deadline.passed()) return conclude(last, holdings)
        await bringOn(last, holdings, deadline, retryAfterMs(pauses))
      }
    },
  }

  /** Waits for the attempt's end: for its own run here, else until somebody may resolve it, which then is done. */
  async function bringOn(
    rows: readonly TransactionRow[],
    holdings: Holdings,
    deadline: Deadline,
    pauseMs: number,
  ): Promise<void> {
    const prepared = rows.filter((row) => row.state === 'PREPARED')
    const runs = prepared.flatMap((row) => runner.underWay(row) ?? [])
    if (runs.length > 0) {
      await deadline.race(Promise.all(runs))
      return
    }
    const untilMs = Math.max(...prepared.map((row) => row.deadline)) - clock.now()
    const decided = decisionOf(holdings) !== 'OPEN'
    if (!decided && prepared.some((row) => !mayResolve(row.deadline, clock.now(), false))) {
      await deadline.pause(untilMs + 1)
      return
    }
    const ends = await deadline.race(Promise.all(prepared.map((row) => settle(runner, row))))
    if (ends?.includes(false)) await deadline.pause(pauseMs)
  }
}

/** The attempt that was committed if one was, else the newest: an attempt begins when the one before is proven aborted. */
function lastAttempt(rows: readonly TransactionRow[]): readonly TransactionRow[] {
  const committed = rows.find((row) => row.state === 'COMMITTED')
  const newest = rows.reduce((last, row) => (attemptOf(row) > attemptOf(last) ? row : last), rows[0] as TransactionRow)
  const id = committed?.id ?? newest?.id
  return rows.filter((row) => row.id === id)
}

function conclude(rows: readonly TransactionRow[], holdings: Holdings): Precedent {
  const decision = decisionOf(holdings)
  const transaction = viewOf(holdings)
  const first = rows[0]
  if (transaction === null || first === undefined) return { precedent: 'OPEN', attempt: 0, age: null }
  const answer = (outcome: 'DECIDED' | 'UNDECIDED', violations: readonly ReturnType<typeof mismatch>[]): Precedent => ({
    precedent: 'ANSWERED',
    outcome: { outcome, transaction, violations, replayed: true },
  })
  switch (decision) {
    case 'COMMITTED':
      return answer('DECIDED', [])
    case 'OPEN':
      return answer('UNDECIDED', [undecided(true)])
    case 'ABORTED': {
      const violations = mergeViolations(rows.map((row) => row.violations))
      const over = transaction.state === 'REVERTED'
      return isFinal(violations) || !over
        ? answer('DECIDED', violations)
        : { precedent: 'OPEN', attempt: attemptOf(first) + 1, age: first.age }
    }
    default:
      return decision satisfies never
  }
}
