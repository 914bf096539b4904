/**
 * Laws of the protocol under every schedule: messages lost, late, repeated and reordered, participants that say yes or
 * no, a coordinator and resolvers at once. A participant here is what the protocol says that it is, and no more: a row
 * under a unique id and the moves that it allows.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LeftOut } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import { begin, beginResolve, decide } from './protocol.ts'
import type { Command, Decision, Event, State, Step } from './protocol-state.ts'

const BOTH: readonly System[] = ['CRM', 'ERP']
/** Of a batch. */
const MEMBERS = [0, 1, 2]

const leaving = (members: readonly number[]): LeftOut => ({ members, violations: [] })
const someMembers = fc.subarray(MEMBERS)
const holding = fc.record({
  state: fc.constantFrom('PREPARED' as const, 'COMMITTED' as const),
  leftOut: someMembers.map(leaving),
})

describe('whatever comes, in whatever order', () => {
  const system = fc.constantFrom<System>('CRM', 'ERP')
  const step = fc.constantFrom<Step>('PREPARE', 'FENCE', 'COMMIT', 'ABORT')
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.record({
      event: fc.constant('VOTED' as const),
      system,
      vote: fc.oneof(
        holding.map((held) => ({ vote: 'YES' as const, ...held })),
        fc.constantFrom({ vote: 'NO' as const, violations: [] }, { vote: 'FOREIGN' as const }),
      ),
    }),
    fc.record({
      event: fc.constant('FENCED' as const),
      system,
      answer: fc.oneof(
        holding,
        fc.constantFrom({ state: 'ABORTED' as const, violations: [] }, { state: 'FOREIGN' as const }),
      ),
    }),
    fc.record({
      event: fc.constant('ACKNOWLEDGED' as const),
      system,
      step: fc.constantFrom('COMMIT' as const, 'ABORT' as const),
    }),
    fc.record({ event: fc.constant('NO_ANSWER' as const), system, step }),
    fc.record({ event: fc.constant('TIMER_FIRED' as const), system }),
    fc.constant({ event: 'DEADLINE_PASSED' as const }),
  )
  const first = fc.constantFrom(begin(BOTH), beginResolve(BOTH), begin(['CRM']))
  const history = (from: Decision, events: readonly Event[]): readonly Decision[] => {
    const past = [from]
    for (const event of events) past.push(decide((past.at(-1) ?? from).state, event))
    return past
  }

  test('a transaction is told to commit or to abort, never both, and is answered at most once', () => {
    fc.assert(
      fc.property(first, fc.array(event, { maxLength: 30 }), (from, events) => {
        const commands = history(from, events).flatMap((decision) => decision.commands)
        const names = new Set(commands.map((command) => command.command))
        expect(names.has('COMMIT') && names.has('ABORT')).toBe(false)
        expect(commands.filter((command) => command.command === 'ANSWER').length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 3_000 },
    )
  })

  test('a commit needs the yes of every participant or one that has committed; an abort needs a no', () => {
    fc.assert(
      fc.property(first, fc.array(event, { maxLength: 30 }), (from, events) => {
        history(from, events).forEach(({ state }, count) => {
          const told = events.slice(0, count).flatMap(factOf)
          const participants = systemsOf(from.state)
          const yes = (one: System) => told.some((fact) => fact.system === one && fact.holds === 'PREPARED')
          if (state.state === 'COMMITTING' || state.state === 'COMMITTED') {
            expect(participants.every(yes) || told.some((fact) => fact.holds === 'COMMITTED')).toBe(true)
          }
          if (state.state === 'REVERTING' || state.state === 'REVERTED') {
            expect(told.some((fact) => fact.holds === 'NO')).toBe(true)
          }
        })
      }),
      { numRuns: 3_000 },
    )
  })

  test('every commit of a batch is told to leave out the same members, and the end says which', () => {
    fc.assert(
      fc.property(first, fc.array(event, { maxLength: 30 }), (from, events) => {
        const decisions = history(from, events)
        const told = decisions.flatMap(({ commands }) =>
          commands.flatMap((command) => (command.command === 'COMMIT' ? [command.leftOut] : [])),
        )
        const kept = decisions.flatMap(({ state }) => ('leftOut' in state ? [state.leftOut.members] : []))
        expect(new Set([...told, ...kept].map((members) => members.join())).size).toBeLessThanOrEqual(1)
      }),
      { numRuns: 3_000 },
    )
  })

  test('a decision is never taken back', () => {
    const after: Record<State['state'], readonly State['state'][]> = {
      DECIDING: ['DECIDING', 'COMMITTING', 'COMMITTED', 'REVERTING', 'REVERTED'],
      COMMITTING: ['COMMITTING', 'COMMITTED'],
      REVERTING: ['REVERTING', 'REVERTED'],
      COMMITTED: ['COMMITTED'],
      REVERTED: ['REVERTED'],
    }
    fc.assert(
      fc.property(first, fc.array(event, { maxLength: 30 }), (from, events) => {
        const states = history(from, events).map((decision) => decision.state.state)
        states.slice(1).forEach((state, index) => {
          expect(after[states[index] ?? 'DECIDING']).toContain(state)
        })
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('a coordinator and two resolvers over participants that keep their promises', () => {
  const schedule = fc.record({
    willing: fc.record({ CRM: fc.boolean(), ERP: fc.boolean() }),
    /** Whom of a batch each refuses; it is as good as an ordinary transaction where that is nobody. */
    refused: fc.record({ CRM: someMembers, ERP: someMembers }),
    /** Each choice picks what happens next among everything that could. */
    choices: fc.array(fc.nat({ max: 997 }), { minLength: 5, maxLength: 80 }),
  })

  test('both commit the same members or both abort, nobody is told otherwise, and once all is heard everybody ends', () => {
    fc.assert(
      fc.property(schedule, ({ willing, refused, choices }) => {
        const world = new World(willing, refused)
        for (const choice of choices) {
          world.happen(choice)
          world.check()
        }
        world.settle()
        world.check()
        expect(world.ends()).toEqual([world.expectedEnd(), world.expectedEnd(), world.expectedEnd()])
      }),
      { numRuns: 5_000 },
    )
  })
})

type RowState = 'NOTHING' | 'PREPARED' | 'COMMITTED' | 'ABORTED'

interface Message {
  readonly machine: number
  readonly step: Step
  readonly system: System
  /** Of a commit. */
  readonly leftOut: readonly number[]
}

class World {
  readonly rows = new Map<System, RowState>(BOTH.map((system) => [system, 'NOTHING']))
  readonly machines: State[] = []
  requests: Message[] = []
  replies: { readonly machine: number; readonly event: Event }[] = []
  timers: Message[] = []
  readonly willing: Readonly<Record<System, boolean>>
  readonly refused: Readonly<Record<System, readonly number[]>>
  /** What each has left out with its commit. */
  readonly committed = new Map<System, readonly number[]>()

  constructor(willing: World['willing'], refused: World['refused']) {
    this.willing = willing
    this.refused = refused
    for (const first of [begin(BOTH), beginResolve(BOTH), beginResolve(BOTH)]) {
      this.machines.push(first.state)
      this.carryOut(this.machines.length - 1, first.commands)
    }
  }

  happen(choice: number): void {
    const kind = choice % 7
    const pick = Math.floor(choice / 7)
    const request = this.requests[pick % Math.max(1, this.requests.length)]
    const reply = this.replies[pick % Math.max(1, this.replies.length)]
    if (kind <= 1 && request !== undefined) this.arrive(request, true)
    else if (kind === 2 && request !== undefined) this.arrive(request, false)
    else if (kind === 3 && request !== undefined) this.lose(request)
    else if (kind <= 5 && reply !== undefined) this.hear(reply)
    else this.tell(pick % 3, { event: 'DEADLINE_PASSED' })
  }

  /** From here on nothing is lost any more. */
  settle(): void {
    for (let turns = 0; turns < 200; turns += 1) {
      for (const request of [...this.requests]) this.arrive(request, true)
      for (const reply of [...this.replies]) this.hear(reply)
      for (const timer of this.timers.splice(0)) {
        this.tell(timer.machine, { event: 'TIMER_FIRED', system: timer.system })
      }
    }
  }

  check(): void {
    const rows = [...this.rows.values()]
    expect(rows.includes('COMMITTED') && rows.includes('ABORTED')).toBe(false)
    const ends = new Set(this.machines.map((state) => state.state))
    expect(ends.has('COMMITTED') && ends.has('REVERTED')).toBe(false)
    expect(ends.has('COMMITTED') && rows.some((row) => row !== 'COMMITTED')).toBe(false)
    expect(ends.has('REVERTED') && rows.some((row) => row !== 'ABORTED')).toBe(false)
    const union = MEMBERS.filter((member) => BOTH.some((system) => this.refused[system].includes(member)))
    for (const leftOut of this.committed.values()) expect(leftOut).toEqual(union)
  }

  ends(): readonly State['state'][] {
    return this.machines.map((state) => state.state)
  }

  expectedEnd(): State['state'] {
    return this.rows.get('CRM') === 'COMMITTED' ? 'COMMITTED' : 'REVERTED'
  }

  /** The request may arrive again later: it is only taken away where its reply is heard. */
  private arrive(request: Message, replied: boolean): void {
    const event = this.effect(request)
    if (!replied) return
    this.requests = this.requests.filter((other) => other !== request)
    if (event !== null) this.replies.push({ machine: request.machine, event })
    else this.lose(request)
  }

  /** The caller hears nothing and gives up, and yet the request may be under way: it arrives late or never. */
  private lose(request: Message): void {
    this.replies.push({
      machine: request.machine,
      event: { event: 'NO_ANSWER', system: request.system, step: request.step },
    })
  }

  private hear(reply: { readonly machine: number; readonly event: Event }): void {
    this.replies = this.replies.filter((other) => other !== reply)
    this.tell(reply.machine, reply.event)
  }

  private tell(machine: number, event: Event): void {
    const state = this.machines[machine]
    if (state === undefined) return
    const decision = decide(state, event)
    this.machines[machine] = decision.state
    this.carryOut(machine, decision.commands)
  }

  private carryOut(machine: number, commands: readonly Command[]): void {
    for (const command of commands) {
      if (command.command === 'REPORT') throw new Error(`contradiction at ${command.system}: ${command.contradiction}`)
      if (command.command === 'RETRY') this.timers.push({ machine, step: 'FENCE', system: command.system, leftOut: [] })
      else if (command.command !== 'ANSWER') {
        const leftOut = command.command === 'COMMIT' ? command.leftOut : []
        this.requests.push({ machine, step: command.command, system: command.system, leftOut })
      }
    }
  }

  /** What the participant does, and its reply; null where it rejects. */
  private effect({ step, system, leftOut }: Message): Event | null {
    const row = this.rows.get(system) ?? 'NOTHING'
    const agreed = leaving(this.committed.get(system) ?? this.refused[system])
    switch (step) {
      case 'PREPARE': {
        const next = row === 'NOTHING' ? (this.willing[system] ? 'PREPARED' : 'ABORTED') : row
        this.rows.set(system, next)
        const vote =
          next === 'PREPARED' || next === 'COMMITTED'
            ? ({ vote: 'YES', state: next, leftOut: agreed } as const)
            : ({ vote: 'NO', violations: [] } as const)
        return { event: 'VOTED', system, vote }
      }
      case 'FENCE': {
        const next = row === 'NOTHING' ? 'ABORTED' : row
        this.rows.set(system, next)
        const answer =
          next === 'ABORTED' ? ({ state: next, violations: [] } as const) : ({ state: next, leftOut: agreed } as const)
        return { event: 'FENCED', system, answer }
      }
      case 'COMMIT':
        if (row !== 'PREPARED' && row !== 'COMMITTED') return null
        if (row === 'COMMITTED') expect(leftOut).toEqual(agreed.members)
        this.rows.set(system, 'COMMITTED')
        this.committed.set(system, leftOut)
        return { event: 'ACKNOWLEDGED', system, step }
      case 'ABORT':
        if (row === 'COMMITTED') return null
        if (row === 'PREPARED') this.rows.set(system, 'ABORTED')
        return { event: 'ACKNOWLEDGED', system, step }
      default:
        return step satisfies never
    }
  }
}

/** Of a beginning, where all are asked. */
function systemsOf(state: State): readonly System[] {
  return state.state === 'DECIDING' ? [...state.open.keys()] : []
}

function factOf(event: Event): readonly { readonly system: System; readonly holds: 'PREPARED' | 'COMMITTED' | 'NO' }[] {
  if (event.event === 'VOTED') {
    return [{ system: event.system, holds: event.vote.vote === 'YES' ? event.vote.state : 'NO' }]
  }
  if (event.event === 'FENCED') {
    const { state } = event.answer
    return [{ system: event.system, holds: state === 'PREPARED' || state === 'COMMITTED' ? state : 'NO' }]
  }
  return []
}
