/** The states of a model: where it starts, and what of a state can make a difference. */

import type { Standing } from './holdings.ts'
import { HoldingTable } from './holdings.ts'
import { Language } from './language.ts'
import { Layout, type Machine } from './layout.ts'
import { isOver, MachineTable } from './machines.ts'
import type { Model } from './model.ts'

export class Space {
  readonly model: Model
  readonly language: Language
  readonly layout: Layout
  readonly machines: MachineTable
  readonly holdings: HoldingTable
  readonly #resolvers: readonly (readonly Machine[])[]

  constructor(model: Model) {
    this.model = model
    this.language = new Language(model.members)
    this.machines = new MachineTable(model.core, model.systems, this.language)
    this.layout = new Layout(model, this.language, this.machines.answerBits)
    this.holdings = new HoldingTable(model, this.language, this.machines.meanings)
    this.#resolvers = model.attempts.map((_, attempt) =>
      this.layout.machines.filter((machine) => machine.role === 'RESOLVER' && machine.attempt === attempt),
    )
  }

  /** Each coordinator has asked; nothing has arrived. One that begins later is one whose messages are slow. */
  start(): Int32Array {
    const state = new Int32Array(this.layout.width)
    const { to, asks } = this.machines.coordinator
    for (const machine of this.layout.machines) {
      if (machine.role === 'RESOLVER') continue
      this.layout.setMachine(state, machine, to)
      for (const [system, steps] of asks.entries()) this.layout.ask(state, machine, system, steps)
    }
    this.settle(state)
    return state
  }

  isLive(state: Int32Array, machine: Machine): boolean {
    const number = this.layout.machine(state, machine)
    return number !== null && !isOver(this.machines.state(number))
  }

  standings(state: Int32Array, attempt: number): readonly Standing[] {
    return this.model.systems.map((_, system) => this.standing(state, system, attempt))
  }

  standing(state: Int32Array, system: number, attempt: number): Standing {
    return this.holdings.entry(state[system] ?? 0).standings[attempt] ?? 'NOTHING'
  }

  /** Puts every answer under way that can be given now, and forgets whatever can no longer make a difference. */
  settle(state: Int32Array): void {
    for (let system = 0; system < this.model.systems.length; system += 1) {
      const moving = this.holdings.moving(state[system] ?? 0)
      this.layout.setRequests(state, system, this.layout.requests(state, system) & moving)
    }
    for (const machine of this.layout.machines) this.#settleMail(state, machine)
  }

  #settleMail(state: Int32Array, machine: Machine): void {
    const { layout, machines, language } = this
    const requests = language.requests.length
    const number = layout.machine(state, machine)
    if (number === null) return
    let isSilent = true
    for (let system = 0; system < this.model.systems.length; system += 1) {
      const audible = machines.audible(number, system)
      const holding = state[system] ?? 0
      const { answers: given } = this.holdings.entry(holding)
      const asked = layout.asked(state, machine, system)
      let answers = layout.answers(state, machine, system)
      for (let request = 0; request < requests; request += 1) {
        if (asked & (1 << request)) answers |= given[layout.requestOf(machine.attempt, request)] ?? 0
      }
      answers &= audible
      let open = 0
      for (let request = 0; request < requests; request += 1) {
        const number = layout.requestOf(machine.attempt, request)
        const toCome = this.holdings.answerable(holding, number) & audible & ~answers
        if (asked & (1 << request) && toCome !== 0) open |= 1 << request
      }
      layout.setMail(state, machine, system, answers, open)
      if (answers !== 0 || open !== 0) isSilent = false
    }
    if (isSilent && isOver(machines.state(number))) layout.removeMachine(state, machine)
  }

  /** Puts the resolvers of each attempt in order: they are alike, so it does not matter which is which. */
  order(state: Int32Array): void {
    for (const machines of this.#resolvers) {
      for (let sorted = 1; sorted < machines.length; sorted += 1) {
        for (let index = sorted; index > 0; index -= 1) {
          const [one, other] = [machines[index - 1], machines[index]]
          if (one === undefined || other === undefined || !this.#swapIfGreater(state, one, other)) break
        }
      }
    }
  }

  #swapIfGreater(state: Int32Array, { at: one }: Machine, { at: other }: Machine): boolean {
    const size = 1 + this.model.systems.length
    for (let word = 0; word < size; word += 1) {
      const difference = (state[one + word] ?? 0) - (state[other + word] ?? 0)
      if (difference < 0) return false
      if (difference > 0) {
        const moved = state.slice(one, one + size)
        state.copyWithin(one, other, other + size)
        state.set(moved, other)
        return true
      }
    }
    return false
  }
}
