/**
 * The transactions that run in this process, our own and those being resolved: at most one run for each id and plan.
 */

import type { FenceRequest, PrepareRequest } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import type { Channel } from './coalesce.ts'
import type { Deadline } from './deadline.ts'
import type { Clock, Log } from './environment.ts'
import { begin, beginResolve } from './protocol.ts'
import type { Ask, Decision, Event } from './protocol-state.ts'
import { isOver, type Progress, type Run, startRun } from './run.ts'

export interface Runner {
  /** A transaction of our own, given what each participant is asked to prepare. */
  execute(subject: FenceRequest, requests: ReadonlyMap<System, PrepareRequest>, deadline: Deadline): Run
  /**
   * Anybody's transaction, which must be past its deadline, decided, or without a living coordinator. Joins a run that
   * is under way.
   */
  resolve(subject: FenceRequest): Promise<Progress>
  /** The end of the run that is under way here, if there is one. */
  underWay(subject: FenceRequest): Promise<Progress> | null
  /** Resolves once no run is under way. */
  idle(): Promise<void>
  /** Repeats nothing from now on. */
  stop(): void
}

export interface RunnerOptions {
  readonly channels: ReadonlyMap<System, Channel>
  readonly clock: Clock
  readonly log: Log
  /** Told when a run of our own ends before its transaction does. */
  readonly onUnfinished: () => void
}

export function createRunner({ channels, clock, log, onUnfinished }: RunnerOptions): Runner {
  const runs = new Map<string, Run>()
  let stopped = false

  const start = (
    subject: FenceRequest,
    first: Decision,
    requests: ReadonlyMap<System, PrepareRequest>,
    deadline: Deadline | null,
  ): Run => {
    const call = (ask: Ask) => takeStep(channels.get(ask.system), subject, requests, ask)
    const run = startRun({ subject, first, call, deadline, clock, log })
    const name = nameOf(subject)
    runs.set(name, run)
    run.end.then((progress) => {
      if (runs.get(name) === run) runs.delete(name)
      if (deadline !== null && !isOver(progress.state)) onUnfinished()
    })
    if (stopped) run.halt()
    return run
  }

  return {
    execute: (subject, requests, deadline) => start(subject, begin(subject.participants), requests, deadline),
    resolve: (subject) =>
      runs.get(nameOf(subject))?.end ?? start(subject, beginResolve(subject.participants), new Map(), null).end,
    underWay: (subject) => runs.get(nameOf(subject))?.end ?? null,
    async idle() {
      while (runs.size > 0) await Promise.all([...runs.values()].map((run) => run.end))
    },
    stop() {
      stopped = true
      for (const run of runs.values()) run.halt()
    },
  }
}

async function takeStep(
  channel: Channel | undefined,
  subject: FenceRequest,
  requests: ReadonlyMap<System, PrepareRequest>,
  ask: Ask,
): Promise<Event> {
  if (channel === undefined) throw new Error('this gateway has no such participant')
  const { system } = ask
  switch (ask.command) {
    case 'PREPARE': {
      const request = requests.get(system)
      if (request === undefined) throw new Error('only the coordinator of a transaction asks to prepare it')
      return { event: 'VOTED', system, vote: await channel.prepare(request) }
    }
    case 'FENCE':
      return { event: 'FENCED', system, answer: await channel.fence(subject) }
    case 'COMMIT':
      await channel.commit({ id: subject.id, leftOut: ask.leftOut })
      return { event: 'ACKNOWLEDGED', system, step: ask.command }
    case 'ABORT':
      await channel.abort(subject.id)
      return { event: 'ACKNOWLEDGED', system, step: ask.command }
    default:
      return ask satisfies never
  }
}

function nameOf({ id, plan }: FenceRequest): string {
  return `${id}/${plan}`
}
