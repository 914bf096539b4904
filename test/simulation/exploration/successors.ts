/** Everything that can happen next. */

import { afterHearing, onResolve } from './encounters.ts'
import type { Move } from './holdings.ts'
import { STEPS, stepIndex } from './language.ts'
import type { Machine } from './layout.ts'
import { isPatient, openCalls, type Reaction } from './machines.ts'
import type { Situation } from './situations.ts'
import type { Space } from './space.ts'
import type { Action, Taken } from './taken.ts'

/** `to` is good until the next call. */
export type Visit = (to: Int32Array, taken: Taken) => void

const DEADLINE = 1_000
const NONE: readonly Situation[] = []
/** The bit of its request, which comes first in every language. */
const PREPARE = 1

export function visitSuccessors(space: Space, state: Int32Array, visit: Visit): void {
  new Successors(space, state, visit).visitAll()
}

class Successors {
  readonly #space: Space
  readonly #state: Int32Array
  readonly #visit: Visit
  readonly #to: Int32Array
  readonly #isCalm: boolean
  #visited = 0

  constructor(space: Space, state: Int32Array, visit: Visit) {
    this.#space = space
    this.#state = state
    this.#visit = visit
    this.#to = new Int32Array(state.length)
    this.#isCalm = space.layout.isCalm(state)
  }

  /**
   * In the calm comes only the first that can come: one order of things is enough to show that an end can be reached.
   * What other orders may do is seen without a calm, in which nothing can happen that could not happen before. What
   * takes longest comes last, so that nothing may rest upon a deadline that a timer could do.
   */
  visitAll(): void {
    const { model, layout } = this.#space
    for (const system of model.systems.keys()) this.#inTurn(() => this.#participant(system))
    for (const machine of layout.machines) this.#inTurn(() => this.#hearAnswers(machine))
    for (const machine of layout.machines) this.#inTurn(() => this.#hearTime(machine))
    for (const machine of layout.machines) this.#inTurn(() => this.#leave(machine))
    for (const attempt of model.attempts.keys()) this.#inTurn(() => this.#passDeadline(attempt))
    for (const attempt of model.attempts.keys()) this.#inTurn(() => this.#resolve(attempt))
    for (const system of model.systems.keys()) this.#inTurn(() => this.#endWaits(system))
    if (!this.#isCalm) this.#becomeCalm()
  }

  #inTurn(part: () => void): void {
    if (!this.#isCalm || this.#visited === 0) part()
  }

  // ---- participants ----------------------------------------------------------------------------------------------

  #participant(system: number): void {
    const { model, holdings, layout, language } = this.#space
    const entry = holdings.entry(this.#state[system] ?? 0)
    const requests = layout.requests(this.#state, system)
    for (const attempt of model.attempts.keys()) {
      for (const request of language.requests.keys()) {
        const number = layout.requestOf(attempt, request)
        if ((requests & (1 << number)) === 0) continue
        const action = { action: 'ACT', system, attempt, request } as const
        for (const move of entry.acts[number] ?? []) this.#move(action, move, system)
      }
    }
    for (const move of entry.stirs) {
      if (move.stir !== 'EXPIRY') this.#move({ action: 'STIR', system, stir: move.stir }, move, system)
    }
    if (entry.crash === null) return
    this.#take({ action: 'CRASH', system }, hold(system, entry.crash), {
      situations: entry.crash.situations,
      isMishap: true,
    })
  }

  #endWaits(system: number): void {
    for (const move of this.#space.holdings.entry(this.#state[system] ?? 0).stirs) {
      if (move.stir === 'EXPIRY') this.#move({ action: 'STIR', system, stir: move.stir }, move, system)
    }
  }

  #move(action: Action, move: Move, system: number): void {
    this.#take(action, hold(system, move), { situations: move.situations })
  }

  // ---- machines --------------------------------------------------------------------------------------------------

  #hearAnswers(machine: Machine): void {
    const { model, layout, machines } = this.#space
    const number = layout.machine(this.#state, machine)
    if (number === null) return
    for (const system of model.systems.keys()) {
      const answers = layout.answers(this.#state, machine, system)
      for (let signal = 0; signal < machines.answerBits; signal += 1) {
        if (answers & (1 << signal)) this.#hear(machine, number, system, signal)
      }
    }
  }

  #hearTime(machine: Machine): void {
    const { model, layout, machines, language } = this.#space
    const number = layout.machine(this.#state, machine)
    if (number === null || !this.#space.isLive(this.#state, machine)) return
    for (const system of model.systems.keys()) {
      this.#hearSilence(machine, number, system)
      if (isPatient(machines.state(number))) this.#hear(machine, number, system, language.timer)
    }
    if (machine.role === 'RESOLVER' || !layout.hasPassed(this.#state, machine.attempt)) return
    const reaction = machines.passDeadline(number)
    if (!reaction.isNothing) this.#react({ action: 'HEAR_DEADLINE', machine }, machine, reaction)
  }

  /** A prepare that was given up for a fence may still fail. */
  #hearSilence(machine: Machine, number: number, system: number): void {
    const prepare = machine.role === 'COORDINATOR' ? 1 << stepIndex('PREPARE') : 0
    const awaited = this.#space.machines.awaits(number, system) | prepare
    for (const step of STEPS.keys()) {
      if (awaited & (1 << step)) this.#hear(machine, number, system, this.#space.language.silence + step)
    }
  }

  #hear(machine: Machine, number: number, system: number, signal: number): void {
    const reaction = this.#space.machines.hear(number, system, signal)
    if (reaction.isNothing) return
    const action = { action: 'HEAR', machine, system, signal } as const
    this.#react(action, machine, reaction, this.#isEarlySilence(machine, system, signal))
  }

  /** Whether the answer may be under way still, or the request. */
  #isEarlySilence(machine: Machine, system: number, signal: number): boolean {
    const { layout, language } = this.#space
    if (signal < language.silence || signal === language.timer) return false
    const requests = language.requestsFor(signal - language.silence)
    const isAsked = layout.asked(this.#state, machine, system) & requests
    return isAsked !== 0 || layout.answers(this.#state, machine, system) !== 0
  }

  #react(action: Action, machine: Machine, reaction: Reaction, isMishap = false): void {
    const { layout, machines } = this.#space
    const known = machines.state(reaction.to)
    const isToldAgain = reaction.answersCaller && layout.told(this.#state, machine.attempt) !== 'NOTHING'
    const change = (to: Int32Array): void => {
      layout.setMachine(to, machine, reaction.to)
      for (const [system, asked] of reaction.asks.entries()) {
        if (asked !== 0) layout.ask(to, machine, system, asked)
      }
      if (reaction.answersCaller && !isToldAgain) layout.tell(to, machine.attempt, known.state)
    }
    const situations = afterHearing(this.#space, this.#state, action, machine, reaction)
    this.#take(action, change, { situations, isMishap, fault: faultOf(machine, reaction, isToldAgain) })
  }

  #leave(machine: Machine): void {
    const { layout, machines } = this.#space
    const number = layout.machine(this.#state, machine)
    if (number === null || !this.#space.isLive(this.#state, machine)) return
    const known = machines.state(number)
    const remove = (to: Int32Array): void => layout.removeMachine(to, machine)
    this.#take({ action: 'DIE', machine }, remove, { isMishap: true })
    const isIdle = [...openCalls(known).values()].every(({ awaits }) => awaits === 'TIMER')
    if (!isIdle || isPatient(known)) return
    this.#take({ action: 'GIVE_UP', machine }, remove, { situations: ['a run gives up and leaves its rows'] })
  }

  #passDeadline(attempt: number): void {
    const { layout, model } = this.#space
    if (!model.deadlines || layout.hasPassed(this.#state, attempt)) return
    this.#take({ action: 'DEADLINE_PASSES', attempt }, (to) => layout.passDeadline(to, attempt))
  }

  #resolve(attempt: number): void {
    const { model, layout, machines } = this.#space
    const slots = layout.machines.filter((machine) => machine.role === 'RESOLVER' && machine.attempt === attempt)
    const machine = slots.find((slot) => !this.#space.isLive(this.#state, slot))
    if (machine === undefined) return
    const isAlone = layout.machines.every((other) => !this.#space.isLive(this.#state, other))
    const now = layout.hasPassed(this.#state, attempt) ? DEADLINE + 1 : DEADLINE
    if (!model.core.mayResolve(DEADLINE, now, isAlone)) return
    // It finds its transaction by a PREPARED row. A caller that asks again may send it where there is none.
    const isFound = this.#space.standings(this.#state, attempt).includes('PREPARED')
    if (this.#isCalm && !isFound) return
    const { to: number, asks } = machines.resolver
    const fault =
      isAlone || now > DEADLINE
        ? faultOf(machine, machines.resolver, false)
        : 'nobody resolves a transaction before its deadline beside somebody who is alive'
    const change = (to: Int32Array): void => {
      layout.removeMachine(to, machine)
      layout.setMachine(to, machine, number)
      for (const [system, asked] of asks.entries()) layout.ask(to, machine, system, asked)
    }
    const situations = onResolve(this.#space, this.#state, machine)
    this.#take({ action: 'RESOLVE', machine }, change, { situations, isProgress: isFound, fault })
  }

  // ---- steps -----------------------------------------------------------------------------------------------------

  /**
   * The worst of all losses, at any moment, and then none any more: does it still come to an end? For what may be done
   * before the end a loss needs no step of its own, as a message that is under way may stay there for ever.
   */
  #becomeCalm(): void {
    const { model, layout } = this.#space
    for (let chosen = 1; chosen < 1 << model.systems.length; chosen += 1) {
      const systems = [...model.systems.keys()].filter((system) => chosen & (1 << system))
      const change = (to: Int32Array): void => {
        layout.calm(to)
        for (const system of systems) layout.loseMessages(to, system)
      }
      const isAll = systems.length === model.systems.length
      if (!isAll && model.losses === 'ALL') continue
      const situations = isAll ? (['everything under way is lost'] as const) : NONE
      this.#take({ action: 'CALM', systems }, change, { situations, isProgress: false })
    }
  }

  #take(
    action: Action,
    change: (to: Int32Array) => void,
    {
      situations = NONE,
      isMishap = false,
      isProgress = !isMishap,
      fault = null,
    }: Partial<Taken & { isMishap: boolean }> = {},
  ): void {
    const { model, layout } = this.#space
    const isBounded = isMishap && model.mishaps !== null
    if (isMishap && this.#isCalm) return
    if (isBounded && layout.mishaps(this.#state) === model.mishaps) return
    this.#visited += 1
    this.#to.set(this.#state)
    change(this.#to)
    if (isBounded) layout.countMishap(this.#to)
    this.#space.settle(this.#to)
    this.#visit(this.#to, { action, situations, isProgress, fault })
  }
}

function hold(system: number, { to: holding }: Move): (to: Int32Array) => void {
  return (to) => {
    to[system] = holding
  }
}

/** Whether a step breaks a promise that no state shows. */
function faultOf({ role }: Machine, { asks, contradicts, waitsInVain }: Reaction, isToldAgain: boolean): string | null {
  if (contradicts) return 'no machine is told what contradicts its decision'
  if (isToldAgain) return 'a caller is answered once'
  if (waitsInVain) return 'a machine waits for what it has asked for alone'
  const prepares = asks.some((asked) => asked & PREPARE)
  return role === 'RESOLVER' && prepares ? 'only its coordinator asks to prepare a transaction' : null
}
