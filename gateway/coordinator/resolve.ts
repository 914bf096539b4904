/**
 * Recovery: finds transactions whose coordinator is gone, or that it gave up waiting for, by the rows that participants
 * hold PREPARED, and brings each to the end that the rows prove. Any gateway may do it at any time; twice is harmless.
 */

import type { FenceRequest, Participant, TransactionRow } from '../../schema/participant.ts'
import { SYSTEMS, type System, type TransactionId } from '../../schema/record.ts'
import type { Clock, Log } from './environment.ts'
import { mayResolve, retryAfterMs } from './protocol.ts'
import { isOver } from './run.ts'
import type { Runner } from './runner.ts'

export interface Resolved {
  readonly resolved: readonly TransactionId[]
  readonly unresolved: readonly TransactionId[]
}

export interface Resolver {
  /** One pass over everything in doubt. From the first pass on there is another one after 1–30 s, until stopped. */
  pass(alone: boolean): Promise<Resolved>
  /** Something of ours was left in doubt: the next pass comes soon. */
  wake(): void
  stop(): void
}

export interface ResolverOptions {
  readonly participants: ReadonlyMap<System, Participant>
  readonly runner: Runner
  readonly clock: Clock
  readonly log: Log
}

export function createResolver({ participants, runner, clock, log }: ResolverOptions): Resolver {
  let cancelNext = (): void => {}
  let idlePasses = 0
  let nextAt = Number.POSITIVE_INFINITY
  let stopped = false

  const schedule = (): void => {
    cancelNext()
    if (stopped) return
    const afterMs = retryAfterMs(idlePasses + 1)
    nextAt = clock.now() + afterMs
    cancelNext = clock.after(afterMs, () => {
      pass(false).catch((error: unknown) => log.error({ err: error }, 'a recovery pass failed'))
    })
  }

  const inDoubt = async (alone: boolean): Promise<readonly TransactionRow[]> => {
    const now = clock.now()
    const deadlineBefore = alone ? Number.MAX_SAFE_INTEGER : now
    const looks = SYSTEMS.map(async (system) => {
      try {
        return (await participants.get(system)?.look({ by: 'IN_DOUBT', deadlineBefore })) ?? []
      } catch (error) {
        log.warn({ system, err: error }, 'a participant could not be asked for transactions in doubt')
        return []
      }
    })
    const rows = (await Promise.all(looks)).flat()
    return rows.filter((row) => mayResolve(row.deadline, now, alone) && runner.underWay(row) === null)
  }

  const pass = async (alone: boolean): Promise<Resolved> => {
    cancelNext()
    try {
      const plans = new Map((await inDoubt(alone)).map((row) => [`${row.id}/${row.plan}`, row]))
      const ends = await Promise.all(
        [...plans.values()].map(async (row) => ({ id: row.id, over: await settle(runner, row) })),
      )
      const resolved = ends.filter(({ over }) => over).map(({ id }) => id)
      const unresolved = ends.filter(({ over }) => !over).map(({ id }) => id)
      for (const transactionId of resolved) log.info({ transactionId }, 'a transaction in doubt was resolved')
      for (const transactionId of unresolved) log.warn({ transactionId }, 'a transaction stays in doubt')
      idlePasses = resolved.length > 0 ? 0 : idlePasses + 1
      return { resolved, unresolved }
    } finally {
      schedule()
    }
  }

  return {
    pass,
    wake() {
      idlePasses = 0
      // A pass that is due soon stays: whoever wakes it again and again must not put it off for ever.
      if (nextAt - clock.now() > retryAfterMs(1)) schedule()
    },
    stop() {
      stopped = true
      cancelNext()
    },
  }
}

/** Whether the transaction, which may be resolved, has come to its end. */
export async function settle(runner: Runner, { id, plan, participants }: FenceRequest): Promise<boolean> {
  return isOver((await runner.resolve({ id, plan, participants })).state)
}
