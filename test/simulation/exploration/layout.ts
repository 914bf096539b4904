/**
 * A state of everything as a row of whole numbers.
 *
 *     one for each system    what it holds, as numbered by `HoldingTable`
 *     requests               under way, for each system as many bits for each attempt as there are requests
 *     callers                4 bits for each attempt: whether its deadline has passed, and what its caller was told
 *     weather                whether it is calm, and how many mishaps there were where they are bounded
 *     for each machine       its state as numbered by `MachineTable` plus one, 0 for gone; and for each system its
 *                            mail: the answers that it may hear, and above them the requests whose answers it may yet get
 *
 * What is under way is a set: whatever was sent may arrive at any time, any number of times, or never. That is every
 * loss, repeat and reordering, and yet finite. Answers are on their way as soon as they can be: an answer that nobody
 * hears is as good as one that was not given.
 */

import type { Language } from './language.ts'
import type { Model } from './model.ts'

export const TOLD = ['NOTHING', 'DECIDING', 'COMMITTING', 'COMMITTED', 'REVERTING', 'REVERTED'] as const
export type Told = (typeof TOLD)[number]

export interface Machine {
  readonly attempt: number
  readonly role: 'COORDINATOR' | 'RESOLVER'
  /** Where its words begin. */
  readonly at: number
}

const CALLER_BITS = 4
const WORD_BITS = 32

export class Layout {
  readonly machines: readonly Machine[]
  readonly width: number
  readonly #systems: number
  readonly #requestsAt: number
  readonly #callersAt: number
  readonly #weatherAt: number
  /** Requests of one attempt, and of all. */
  readonly #requestsEach: number
  readonly #requestBits: number
  readonly #askedAt: number

  /** `answerBits`: how many bits the answers take that a machine may hear of one system. */
  constructor({ systems, attempts, resolvers }: Model, { requests }: Language, answerBits: number) {
    this.#requestsEach = requests.length
    this.#requestBits = requests.length * attempts.length
    this.#askedAt = answerBits
    if (this.#requestBits * systems.length > WORD_BITS || answerBits + requests.length >= WORD_BITS) {
      throw new RangeError('no word is wide enough for all that can be under way')
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

  /** What is under way to a system, as bits. */
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

  /** A caller is told once. */
  tell(state: Int32Array, attempt: number, told: Told): void {
    this.#changeCaller(state, attempt, TOLD.indexOf(told) << 1)
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

  /** The number of a request among those of all attempts. */
  requestOf(attempt: number, request: number): number {
    return attempt * this.#requestsEach + request
  }

  ask(state: Int32Array, machine: Machine, system: number, asks: number): void {
    this.setRequests(state, system, this.requests(state, system) | (asks << this.requestOf(machine.attempt, 0)))
    const asked = this.asked(state, machine, system) | asks
    this.setMail(state, machine, system, this.answers(state, machine, system), asked)
  }

  /** Whatever is under way to the system and from it. */
  loseMessages(state: Int32Array, system: number): void {
    this.setRequests(state, system, 0)
    for (const machine of this.machines) this.setMail(state, machine, system, 0, 0)
  }

  #caller(state: Int32Array, attempt: number): number {
    return (state[this.#callersAt] ?? 0) >>> (attempt * CALLER_BITS)
  }

  #changeCaller(state: Int32Array, attempt: number, bits: number): void {
    state[this.#callersAt] = (state[this.#callersAt] ?? 0) | (bits << (attempt * CALLER_BITS))
  }
}
