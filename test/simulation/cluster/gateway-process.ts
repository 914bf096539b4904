/** A gateway as a process: the real coordinator, whose participants are at the other end of the network. */

import type {
  BatchOutcome,
  BatchRequest,
  Coordinator,
  Outcome,
  TransactionRequest,
} from '../../../gateway/coordinator/coordinator.ts'
import type { Clock, CoordinatorSettings, Log } from '../../../gateway/coordinator/environment.ts'
import { createCoordinator } from '../../../gateway/coordinator/shell.ts'
import type {
  CommitRequest,
  FenceRequest,
  Participant,
  PrepareRequest,
  TransactionQuery,
  TransactionRow,
} from '../../../schema/participant.ts'
import type { RecordRef, RecordState, System, TransactionId } from '../../../schema/record.ts'
import type { WriterCall, WriterResults } from '../../../subgraphs/kit/ledger/calls.ts'
import { act } from '../kernel/crash.ts'
import type { Network } from '../kernel/network.ts'
import type { Random } from '../kernel/random.ts'
import type { Process, Schedule } from '../kernel/schedule.ts'
import type { Observer } from './observer.ts'
import type { ReaderCall, SystemProcess } from './system-process.ts'

export interface GatewayProcessOptions {
  readonly process: Process
  readonly systems: readonly SystemProcess[]
  readonly schedule: Schedule
  readonly network: Network
  readonly random: Random
  readonly settings: CoordinatorSettings
  /** Whether a start may take it that nobody else is at work. */
  readonly isAlone: boolean
  /** The maps in force here. */
  readonly mapSet: string
  readonly observer: Observer
}

export type Participants = ReadonlyMap<System, Participant>

export class GatewayProcess {
  readonly process: Process
  readonly #options: GatewayProcessOptions
  #participants: Participants = new Map()
  #coordinator: Coordinator | null = null

  constructor(options: GatewayProcessOptions) {
    this.process = options.process
    this.#options = options
  }

  get mapSet(): string {
    return this.#options.mapSet
  }

  start(): void {
    const { process, systems, random, settings, isAlone } = this.#options
    process.alive = true
    process.life += 1
    this.#participants = new Map(systems.map((system) => [system.system, remote(system, this.#options)]))
    const coordinator = createCoordinator({
      participants: this.#participants,
      clock: clockOf(this.#options),
      random,
      log: logOf(this.#options),
      settings,
    })
    this.#coordinator = coordinator
    void coordinator.recover({ alone: isAlone })
  }

  crash(): void {
    this.process.alive = false
    this.#coordinator = null
  }

  /** Never settles where the process dies before it knows. */
  execute(requestOf: (participants: Participants) => TransactionRequest): Promise<Outcome> {
    return this.#coordinator?.execute(requestOf(this.#participants)) ?? new Promise(() => {})
  }

  /** Like `execute`. */
  executeBatch(batchOf: (participants: Participants) => BatchRequest): Promise<BatchOutcome> {
    return this.#coordinator?.executeBatch(batchOf(this.#participants)) ?? new Promise(() => {})
  }

  /** As the graph shows a record: as the CRM has it. */
  async read(ref: RecordRef): Promise<RecordState> {
    const [state] = (await this.#participants.get('CRM')?.read([ref])) ?? []
    if (state === undefined) throw new Error('nothing was read')
    return state
  }
}

function clockOf({ schedule, process }: GatewayProcessOptions): Clock {
  return {
    now: () => schedule.now + process.skew,
    elapsed: () => schedule.now,
    after: (ms, run) => schedule.after(ms, process, () => act(run)),
    soon: (run) => void schedule.after(0, process, () => act(run)),
  }
}

const CONTRADICTION = 'contradiction: '
const RESOLVED = 'a transaction in doubt was resolved'

function logOf({ process, observer }: GatewayProcessOptions): Log {
  const silent = () => {}
  return {
    debug: silent,
    info: (_fields, message) => {
      if (message === RESOLVED) observer.happened('a recovery pass resolved something')
    },
    warn: silent,
    error: (fields, message) => {
      if (process.alive && message.startsWith(CONTRADICTION)) observer.contradicted(message + JSON.stringify(fields))
    },
  }
}

function remote(target: SystemProcess, { process, network, observer }: GatewayProcessOptions): Participant {
  const { system } = target
  const options = (what: string) => ({ what, patienceMs: network.weather.patienceMs, isRepeatable: true })
  const write = <C extends WriterCall>(what: string, calls: readonly C[]) =>
    network.call<C, WriterResults[C['call']]>(process, target.process, options(what), calls, (call, reply) =>
      target.write(call, (answer) => {
        if ('ok' in answer) observer.answered(system, call, answer.ok, process.name)
        reply(answer as { readonly ok: WriterResults[C['call']] } | { readonly error: string })
      }),
    )
  const read = <A>(what: string, call: ReaderCall): Promise<A> => {
    const [answer] = network.call<ReaderCall, A>(process, target.process, options(what), [call], (asked, reply) =>
      target.read(asked, (given) => reply(given as { readonly ok: A } | { readonly error: string })),
    )
    return answer ?? Promise.reject(new Error('nothing was asked'))
  }
  const nothing = () => {
    throw new Error('nobody asks for that here')
  }
  return {
    system,
    prepare: (requests: readonly PrepareRequest[]) =>
      write(
        'prepare',
        requests.map((request) => ({ call: 'PREPARE', request }) as const),
      ),
    commit: (requests: readonly CommitRequest[]) =>
      write(
        'commit',
        requests.map((request) => ({ call: 'COMMIT', request }) as const),
      ).map((answer) => answer.then(() => undefined)),
    abort: (ids: readonly TransactionId[]) =>
      write(
        'abort',
        ids.map((id) => ({ call: 'ABORT', id }) as const),
      ).map((answer) => answer.then(() => undefined)),
    fence: (requests: readonly FenceRequest[]) =>
      write(
        'fence',
        requests.map((request) => ({ call: 'FENCE', request }) as const),
      ),
    look: (query: TransactionQuery) => read<readonly TransactionRow[]>('look', { call: 'LOOK', query }),
    read: (refs: readonly RecordRef[]) => read<readonly RecordState[]>('read', { call: 'READ', refs }),
    check: nothing,
    select: nothing,
    derive: nothing,
    draw: nothing,
    describe: nothing,
  }
}
