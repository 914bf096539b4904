/**
 * Runs the protocol for one transaction: carries its commands out and feeds it what comes back.
 *
 * A step without an answer is repeated while a caller waits. Afterwards, and always where nobody waits, the run ends
 * with the first silence: the transaction is found again by its rows (`resolve.ts`), so that a system that is away for
 * hours costs no memory here.
 */

import type { FenceRequest } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import type { Deadline } from './deadline.ts'
import type { Clock, Log } from './environment.ts'
import { decide } from './protocol.ts'
import type { Ask, Command, Decision, Event, State } from './protocol-state.ts'

/** How far a transaction has come. Times are null until then, milliseconds since the epoch. */
export interface Progress {
  readonly state: State
  readonly decidedAt: number | null
  readonly completedAt: number | null
}

export interface Run {
  /** What the caller is to be told: at the end of the transaction, at the latest at its deadline. */
  readonly answer: Promise<Progress>
  /** When nothing more is done here; the state is COMMITTED or REVERTED unless a participant was silent. */
  readonly end: Promise<Progress>
  /** Repeats nothing from now on. */
  halt(): void
}

export interface RunOptions {
  readonly subject: FenceRequest
  readonly first: Decision
  /** Asks one participant; rejects for no answer. */
  readonly call: (ask: Ask) => Promise<Event>
  /** Null: no caller waits. */
  readonly deadline: Deadline | null
  readonly clock: Clock
  readonly log: Log
}

export function startRun({ subject, first, call, deadline, clock, log }: RunOptions): Run {
  const answer = Promise.withResolvers<Progress>()
  const end = Promise.withResolvers<Progress>()
  const timers = new Map<System, () => void>()
  let progress: Progress = { state: first.state, decidedAt: null, completedAt: null }
  let calls = 0
  let patient = deadline !== null
  let forgetDeadline = (): void => {}

  const take = (decision: Decision): void => {
    progress = advance(progress, decision.state, clock)
    for (const command of decision.commands) obey(command)
    const idle = !patient && calls === 0
    if (idle || isOver(progress.state)) finish()
  }

  const tell = (event: Event): void => take(decide(progress.state, event))

  const obey = (command: Command): void => {
    switch (command.command) {
      case 'RETRY':
        if (patient) repeatLater(command.system, command.afterMs)
        return
      case 'ANSWER':
        answer.resolve(progress)
        losePatience()
        return
      case 'REPORT':
        log.error({ transactionId: subject.id, system: command.system }, `contradiction: ${command.contradiction}`)
        return
      default:
        ask(command)
    }
  }

  const ask = (asked: Ask): void => {
    const { command: step, system } = asked
    calls += 1
    call(asked).then(
      (event) => {
        calls -= 1
        tell(event)
      },
      (error: unknown) => {
        calls -= 1
        log.warn({ transactionId: subject.id, system, step, err: error }, 'a participant gave no answer')
        tell({ event: 'NO_ANSWER', system, step })
      },
    )
  }

  const repeatLater = (system: System, afterMs: number): void => {
    const cancel = clock.after(afterMs, () => {
      timers.delete(system)
      tell({ event: 'TIMER_FIRED', system })
    })
    timers.set(system, cancel)
  }

  const losePatience = (): void => {
    patient = false
    for (const cancel of timers.values()) cancel()
    timers.clear()
  }

  const finish = (): void => {
    forgetDeadline()
    answer.resolve(progress)
    end.resolve(progress)
  }

  take(first)
  forgetDeadline = deadline?.onPassed(() => tell({ event: 'DEADLINE_PASSED' })) ?? forgetDeadline

  return {
    answer: answer.promise,
    end: end.promise,
    halt: () => {
      losePatience()
      if (calls === 0) finish()
    },
  }
}

export function isOver(state: State): boolean {
  return state.state === 'COMMITTED' || state.state === 'REVERTED'
}

function advance(progress: Progress, state: State, clock: Clock): Progress {
  if (state === progress.state) return progress
  return {
    state,
    decidedAt: progress.decidedAt ?? (state.state === 'DECIDING' ? null : clock.now()),
    completedAt: progress.completedAt ?? (isOver(state) ? clock.now() : null),
  }
}
