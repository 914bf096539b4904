/**
 * The relay: reads both outboxes, merges them, and appends what they publish together with how far it has come. One is
 * at work over all gateways (`tenure.ts`); whichever comes next goes on from what the stream has, so that nothing is
 * missing and nothing comes twice, wherever one was cut off.
 */

import { randomUUID } from 'node:crypto'
import { SYSTEMS, type System, type TransactionId } from '../../../schema/record.ts'
import type { Clock, Log } from '../../coordinator/environment.ts'
import type { ChangeStream, Progress, RelayState } from '../stream/stream.ts'
import { createTrouble, type Trouble } from '../trouble.ts'
import { createBell } from './bell.ts'
import { createDisorder, type Disorder, type OutOfOrder } from './disorder.ts'
import { mayRead, merge, type Windows } from './merge.ts'
import type { Outbox } from './outbox.ts'
import { type Page, pagesOf } from './pages.ts'
import { type Publication, portionsOf, Unpublishable } from './portions.ts'
import { isDealtWith } from './reach.ts'
import { dropped, type Keep } from './retention.ts'
import { createStandstill, type Standstill } from './standstill.ts'
import { acquired, renewed } from './tenure.ts'

export interface RelayOptions {
  readonly stream: Pick<ChangeStream, 'relay' | 'acquire' | 'renew' | 'release' | 'append' | 'drop'>
  /** One for each system. */
  readonly outboxes: readonly Outbox[]
  readonly publication: Publication
  readonly clock: Clock
  readonly log: Log
  readonly keep: Keep
  /** No other process can have a relay of this stream: a lease that is held was left behind. */
  readonly isAlone: boolean
}

export interface Relay {
  /** The transaction whose changes cannot be made, and before which the stream stands still where it has come so far. */
  standsBefore(progress: Progress): TransactionId | null
  /** An outbox that it cannot read on, because the rows come out of order. */
  disorder(): OutOfOrder | null
  /** Finishes the append that is under way and leaves the lease to the next. May be called again. */
  stop(): Promise<void>
}

export function startRelay(options: RelayOptions): Relay {
  const stopping = new AbortController()
  const standstill = createStandstill(options)
  const disorder = createDisorder()
  const ended = relayAll({ ...options, standstill, disorder }, stopping.signal)
  return {
    standsBefore: standstill.before,
    disorder: () => disorder.now,
    stop() {
      stopping.abort()
      return ended
    },
  }
}

interface Relaying extends RelayOptions {
  readonly standstill: Standstill
  readonly disorder: Disorder
}

async function relayAll(options: Relaying, signal: AbortSignal): Promise<void> {
  const trouble = createTrouble('publish changes', options)
  const tenure = { ...options, holder: randomUUID(), signal }
  let lastEpoch: number | null = null
  while (!signal.aborted) {
    try {
      const state = await acquired(tenure)
      if (state === null) return
      const { epoch } = state
      // A lease that nobody else had since is taken again only because something went wrong, and that has been said.
      if (epoch - 1 !== lastEpoch) options.log.info({ epoch }, 'changes are published from here')
      lastEpoch = epoch
      await relayUnder(state, { ...options, trouble }, signal)
    } catch (error) {
      if (error instanceof Unpublishable) await options.standstill.met(error, signal)
      else await trouble.met(error, signal)
    }
  }
}

interface Publishing extends Relaying {
  readonly trouble: Trouble
}

/** Until the lease is lost, or it is time to stop. */
async function relayUnder(state: RelayState, options: Publishing, stopping: AbortSignal): Promise<void> {
  const { stream, keep } = options
  const ending = new AbortController()
  const signal = AbortSignal.any([stopping, ending.signal])
  const troubleWith = (what: string) => createTrouble(what, options)
  const duties = [
    renewed(state, { ...options, signal }, troubleWith('keep the lease of the change stream')).then(() =>
      ending.abort(),
    ),
    dropped(keep, { ...options, signal }, troubleWith('drop old changes')),
  ]
  try {
    await publish(state, options, signal)
  } finally {
    ending.abort()
    await Promise.all(duties)
    for (const system of SYSTEMS) options.disorder.over(system)
    await stream.release(state)
  }
}

/** Until the signal is aborted, or another relay is found to have gone on. */
async function publish(state: RelayState, options: Publishing, signal: AbortSignal): Promise<void> {
  const { stream, publication, clock, trouble, standstill } = options
  const arrivals = arrivalsFrom(state, options, signal)
  let { progress, version } = state
  let windows: Windows = { CRM: [], ERP: [] }
  while (!signal.aborted) {
    for (const { system, page } of await arrivals.next(SYSTEMS.filter((one) => mayRead(windows, one)))) {
      const unknown = page.filter(({ sequence }) => !isDealtWith(progress[system], sequence))
      windows = { ...windows, [system]: [...windows[system], ...unknown] }
    }
    const merged = merge(progress, windows)
    if (SYSTEMS.some((system) => merged.windows[system].length < windows[system].length)) {
      for (const portion of portionsOf(merged, progress, publication)) {
        const answer = await stream.append({ lease: state, version, ...portion, now: clock.now() })
        if (answer.append !== 'APPENDED') return
        version = answer.state.version
        trouble.over()
        standstill.reached(portion.progress)
      }
    }
    progress = merged.progress
    windows = merged.windows
  }
}

interface Arrival {
  readonly system: System
  readonly page: Page
}

/** Reads both outboxes side by side, a page ahead of what is asked for, so that neither keeps the other waiting. */
function arrivalsFrom({ progress }: RelayState, options: Relaying, signal: AbortSignal) {
  const { disorder } = options
  const bell = createBell()
  const reading = new Set<System>()
  let arrived: Arrival[] = []
  const pages = options.outboxes.map((outbox): readonly [System, ReturnType<typeof pagesOf>] => {
    const { system } = outbox
    const trouble = createTrouble(`read the commits of the ${system}`, options)
    return [system, pagesOf(outbox, progress[system].through, { trouble, disorder, signal })]
  })
  const pagesOfSystem = new Map(pages)
  const read = async (system: System): Promise<void> => {
    reading.add(system)
    const next = await pagesOfSystem.get(system)?.next()
    reading.delete(system)
    if (next?.value !== undefined) arrived.push({ system, page: next.value })
    bell.ring()
  }
  return {
    /** What has come of these systems, at least one page, unless the signal is aborted. */
    async next(systems: readonly System[]): Promise<readonly Arrival[]> {
      for (const system of systems) if (!reading.has(system)) void read(system)
      await bell.heard(signal)
      bell.hush()
      const pages = arrived
      arrived = []
      return pages
    },
  }
}
