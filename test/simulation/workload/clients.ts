/**
 * Clients do one operation after the other. A request under a key is sent again, at another gateway, for as long as its
 * outcome is not known; one without a key is not.
 */

import type { BatchOutcome, Outcome } from '../../../gateway/coordinator/coordinator.ts'
import type { RecordRef, RecordState } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { GatewayProcess } from '../cluster/gateway-process.ts'
import { act } from '../kernel/crash.ts'
import type { Reply } from '../kernel/network.ts'
import { batchOf, type Place, partsOf, toldOfBatch } from './batch.ts'
import { requestOf } from './request.ts'
import type { Operation } from './scenario.ts'
import { NOTHING_HEARD, type Told, toldOf } from './told.ts'

export interface Listener {
  /** `expected`: for a careful write, the revision that the client saw last. */
  asked(operation: Operation, expected: number | null): void
  /** `place`: of an operation that is a member of a batch. */
  told(operation: Operation, told: Told, place: Place | null): void
}

const SENDINGS_MAX = 4
const PAUSE_MS = 60
/** A client waits a little longer than it allows. */
const GRACE_MS = 500

export class Clients {
  readonly #cluster: Cluster
  readonly #listener: Listener
  /** By client and register, the revision that it saw last. */
  readonly #seen = new Map<string, number>()
  #left = 0

  constructor(cluster: Cluster, listener: Listener) {
    this.#cluster = cluster
    this.#listener = listener
  }

  /** Operations that are not done. */
  get left(): number {
    return this.#left
  }

  /** From now on; instants of operations count from here. */
  start(operations: readonly Operation[]): void {
    const { schedule } = this.#cluster
    this.#left += operations.length
    const begin = schedule.now
    const queues = Map.groupBy(operations, ({ client }) => client)
    for (const queue of queues.values()) {
      const next = (index: number): void => {
        const operation = queue[index]
        if (operation === undefined) return
        schedule.after(begin + operation.at - schedule.now, null, () => {
          void this.#perform(operation).then(() => {
            this.#left -= 1
            next(index + 1)
          })
        })
      }
      next(0)
    }
  }

  async #perform(operation: Operation): Promise<void> {
    const { gateways, schedule } = this.#cluster
    const expected = this.#expectedBy(operation)
    const parts = partsOf(operation)
    const batch = operation.change.change === 'BATCH' ? operation : null
    for (const part of parts) this.#listener.asked(part, expected)
    let told: readonly Told[] = []
    for (let sending = 0; sending < SENDINGS_MAX; sending += 1) {
      const gateway = gateways[(operation.gateway + sending) % gateways.length]
      if (gateway === undefined) throw new RangeError('there is no gateway')
      told = await this.#ask(operation, expected, gateway).catch(() => parts.map(() => NOTHING_HEARD))
      for (const [member, part] of parts.entries()) {
        this.#listener.told(part, told[member] ?? NOTHING_HEARD, batch && { batch, member })
      }
      if (told.every((one) => one.told !== 'UNKNOWN') || operation.idempotencyKey === null) break
      await new Promise<void>((resolve) => schedule.after(PAUSE_MS * 2 ** sending, null, resolve))
    }
    for (const [index, part] of parts.entries()) this.#remember(part, told[index] ?? NOTHING_HEARD)
  }

  /** What is told of each part. */
  async #ask(operation: Operation, expected: number | null, gateway: GatewayProcess): Promise<readonly Told[]> {
    const { change } = operation
    if (change.change === 'READ') {
      const ref = { table: 'registers', key: recordKey([change.key]) }
      return [{ told: 'READ', state: await this.#read(operation, gateway, ref) }]
    }
    if (change.change === 'BATCH') {
      const batch = { operation, change, mapSet: gateway.mapSet }
      const carryOut = (_: null, reply: Reply<BatchOutcome>) =>
        answer(
          gateway.executeBatch((participants) => batchOf(batch, participants)),
          reply,
        )
      return toldOfBatch(await this.#call<BatchOutcome>(operation, gateway, carryOut))
    }
    const carryOut = (_: null, reply: Reply<Outcome>) =>
      answer(
        gateway.execute((participants) =>
          requestOf({ operation, change, expected, mapSet: gateway.mapSet }, participants),
        ),
        reply,
      )
    const outcome = await this.#send(operation, gateway, carryOut)
    return [toldOf(outcome, operation.idempotencyKey !== null)]
  }

  #read(operation: Operation, gateway: GatewayProcess, ref: RecordRef): Promise<RecordState> {
    return this.#call<RecordState>(operation, gateway, (_, reply) => answer(gateway.read(ref), reply))
  }

  /** A native write goes to its system, which has it coordinated by a gateway. */
  #send(
    operation: Operation,
    gateway: GatewayProcess,
    carryOut: (_: null, reply: Reply<Outcome>) => void,
  ): Promise<Outcome> {
    if (operation.via === 'GRAPH') return this.#call(operation, gateway, carryOut)
    const { network, systems } = this.#cluster
    const system = systems[operation.via]
    const options = { what: 'a native write', patienceMs: operation.timeoutMs + GRACE_MS, isRepeatable: false }
    return this.#call<Outcome>(operation, system, (_, reply) => {
      const [outcome] = network.call<null, Outcome>(system.process, gateway.process, options, [null], carryOut)
      if (outcome !== undefined) answer(outcome, reply)
    })
  }

  #call<A>(
    { change, timeoutMs }: Operation,
    { process }: Pick<GatewayProcess, 'process'>,
    carryOut: (_: null, reply: Reply<A>) => void,
  ): Promise<A> {
    const { network, client } = this.#cluster
    const options = { what: change.change, patienceMs: timeoutMs + 2 * GRACE_MS, isRepeatable: false }
    const [outcome] = network.call<null, A>(client, process, options, [null], carryOut)
    return outcome ?? Promise.reject(new Error('nothing was asked'))
  }

  #expectedBy(operation: Operation): number | null {
    const { change } = operation
    const isCareful = change.change === 'SET' && change.isCareful
    return isCareful ? (this.#seen.get(placeOf(operation)) ?? null) : null
  }

  #remember(operation: Operation, told: Told): void {
    const revision = told.told === 'READ' ? told.state.version.revision : revisionOf(told)
    if (revision !== null) this.#seen.set(placeOf(operation), revision)
  }
}

function revisionOf(told: Told): number | null {
  return told.told === 'COMMITTED' ? (told.images[0]?.revision ?? null) : null
}

function placeOf({ client, change }: Operation): string {
  return `${client} ${'key' in change ? change.key : ''}`
}

/** Whoever is to answer may have died. */
function answer<A>(promise: Promise<A>, reply: Reply<A>): void {
  promise.then(
    (ok) => act(() => reply({ ok })),
    (error: unknown) => act(() => reply({ error: String(error) })),
  )
}
