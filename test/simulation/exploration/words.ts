/** States and steps in words. */

import type { Row } from './holding.ts'
import { type Answer, type AnswerName, type Request, STEPS } from './language.ts'
import type { Machine } from './layout.ts'
import type { Reaction } from './machines.ts'
import type { Space } from './space.ts'
import type { Action } from './taken.ts'

/** A vote and a fence's answer may be one to the core, and are told alike. */
const HEARD: Readonly<Record<AnswerName, string>> = {
  YES_PREPARED: 'that it holds PREPARED',
  YES_COMMITTED: 'that it holds COMMITTED',
  NO: 'a no',
  FOREIGN: 'a no',
  FENCED_PREPARED: 'that it holds PREPARED',
  FENCED_COMMITTED: 'that it holds COMMITTED',
  FENCED_ABORTED: 'a no',
  FENCED_FOREIGN: 'a no',
  COMMIT_DONE: 'that it has committed',
  ABORT_DONE: 'that it has aborted',
}

export class Words {
  readonly #space: Space

  constructor(space: Space) {
    this.#space = space
  }

  start(): readonly string[] {
    const coordinators = this.#space.layout.machines.filter(({ role }) => role === 'COORDINATOR')
    return coordinators.map((machine) =>
      this.#sentence(machine, `begins and ${this.#asks(this.#space.machines.coordinator)}`),
    )
  }

  step(from: Int32Array, to: Int32Array, action: Action): string {
    const { machines, layout } = this.#space
    switch (action.action) {
      case 'ACT': {
        const request = this.#space.language.requests[action.request]
        const what = `${request === undefined ? '' : this.#request(request)}${this.#ofAttempt(action.attempt)}`
        return `${this.#system(action.system)} receives ${what}: it holds ${this.#holding(to, action.system)}.`
      }
      case 'STIR': {
        const stirs = {
          FORCE: 'forces what it holds',
          EXPIRY: 'ends a wait that took too long',
          TIMEOUT: 'aborts of itself',
          COLLECT: 'forgets a row',
        }
        return `${this.#system(action.system)} ${stirs[action.stir]}: it holds ${this.#holding(to, action.system)}.`
      }
      case 'CRASH':
        return `${this.#system(action.system)} crashes and comes back: it holds ${this.#holding(to, action.system)}.`
      case 'CALM': {
        const systems = action.systems.map((system) => this.#system(system)).join(' and ')
        return `Everything under way to and from ${systems} is lost. From now on nothing goes wrong.`
      }
      case 'HEAR': {
        const { machine, system, signal } = action
        const reaction = machines.hear(layout.machine(from, machine) ?? 0, system, signal)
        return this.#sentence(machine, `${this.#signal(system, signal)}${this.#reaction(from, machine, reaction)}`)
      }
      case 'DEADLINE_PASSES':
        return `The deadline passes${this.#ofAttempt(action.attempt)}.`
      case 'HEAR_DEADLINE': {
        const reaction = machines.passDeadline(layout.machine(from, action.machine) ?? 0)
        return this.#sentence(action.machine, `hears of the deadline${this.#reaction(from, action.machine, reaction)}`)
      }
      case 'RESOLVE':
        return this.#sentence(action.machine, `begins and ${this.#asks(machines.resolver)}`)
      case 'GIVE_UP':
        return this.#sentence(action.machine, 'gives up and leaves the rows')
      case 'DIE':
        return this.#sentence(action.machine, 'dies')
      default:
        return action satisfies never
    }
  }

  whole(state: Int32Array): string {
    const { model, layout } = this.#space
    const systems = model.systems.map((system, index) => `${system} holds ${this.#holding(state, index)}`)
    const callers = model.attempts.flatMap((_, attempt) => {
      const told = layout.told(state, attempt)
      return told === 'NOTHING' ? [] : [`the caller${this.#ofAttempt(attempt)} was told ${told}`]
    })
    const machines = layout.machines.flatMap((machine) => {
      const number = layout.machine(state, machine)
      return number === null ? [] : [`${this.#name(machine)} is ${this.#space.machines.state(number).state}`]
    })
    return `${[...systems, ...callers, ...machines].join('; ')}.`
  }

  #holding(state: Int32Array, system: number): string {
    const { holding, isForced } = this.#space.holdings.entry(state[system] ?? 0)
    const rows = holding.current.flatMap((row) => (row === null ? [] : [this.#row(row)]))
    const waits = holding.waiting.map((attempt) => `a wait for its lock${this.#ofAttempt(attempt)}`)
    const all = [...rows, ...waits]
    return `${all.length === 0 ? 'nothing' : all.join(' and ')}${isForced ? '' : ', not forced yet'}`
  }

  #row({ state, attempt, why, leftOut }: Row): string {
    return `${state}${why === null ? '' : ` (${why})`}${without(leftOut)}${this.#ofAttempt(attempt)}`
  }

  #request({ step, leftOut }: Request): string {
    return `${step}${without(leftOut)}`
  }

  #signal(system: number, signal: number): string {
    const name = this.#system(system)
    const { language } = this.#space
    if (signal === language.timer) return `has waited to ask ${name} again`
    const answer = language.answers[signal]
    return answer === undefined
      ? `hears nothing from ${name} about its ${STEPS[signal - language.silence]}`
      : `hears from ${name} ${heard(answer)}`
  }

  #reaction(from: Int32Array, machine: Machine, reaction: Reaction): string {
    const { layout, machines } = this.#space
    const before = machines.state(layout.machine(from, machine) ?? 0).state
    const after = machines.state(reaction.to).state
    const parts = [
      ...(before === after ? [] : [`is ${after}`]),
      ...(reaction.asks.some((asked) => asked > 0) ? [this.#asks(reaction)] : []),
      ...(reaction.answersCaller ? [`tells its caller ${after}`] : []),
      ...(reaction.contradicts ? ['finds that this contradicts its decision'] : []),
    ]
    return parts.map((part) => `, ${part}`).join('')
  }

  #asks({ asks }: Reaction): string {
    const { requests } = this.#space.language
    const all = asks.flatMap((asked, system) =>
      requests
        .filter((_, index) => asked & (1 << index))
        .map((request) => `${this.#system(system)} to ${this.#request(request)}`),
    )
    return `asks ${all.join(' and ')}`
  }

  #sentence(machine: Machine, rest: string): string {
    const name = this.#name(machine)
    return `${name.slice(0, 1).toUpperCase()}${name.slice(1)} ${rest}.`
  }

  #name(machine: Machine): string {
    const { layout, model } = this.#space
    const peers = layout.machines.filter(({ attempt, role }) => attempt === machine.attempt && role === machine.role)
    const number = model.resolvers > 1 && machine.role === 'RESOLVER' ? ` ${peers.indexOf(machine) + 1}` : ''
    return `the ${machine.role.toLowerCase()}${number}${this.#ofAttempt(machine.attempt)}`
  }

  #ofAttempt(attempt: number): string {
    return this.#space.model.attempts.length > 1 ? ` of attempt ${attempt + 1}` : ''
  }

  #system(system: number): string {
    return this.#space.model.systems[system] ?? 'nobody'
  }
}

function heard({ name, leftOut }: Answer): string {
  return `${HEARD[name]}${without(leftOut)}`
}

/** Members of a batch that are not in it. */
function without(leftOut: readonly number[]): string {
  return leftOut.length === 0 ? '' : ` without ${leftOut.map((member) => `member ${member + 1}`).join(' and ')}`
}
