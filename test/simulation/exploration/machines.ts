/**
 * The core as a table: every state that a machine can come to by any events in any order, numbered, and what each event
 * does there. The core itself is asked, once for each state and event; the exploration then looks up.
 *
 * Told apart is what the core can tell apart. Left out are the order of names in a state, which orders commands alone;
 * failures beyond the first, which lengthen a pause alone; and the reasons of refusals, but for whether there are any.
 * Answers that the core takes for the same in every state are one: a vote and a fence's answer, say.
 */

import type { begin, beginResolve, decide, mayResolve } from '../../../gateway/coordinator/protocol.ts'
import type { Ask, Call, Calls, Decision, Refusal, State, Step } from '../../../gateway/coordinator/protocol-state.ts'
import type { System } from '../../../schema/record.ts'
import { type Language, stepIndex } from './language.ts'
import { spread } from './spread.ts'

export interface Core {
  readonly begin: typeof begin
  readonly beginResolve: typeof beginResolve
  readonly mayResolve: typeof mayResolve
  readonly decide: typeof decide
}

/** What an event does to a machine. */
export interface Reaction {
  readonly to: number
  /** For each system what it is now asked, as bits. */
  readonly asks: readonly number[]
  readonly answersCaller: boolean
  readonly contradicts: boolean
  /** Whether it begins to wait for an answer or a timer without having asked for it. */
  readonly waitsInVain: boolean
  /** Nothing but a new timer, a command or a new state makes a difference. */
  readonly isNothing: boolean
}

const REASON: Refusal = { system: 'CRM', violations: [], foreign: false }

export class MachineTable {
  readonly #systems: readonly System[]
  readonly #core: Core
  readonly #language: Language
  readonly #states: State[] = []
  readonly #numbers = new Map<string, number>()
  readonly #reactions: Reaction[][] = []
  /** For each system and state the answers of the system that do something there or in any state after it, as bits. */
  readonly #audible: readonly (readonly number[])[]
  /** For each answer the bit of the first one that means the same to the core in every state. */
  readonly meanings: readonly number[]
  /** How many bits the meanings take. */
  readonly answerBits: number
  readonly coordinator: Reaction
  readonly resolver: Reaction
  /** The number of the deadline among the events. */
  readonly deadline: number

  constructor(core: Core, systems: readonly System[], language: Language) {
    this.#core = core
    this.#systems = systems
    this.#language = language
    this.deadline = systems.length * language.signals
    this.coordinator = this.#reaction(null, core.begin(systems))
    this.resolver = this.#reaction(null, core.beginResolve(systems))
    for (let state = 0; state < this.#states.length; state += 1) this.#reactions.push(this.#reactionsOf(state))
    const { answers } = language
    const firsts = answers.map((_, signal) => answers.findIndex((_, other) => this.#isSame(signal, other)))
    this.answerBits = 1 + Math.max(...firsts)
    this.meanings = firsts.map((first) => 1 << first)
    this.#audible = systems.map((_, system) => this.#audibleOf(system))
  }

  state(number: number): State {
    const state = this.#states[number]
    if (state === undefined) throw new RangeError(`no machine has the state ${number}`)
    return state
  }

  hear(state: number, system: number, signal: number): Reaction {
    return this.#react(state, system * this.#language.signals + signal)
  }

  passDeadline(state: number): Reaction {
    return this.#react(state, this.deadline)
  }

  audible(state: number, system: number): number {
    return this.#audible[system]?.[state] ?? 0
  }

  /** The steps that the machine waits to hear of, as bits. */
  awaits(state: number, system: number): number {
    const call = this.#callOf(this.state(state), system)
    return call?.awaits === 'ANSWER' ? 1 << stepIndex(call.step) : 0
  }

  /** The step that the system was asked last and has yet to answer; null for none. */
  stepOf(state: State, system: number): Step | null {
    return this.#callOf(state, system)?.step ?? null
  }

  #callOf(state: State, system: number): Call<Step> | undefined {
    const name = this.#systems[system]
    return name === undefined ? undefined : openCalls(state).get(name)
  }

  #isSame(signal: number, other: number): boolean {
    return this.#reactions.every((_, state) =>
      this.#systems.every((_, system) => areSame(this.hear(state, system, signal), this.hear(state, system, other))),
    )
  }

  #react(state: number, event: number): Reaction {
    const reaction = this.#reactions[state]?.[event]
    if (reaction === undefined) throw new RangeError(`no machine in the state ${state} hears ${event}`)
    return reaction
  }

  #reactionsOf(number: number): Reaction[] {
    const { decide } = this.#core
    const state = this.state(number)
    const ofSystems = this.#systems.flatMap((system) =>
      Array.from({ length: this.#language.signals }, (_, signal) =>
        this.#reaction(number, decide(state, this.#language.eventOf(signal, system))),
      ),
    )
    return [...ofSystems, this.#reaction(number, decide(state, { event: 'DEADLINE_PASSED' }))]
  }

  #reaction(from: number | null, { state, commands }: Decision): Reaction {
    const asks = this.#systems.map(() => 0)
    let retries = 0
    let answersCaller = false
    let contradicts = false
    for (const command of commands) {
      if (command.command === 'ANSWER') answersCaller = true
      else if (command.command === 'REPORT') contradicts = true
      else {
        const system = this.#systems.indexOf(command.system)
        if (command.command === 'RETRY') retries |= 1 << system
        else asks[system] = (asks[system] ?? 0) | (1 << this.#numberOfAsk(command))
      }
    }
    const to = this.#numberOf(state)
    const isNothing = to === from && commands.length === 0
    const waitsInVain = this.#systems.some((_, system) =>
      this.#waitsInVain(from, to, system, asks[system] ?? 0, retries),
    )
    return { to, asks, answersCaller, contradicts, waitsInVain, isNothing }
  }

  #waitsInVain(from: number | null, to: number, system: number, asks: number, retries: number): boolean {
    const call = this.#callOf(this.state(to), system)
    if (call === undefined) return false
    const before = from === null ? undefined : this.#callOf(this.state(from), system)
    if (before?.step === call.step && before.awaits === call.awaits) return false
    const wanted = this.#language.requestsFor(stepIndex(call.step))
    return call.awaits === 'ANSWER' ? (asks & wanted) === 0 : (retries & (1 << system)) === 0
  }

  #numberOfAsk(ask: Ask): number {
    const number = this.#language.requestOf(ask)
    if (number < 0) throw new RangeError(`nobody can be asked for ${JSON.stringify(ask)}`)
    return number
  }

  #numberOf(state: State): number {
    const plain = this.#plain(state)
    const name = JSON.stringify({ ...plain, open: [...openCalls(plain)] })
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.#states.length)
    return this.#states.push(plain) - 1
  }

  #plain(state: State): State {
    switch (state.state) {
      case 'DECIDING':
        return {
          ...state,
          yes: this.#systems.flatMap((one) => state.yes.filter(({ system }) => system === one)),
          open: this.#ordered(state.open),
        }
      case 'COMMITTING':
        return { ...state, open: this.#ordered(state.open) }
      case 'REVERTING':
        return { ...state, open: this.#ordered(state.open), refusals: someReason(state.refusals) }
      case 'REVERTED':
        return { ...state, refusals: someReason(state.refusals) }
      case 'COMMITTED':
        return state
      default:
        return state satisfies never
    }
  }

  #ordered<S extends Step>(calls: Calls<S>): Calls<S> {
    return new Map(
      this.#systems.flatMap((system) => {
        const call = calls.get(system)
        return call === undefined ? [] : [[system, { ...call, failures: Math.min(call.failures, 1) }] as const]
      }),
    )
  }

  #audibleOf(system: number): readonly number[] {
    const own = this.#states.map((_, state) =>
      Array.from({ length: this.answerBits }, (_, signal) =>
        this.hear(state, system, signal).isNothing ? 0 : 1 << signal,
      ).reduce((bits, bit) => bits | bit, 0),
    )
    return spread(
      own,
      this.#reactions.map((reactions) => reactions.map(({ to }) => to)),
    )
  }
}

function areSame(one: Reaction, other: Reaction): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

export function openCalls(state: State): Calls<Step> {
  return 'open' in state ? state.open : new Map()
}

export function isOver(state: State): boolean {
  return state.state === 'COMMITTED' || state.state === 'REVERTED'
}

/** Whether a caller still waits, for whose sake steps are repeated. */
export function isPatient(state: State): boolean {
  return 'answered' in state && !state.answered
}

function someReason(refusals: readonly Refusal[]): readonly Refusal[] {
  return refusals.length === 0 ? [] : [REASON]
}
