/**
 * A state of everything as a row of whole numbers.
 *
 *     one for each system    what it holds, as numbered by `HoldingTable`
 *     requests               under way, some bits for each system: one for each request of each attempt
 *     callers                some bits for each attempt: whether its deadline has passed, what its caller was told, and
 *                            of a batch the members that are left out, as it was told
 *     weather                whether it is calm, and how many mishaps there were where they are bounded
 *     for each machine       its state as numbered by `MachineTable` plus one, 0 for gone; and for each system its
 *                            mail: the answers that it may hear, and above them the requests whose answers it may yet get
 *
 * What is under way is a set: whatever was sent may arrive at any time, any number of times, or never. That is every
 * loss, repeat and reordering, and yet finite. Answers are on their way as soon as they can be: an answer that nobody
 * hears is as good as one that was not given.
 */

import type { Model } from './model.ts'
import type { Signals } from './signals.ts'

export const TOLD = ['NOTHING', 'DECIDING', 'COMMITTING', 'COMMITTED', 'REVERTING', 'REVERTED'] as const
export type Told = (typeof TOLD)[number]

export interface Machine {
  readonly attempt: number
  readonly role: 'COORDINATOR' | 'RESOLVER'
  /** Where its words begin. */
  readonly at: number
}

const TOLD_BITS = 4

export class Layout {
  readonly machines: readonly Machine[]
  readonly width: number
  readonly #systems: number
  readonly #requestsAt: number
  readonly #callersAt: number
  readonly #weatherAt: number
  readonly #requestsEach: number
  readonly #requestBits: number
  readonly #callerBits: number
  readonly #askedAt: number

  constructor({ systems, attempts, resolvers, members }: Model, signals: Signals) {
    this.#requestsEach = signals.requests.length
    this.#requestBits = attempts.length * this.#requestsEach
    this.#callerBits = TOLD_BITS + members
    this.#askedAt = signals.answers.length
    if (this.#askedAt + this.#requestsEach > 32 || this.#requestBits * systems.length > 32) {
      throw new RangeError('what is under way does not fit a word')
    }
    this.#systems = systems.length
    this.#requestsAt = this.#systems
    this.#callersAt = this.#systems + 1
    this.#weatherAt = this.#systems + 2
    const size = 1 + this.#systems
    const roles = [
      ...attempts.map((_, attempt) => ({ attempt, role: 'COORDINATOR' as const })),
      ...attempts.flatMap((_, attempt) =>
        Array.from({ length: resolvers }, () => ({ attempt, role: 'RESOLVER' as const })),
      ),
    ]
    this.machines = roles.map((role, index) => ({ ...role, at: this.#systems + 3 + index * size }))
    this.width = this.#systems + 3 + this.machines.length * size
  }

  /** Those under way to a system, as bits. */
  requests(state: Int32Array, system: number): number {
    return ((state[this.#requestsAt] ?? 0) >>> (system * this.#requestBits)) & ((1 << this.#requestBits) - 1)
  }

  setRequests(state: Int32Array, system: number, requests: number): void {
    const at = system * this.#requestBits
    const others = (state[this.#requestsAt] ?? 0) & ~(((1 << this.#requestBits) - 1) << at)
    state[this.#requestsAt] = others | (requests << at)
  }

  hasPassed(state: Int32Array, attempt: number): boolean {
    return (this.#caller(state, attempt) & 1) === 1
  }

  passDeadline(state: Int32Array, attempt: number): void {
    this.#changeCaller(state, attempt, 1)
  }

  told(state: Int32Array, attempt: number): Told {
    return TOLD[(this.#caller(state, attempt) >>> 1) & 7] ?? 'NOTHING'
  }

  /** Members that the caller was told are left out, as bits. */
  toldLeftOut(state: Int32Array, attempt: number): number {
    return (this.#caller(state, attempt) >>> TOLD_BITS) & ((1 << (this.#callerBits - TOLD_BITS)) - 1)
  }

  /** A caller is told once. */
  tell(state: Int32Array, attempt: number, told: Told, leftOut: number): void {
    this.#changeCaller(state, attempt, (TOLD.indexOf(told) << 1) | (leftOut << TOLD_BITS))
  }

  /** From when it is calm nothing goes wrong any more. */
  isCalm(state: Int32Array): boolean {
    return ((state[this.#weatherAt] ?? 0) & 1) === 1
  }

  calm(state: Int32Array): void {
    state[this.#weatherAt] = 1
  }

  mishaps(state: Int32Array): number {
    return (state[this.#weatherAt] ?? 0) >>> 1
  }

  countMishap(state: Int32Array): void {
    state[this.#weatherAt] = (state[this.#weatherAt] ?? 0) + 2
  }

  /** Null for a machine that is gone, or has not begun. */
  machine(state: Int32Array, { at }: Machine): number | null {
    const word = state[at] ?? 0
    return word === 0 ? null : word - 1
  }

  setMachine(state: Int32Array, { at }: Machine, number: number): void {
    state[at] = number + 1
  }

  /** It is gone, and nobody is there to read its mail. */
  removeMachine(state: Int32Array, { at }: Machine): void {
    state.fill(0, at, at + 1 + this.#systems)
  }

  answers(state: Int32Array, { at }: Machine, system: number): number {
    return (state[at + 1 + system] ?? 0) & ((1 << this.#askedAt) - 1)
  }

  asked(state: Int32Array, { at }: Machine, system: number): number {
    return (state[at + 1 + system] ?? 0) >>> this.#askedAt
  }

  setMail(state: Int32Array, { at }: Machine, system: number, answers: number, asked: number): void {
    state[at + 1 + system] = answers | (asked << this.#askedAt)
  }

  ask(state: Int32Array, machine: Machine, system: number, requests: number): void {
    this.setRequests(state, system, this.requests(state, system) | (requests << this.requestOf(machine.attempt, 0)))
    const asked = this.asked(state, machine, system) | requests
    this.setMail(state, machine, system, this.answers(state, machine, system), asked)
  }

  /** Whatever is under way to the system and from it. */
  loseMessages(state: Int32Array, system: number): void {
    this.setRequests(state, system, 0)
    for (const machine of this.machines) this.setMail(state, machine, system, 0, 0)
  }

  requestOf(attempt: number, request: number): number {
    return attempt * this.#requestsEach + request
  }

  #caller(state: Int32Array, attempt: number): number {
    return (state[this.#callersAt] ?? 0) >>> (attempt * this.#callerBits)
  }

  #changeCaller(state: Int32Array, attempt: number, bits: number): void {
    state[this.#callersAt] = (state[this.#callersAt] ?? 0) | (bits << (attempt * this.#callerBits))
  }
}
