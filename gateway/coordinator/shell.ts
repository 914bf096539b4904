/**
 * The coordinator, put together. A request passes, in this order: the limit on concurrent requests, the look at earlier
 * attempts under its idempotency key (`idempotency.ts`), the queue of its hot records (`queue.ts`), and its attempts
 * (`attempts.ts`), each of which runs the protocol (`protocol.ts`, `run.ts`) with the participants (`coalesce.ts`).
 * What a run leaves undone is found and ended by `resolve.ts`.
 */

import type { Participant } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import { runAttempts, type Series } from './attempts.ts'
import { outcomeOfBatch, requestOfBatch, withReasons } from './batch.ts'
import { openChannel } from './coalesce.ts'
import type { Coordinator, Outcome, TransactionRequest } from './coordinator.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import { digestKey, digestRequest, uuidV7 } from './digest.ts'
import type { Clock, CoordinatorSettings, Log, Randomness } from './environment.ts'
import { findPrecedent, type IdempotencyKey, type Precedent } from './idempotency.ts'
import { createListing } from './listing.ts'
import { createHotQueue } from './queue.ts'
import { rehearseOnce } from './rehearse.ts'
import { createResolver } from './resolve.ts'
import { createRunner } from './runner.ts'
import { draining, mismatch, overloaded, stillQueued, undecided } from './violations.ts'

export interface CoordinatorOptions {
  readonly participants: ReadonlyMap<System, Participant>
  readonly clock: Clock
  readonly random: Randomness
  readonly log: Log
  readonly settings: CoordinatorSettings
}

const FROM_THE_START: Precedent & { precedent: 'OPEN' } = { precedent: 'OPEN', attempt: 0, age: null }

export function createCoordinator({ participants, clock, random, log, settings }: CoordinatorOptions): Coordinator {
  const channels = new Map(
    [...participants].map(([system, participant]) => [system, openChannel(participant, clock.soon)]),
  )
  const runner = createRunner({ channels, clock, log, onUnfinished: () => resolver.wake() })
  const resolver = createResolver({ participants, runner, clock, log })
  const listing = createListing(participants, log)
  const queue = createHotQueue()
  /** Requests under a key that are under way here: two at once are one. */
  const shared = new Map<string, { readonly digest: string; readonly outcome: Promise<Outcome> }>()
  const requests = new Set<Promise<Outcome>>()
  let takesRequests = true

  const seriesOf = (request: TransactionRequest, idempotency: IdempotencyKey | null, deadline: Deadline): Series => ({
    request,
    idempotency,
    deadline,
    from: FROM_THE_START,
    lookAgain: async () =>
      idempotency === null
        ? FROM_THE_START
        : findPrecedent(idempotency, request.systems, deadline, { participants, runner, clock, log }),
  })

  const run = async (request: TransactionRequest, idempotency: IdempotencyKey | null): Promise<Outcome> => {
    const deadline = startDeadline(clock, clock.now() + Math.min(request.timeoutMs, settings.maxTimeoutMs))
    const series = seriesOf(request, idempotency, deadline)
    try {
      const precedent = await series.lookAgain()
      if (precedent.precedent === 'ANSWERED') return precedent.outcome
      const leave = await queue.enter(request.hot, deadline)
      if (leave === null) return notStarted(stillQueued())
      try {
        return await runAttempts({ ...series, from: precedent }, { runner, clock, random, settings, log })
      } finally {
        leave()
      }
    } finally {
      deadline.cancel()
    }
  }

  const admit = async (start: () => Promise<Outcome>): Promise<Outcome> => {
    if (!takesRequests) return notStarted(draining())
    if (requests.size >= settings.inFlightMax) return notStarted(overloaded())
    const outcome = start()
    requests.add(outcome)
    try {
      return await outcome
    } finally {
      requests.delete(outcome)
    }
  }

  /** The answer of the same request that came first, for as long as this one may wait. */
  const join = async (request: TransactionRequest, first: Promise<Outcome>): Promise<Outcome> => {
    const deadline = startDeadline(clock, clock.now() + Math.min(request.timeoutMs, settings.maxTimeoutMs))
    const outcome = await deadline.race(first).finally(deadline.cancel)
    return outcome === null ? notStarted(undecided(true)) : asReplay(outcome)
  }

  const executeKeyed = async (request: TransactionRequest, idempotency: IdempotencyKey): Promise<Outcome> => {
    const other = shared.get(idempotency.key)
    if (other !== undefined) {
      return other.digest === idempotency.digest ? join(request, other.outcome) : notStarted(mismatch())
    }
    const outcome = admit(() => run(request, idempotency))
    shared.set(idempotency.key, { digest: idempotency.digest, outcome })
    try {
      return await outcome
    } finally {
      shared.delete(idempotency.key)
    }
  }

  const execute = (request: TransactionRequest): Promise<Outcome> => {
    const key = request.idempotencyKey
    if (key === null) return admit(() => run(request, null))
    return executeKeyed(request, { key: digestKey(settings.tenant, key), digest: digestRequest(request.request) })
  }

  return {
    execute,
    async executeBatch(batch) {
      const outcome = await execute(requestOfBatch(batch))
      return outcomeOfBatch(batch, await withReasons(outcome, participants, log))
    },
    rehearse: (request) =>
      admit(async () => {
        const deadline = startDeadline(clock, clock.now() + Math.min(request.timeoutMs, settings.maxTimeoutMs))
        const id = uuidV7(clock.now(), random.bytes(10))
        return rehearseOnce(seriesOf(request, null, deadline), id, { participants, channels, clock, log }).finally(
          deadline.cancel,
        )
      }),
    recover: ({ alone }) => resolver.pass(alone),
    transaction: listing.transaction,
    transactions: listing.transactions,
    async drain(withinMs) {
      takesRequests = false
      const deadline = startDeadline(clock, clock.now() + withinMs)
      await deadline.race(Promise.allSettled(requests).then(runner.idle))
      deadline.cancel()
      resolver.stop()
      runner.stop()
    },
  }
}

function asReplay(outcome: Outcome): Outcome {
  return 'replayed' in outcome ? { ...outcome, replayed: true } : outcome
}

function notStarted(violation: ReturnType<typeof overloaded>): Outcome {
  return { outcome: 'NOT_STARTED', violations: [violation] }
}
