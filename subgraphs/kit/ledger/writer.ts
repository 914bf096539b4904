/**
 * Group commit: everything that waits when a round begins is one group of the storage and one forced write. Within a
 * round commits and aborts go first, because they free locks; then fences, prepares and draws. Each call is a step of
 * its own, so a refusal or fault leaves its neighbours alone; no answer is given before the group is forced.
 *
 * A prepare that needs a held lock waits until it is freed, until `lockWaitMs` are over or until its deadline, and
 * holds up nobody. The caller runs `round` whenever calls were accepted, and at `nextExpiry`.
 */

import type { PrepareRequest, Vote } from '../../../schema/participant.ts'
import type { Answered, Posted } from '../../../schema/process/numbered-calls.ts'
import type { TransactionId } from '../../../schema/record.ts'
import type { Statistics, WriterCall, WriterResults } from './calls.ts'
import { Ledger, type LedgerOptions } from './ledger.ts'
import type { LedgerStorage, StepOutcome } from './storage.ts'

export interface WriterOptions extends LedgerOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly lockWaitMs: number
}

type Result = WriterResults[WriterCall['call']]

interface Waiting {
  readonly request: PrepareRequest
  readonly until: number
  /** The first call and its repeats: all get the vote. */
  readonly numbers: number[]
}

const PHASES: readonly (readonly WriterCall['call'][])[] = [
  ['COMMIT', 'ABORT'],
  ['FENCE'],
  ['PREPARE'],
  ['DRAW', 'STATISTICS'],
]

export class Writer {
  readonly #options: WriterOptions
  readonly #storage: LedgerStorage
  readonly #ledger: Ledger
  #queue: Posted<WriterCall>[] = []
  /** Numbers of the calls that have no answer yet. */
  readonly #owed = new Set<number>()
  readonly #waiting = new Map<TransactionId, Waiting>()
  #answers: Answered<Result>[] = []
  /** False from a failed group until memory has been made to agree with the disk again. */
  #isConsistent = true
  #statistics: Statistics = { forces: 0, prepared: 0, committed: 0, lastCommitted: null }

  constructor(options: WriterOptions) {
    this.#options = options
    this.#storage = options.storage
    this.#ledger = new Ledger(options)
  }

  accept(calls: readonly Posted<WriterCall>[]): void {
    for (const call of calls) {
      this.#queue.push(call)
      this.#owed.add(call.number)
    }
  }

  /** When the next wait for a lock is over; null while nobody waits. */
  nextExpiry(): number | null {
    const expiries = [...this.#waiting.values()].map(({ until }) => until)
    return expiries.length === 0 ? null : Math.min(...expiries)
  }

  /**
   * Answers everything that was accepted, but for prepares that wait. Where the storage refuses, the group is undone and
   * nobody gets an answer, not even those who only waited; the next round begins from what it holds.
   */
  round(): readonly Answered<Result>[] {
    const calls = this.#queue
    this.#queue = []
    this.#answers = []
    try {
      this.#storage.begin()
      this.#recover()
      this.#carryOut(calls, this.#options.now())
      this.#count(this.#storage.force())
    } catch (error) {
      return this.#abandon(error)
    }
    for (const { number } of this.#answers) this.#owed.delete(number)
    return this.#answers
  }

  #carryOut(calls: readonly Posted<WriterCall>[], now: number): void {
    for (const phase of PHASES) {
      for (const { number, call } of calls) if (phase.includes(call.call)) this.#handle(number, call, now)
      this.#tryAgain(this.#ledger.takeAwakened(), now)
    }
    const expired = [...this.#waiting].filter(([, { until }]) => until <= now)
    this.#tryAgain(
      expired.map(([id]) => id),
      now,
    )
  }

  #handle(number: number, call: WriterCall, now: number): void {
    switch (call.call) {
      case 'COMMIT':
        this.#step(number, () => {
          this.#ledger.commit(call.request, now)
          return null
        })
        break
      case 'ABORT':
        this.#abort(number, call.id, now)
        break
      case 'FENCE':
        this.#step(number, () => this.#ledger.fence(call.request, now))
        this.#tryAgain([call.request.id], now)
        break
      case 'PREPARE':
        this.#prepare(number, call.request, now)
        break
      case 'DRAW':
        this.#step(number, () => this.#ledger.draw(call.request))
        break
      case 'STATISTICS':
        this.#answers.push({ number, ok: true, result: this.#statistics })
    }
  }

  #prepare(number: number, request: PrepareRequest, now: number): void {
    const waiting = this.#waiting.get(request.id)
    if (waiting?.request.plan === request.plan) {
      waiting.numbers.push(number)
    } else if (waiting !== undefined) {
      // Of two plans under one id neither has a row yet. This one gets a no, so that the other is told of it at once.
      this.#step(number, () => this.#ledger.refuse(request, [this.#ledger.lockedOut()], now))
      this.#tryAgain([request.id], now)
    } else {
      const until = Math.min(now + this.#options.lockWaitMs, request.deadline)
      const outcome = this.#storage.step(() => this.#ledger.prepare(request, now, now < until))
      if (isWaiting(outcome)) this.#waiting.set(request.id, { request, until, numbers: [number] })
      else this.#answers.push({ number, ...outcome })
    }
  }

  /** Whoever asks for an abort has proof of it: a prepare that still waits has nothing to wait for. */
  #abort(number: number, id: TransactionId, now: number): void {
    const waiting = this.#waiting.get(id)
    this.#step(number, () => {
      if (waiting !== undefined) this.#ledger.refuse(waiting.request, [this.#ledger.lockedOut()], now)
      else this.#ledger.abort(id, now)
      return null
    })
    this.#tryAgain([id], now)
  }

  /** Asks again for those of them that wait, and for whoever is awakened by that. */
  #tryAgain(ids: readonly TransactionId[], now: number): void {
    const again = [...ids]
    for (let id = again.shift(); id !== undefined; id = again.shift()) {
      const waiting = this.#waiting.get(id)
      if (waiting === undefined) continue
      const outcome = this.#storage.step(() => this.#ledger.prepare(waiting.request, now, now < waiting.until))
      again.push(...this.#ledger.takeAwakened())
      if (isWaiting(outcome)) continue
      this.#waiting.delete(id)
      this.#ledger.withdraw(id)
      for (const number of waiting.numbers) this.#answers.push({ number, ...outcome })
    }
  }

  #step(number: number, action: () => Result): void {
    this.#answers.push({ number, ...this.#storage.step(action) })
  }

  /** Where the last group failed. */
  #recover(): void {
    if (this.#isConsistent) return
    this.#ledger.recover()
    this.#isConsistent = true
  }

  #abandon(error: unknown): readonly Answered<Result>[] {
    this.#isConsistent = false
    this.#waiting.clear()
    this.#ledger.takeTally()
    const cause = String(error)
    const answers = [...this.#owed].map((number) => ({ number, ok: false as const, cause }))
    this.#owed.clear()
    return answers
  }

  #count(isForced: boolean): void {
    const { prepared, committed } = this.#ledger.takeTally()
    this.#statistics = {
      forces: this.#statistics.forces + (isForced ? 1 : 0),
      prepared: this.#statistics.prepared + prepared,
      committed: this.#statistics.committed + committed.length,
      lastCommitted: committed.at(-1) ?? this.#statistics.lastCommitted,
    }
  }
}

function isWaiting(outcome: StepOutcome<Vote | null>): outcome is { ok: true; result: null } {
  return outcome.ok && outcome.result === null
}
