/**
 * A participant's side of every transaction: each method is a step inside the group that the writer has begun. Locks
 * live in memory and follow from the PREPARED rows; a group that fails takes its steps back only in storage, so after
 * one `recover` must come before the next step.
 */

import { isWithin, withoutMembers } from '../../../schema/members.ts'
import type {
  CommitRequest,
  DrawRequest,
  FenceAnswer,
  FenceRequest,
  LeftOut,
  PrepareRequest,
  TransactionRow,
  Violation,
  Vote,
  WriteImage,
} from '../../../schema/participant.ts'
import type { TransactionId } from '../../../schema/record.ts'
import { type Case, isRefusedAlready, openCase } from '../participant/case.ts'
import { effectsOfImages } from '../participant/effect.ts'
import { footprint } from '../participant/footprint.ts'
import { type Answer, gathered, type Read, remembering } from '../participant/gathering.ts'
import { inspect, recordsOf } from '../participant/inspect.ts'
import { judge } from '../participant/judge.ts'
import { judgeMembers } from '../participant/judge-members.ts'
import { LockTable } from '../participant/locks.ts'
import type { SystemModel } from '../participant/system-model.ts'
import { bounded, lockedBy, VIOLATIONS_MAX, violation } from '../participant/violations.ts'
import type { LedgerStorage } from './storage.ts'
import { abortedRow, fencedRow, preparedRow } from './transaction-row.ts'

export interface LedgerOptions {
  readonly storage: LedgerStorage
  readonly system: SystemModel
  /** Hears why a member of a batch could not be judged, of which others are only told that it was so. */
  readonly onFault: (error: unknown) => void
}

/** What is prepared: the images that are in it here, and the members that are not. */
interface Prepared {
  readonly writes: readonly WriteImage[]
  readonly leftOut: readonly number[]
  /** None of an ordinary transaction, which is committed as a whole. */
  readonly members: number
}

const NOBODY: LeftOut = { members: [], violations: [] }

export class Ledger {
  readonly #storage: LedgerStorage
  readonly #system: SystemModel
  readonly #onFault: LedgerOptions['onFault']
  #locks = new LockTable()
  /** What a commit will apply, so that it need not be read again. */
  #prepared = new Map<TransactionId, Prepared>()
  #sequence = 0
  #awakened: TransactionId[] = []
  #tally: { prepared: number; committed: TransactionId[] } = { prepared: 0, committed: [] }

  constructor({ storage, system, onFault }: LedgerOptions) {
    this.#storage = storage
    this.#system = system
    this.#onFault = onFault
    this.recover()
  }

  /** Makes memory agree with the rows again. Whoever waited for a lock must ask anew. */
  recover(): void {
    const locks = new LockTable()
    const prepared = new Map<TransactionId, Prepared>()
    for (const { id, age, writes, leftOut = [], members = 0 } of this.#storage.prepared()) {
      prepared.set(id, { writes, leftOut, members })
      const effects = gathered(effectsOfImages(this.#system, writes), (read) => this.#storage.answer(read))
      locks.restore(id, age, footprint(effects))
    }
    this.#sequence = this.#storage.lastSequence()
    this.#locks = locks
    this.#prepared = prepared
    this.#awakened = []
  }

  /** Those who waited for a lock and should ask again, the oldest first for each lock freed. */
  takeAwakened(): readonly TransactionId[] {
    const awakened = this.#awakened
    this.#awakened = []
    return awakened
  }

  /** What was done since it was asked last. */
  takeTally(): { readonly prepared: number; readonly committed: readonly TransactionId[] } {
    const tally = this.#tally
    this.#tally = { prepared: 0, committed: [] }
    return tally
  }

  /** Null: it waits for a lock, which only a caller that `mayWait` is told. */
  prepare(request: PrepareRequest, now: number, mayWait: boolean): Vote | null {
    const repeated = this.#repeatedVote(request)
    if (repeated !== null) return repeated
    if (now > request.deadline) return this.refuse(request, [this.#late()], now)
    if (request.members !== undefined) return this.#prepareBatch(request, now)
    const inspection = inspect(this.#system, request)
    const states = recordsOf(inspection).map((ref) => this.#storage.state(ref))
    const answer = remembering((read) => this.#storage.answer(read))
    const opened = gathered(openCase(this.#system, request, inspection, states), answer)
    if (isRefusedAlready(opened)) return this.#vote(request, opened, answer, now)
    const asked = this.#locks.request(request.id, request.age, footprint(opened.effects))
    if (asked.answer === 'WAIT' && mayWait) return null
    if (asked.answer !== 'GRANTED') {
      this.#locks.withdraw(request.id)
      return this.refuse(request, [lockedBy(this.#system.system, request.writes, asked.lock)], now)
    }
    this.#awakened.push(...asked.displaced)
    try {
      const vote = this.#vote(request, opened, answer, now)
      if (vote.vote !== 'YES' || vote.state !== 'PREPARED') this.#release(request.id)
      return vote
    } catch (error) {
      this.#release(request.id)
      throw error
    }
  }

  /** Votes no for good. The id must not be held. */
  refuse(request: PrepareRequest, violations: readonly Violation[], now: number): Vote {
    const kept = bounded(violations, VIOLATIONS_MAX * (request.members ?? 1))
    this.#storage.insert(abortedRow(request, kept, now))
    return { vote: 'NO', violations: kept }
  }

  /**
   * Throws for anything but PREPARED and COMMITTED, where a member that was refused here is not left out or one is that
   * there is not, and for a repeat with other members.
   */
  commit({ id, leftOut }: CommitRequest, now: number): void {
    const prepared = this.#prepared.get(id)
    if (prepared === undefined) {
      const held = this.#storage.held(id)
      if (held?.state === 'COMMITTED' && isSameSet(held.leftOut ?? [], leftOut)) return
      throw new Error(`Transaction ${id} is not prepared, or committed with other members`)
    }
    if (!isWithin(prepared.leftOut, leftOut)) {
      throw new Error(`Transaction ${id} has members that were refused`)
    }
    if (leftOut.some((member) => member >= prepared.members)) {
      throw new Error(`Transaction ${id} has no such members to leave out`)
    }
    this.#storage.apply(withoutMembers(prepared.writes, leftOut), { transaction: id, at: now })
    this.#storage.end(id, { state: 'COMMITTED', sequence: this.#sequence + 1, at: now, leftOut })
    this.#sequence += 1
    this.#tally.committed.push(id)
    this.#end(id)
  }

  /** Throws where it is committed. */
  abort(id: TransactionId, now: number): void {
    const state = this.#storage.held(id)?.state
    if (state === 'COMMITTED') throw new Error(`Transaction ${id} is committed`)
    if (state !== 'PREPARED') return
    this.#storage.end(id, { state: 'ABORTED', sequence: null, at: now, leftOut: [] })
    this.#end(id)
  }

  fence(request: FenceRequest, now: number): FenceAnswer {
    const row = this.#storage.find(request.id)
    if (row !== undefined && row.plan !== request.plan) return { state: 'FOREIGN' }
    if (row !== undefined && row.state !== 'ABORTED') return { state: row.state, ...leftOutOf(row) }
    if (row !== undefined) return { state: 'ABORTED', violations: row.violations }
    const violations = [this.#complaint('FENCED', 'The attempt was ended before this system had prepared it')]
    this.#storage.insert(fencedRow(request, violations, now))
    return { state: 'ABORTED', violations }
  }

  /** Throws a RangeError unless `count` is a whole number from 1. */
  draw({ sequence, count }: DrawRequest): number {
    if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`Cannot draw ${count} numbers`)
    return this.#storage.draw({ sequence, count }) - count + 1
  }

  /** The transaction waits for no lock any longer. */
  withdraw(id: TransactionId): void {
    this.#locks.withdraw(id)
  }

  /** The reason given to those who are refused because another holds what they need. */
  lockedOut(): Violation {
    return this.#complaint('LOCKED', 'The attempt was ended while it waited for another transaction')
  }

  #repeatedVote({ id, plan }: PrepareRequest): Vote | null {
    const found = this.#storage.held(id)
    if (found === undefined) return null
    if (found.plan !== plan) return { vote: 'FOREIGN' }
    if (found.state === 'ABORTED') return { vote: 'NO', violations: this.#storage.find(id)?.violations ?? [] }
    const row = found.leftOut === undefined ? undefined : this.#storage.find(id)
    return { vote: 'YES', state: found.state, ...(row === undefined ? {} : leftOutOf(row)) }
  }

  /** Waits for nobody: a member that would have to is refused, and the others are not. */
  #prepareBatch(request: PrepareRequest, now: number): Vote {
    const { id, age, members, refusals } = request
    const answer = remembering((read) => this.#storage.answer(read))
    const { writes, leftOut, locks } = judgeMembers(this.#system, request, {
      state: (ref) => this.#storage.state(ref),
      answer,
      isFree: (lock) => this.#locks.isFree(lock, id, age),
      onFault: (error) => this.#heed(error),
    })
    const whole = refusals.filter(({ member }) => member === undefined)
    if (whole.length > 0 || leftOut.members.length === members) {
      return this.refuse(request, [...whole, ...leftOut.violations], now)
    }
    const vote = this.#accept(request, writes, leftOut, now)
    if (vote.vote === 'YES' && vote.state === 'PREPARED') this.#awakened.push(...this.#locks.take(id, age, locks))
    return vote
  }

  /** Throws a fault of the storage on, which ends the group. */
  #heed(error: unknown): void {
    const { ok } = this.#storage.step(() => {
      throw error
    })
    if (!ok) this.#onFault(error)
  }

  #vote(request: PrepareRequest, opened: Case, answer: (read: Read) => Answer, now: number): Vote {
    const answers = opened.questions.map(({ reads }) => reads.map(answer))
    const verdict = judge(this.#system, opened, answers)
    if (verdict.vote === 'NO') return this.refuse(request, verdict.violations, now)
    return this.#accept(request, verdict.writes, NOBODY, now)
  }

  #accept(request: PrepareRequest, writes: readonly WriteImage[], leftOut: LeftOut, now: number): Vote {
    const row = preparedRow(request, writes, leftOut, now)
    if (request.participants.length > 1) {
      this.#storage.insert(row)
      this.#prepared.set(request.id, { writes, leftOut: leftOut.members, members: request.members ?? 0 })
      this.#tally.prepared += 1
      return { vote: 'YES', state: 'PREPARED', ...leftOutOf(row) }
    }
    this.#storage.apply(writes, { transaction: request.id, at: now })
    this.#storage.insert({ ...row, state: 'COMMITTED', completedAt: now, sequence: this.#sequence + 1 })
    this.#sequence += 1
    this.#tally.committed.push(request.id)
    return { vote: 'YES', state: 'COMMITTED', ...leftOutOf(row) }
  }

  #end(id: TransactionId): void {
    this.#prepared.delete(id)
    this.#release(id)
  }

  #release(id: TransactionId): void {
    this.#awakened.push(...this.#locks.release(id))
  }

  #late(): Violation {
    return this.#complaint('TIMEOUT', 'The deadline passed before this system could prepare')
  }

  #complaint(code: Violation['code'], message: string): Violation {
    return violation(code, { system: this.#system.system, write: null, table: null, column: null, at: null }, message)
  }
}

function leftOutOf({ leftOut: members, violations }: TransactionRow): { readonly leftOut?: LeftOut } {
  return members === undefined ? {} : { leftOut: { members, violations } }
}

/** Of members in ascending order. */
function isSameSet(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((member, index) => member === other[index])
}
