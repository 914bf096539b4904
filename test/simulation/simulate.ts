/**
 * One world from its beginning to its end: a calm opening, a storm of requests and faults, and calm again, in which
 * everything must come to an end and both systems must turn out to be the same.
 */

import type { TransactionRequest } from '../../gateway/coordinator/coordinator.ts'
import { SYSTEMS } from '../../schema/record.ts'
import { Cluster } from './cluster/cluster.ts'
import type { Observer } from './cluster/observer.ts'
import { BatchMonitor } from './invariants/batches.ts'
import type { Broken, Invariant, Report } from './invariants/broken.ts'
import { BusinessMonitor } from './invariants/business.ts'
import { countTold, UnknownMonitor } from './invariants/callers.ts'
import { RecordMonitor } from './invariants/records.ts'
import { RegisterMonitor } from './invariants/registers.ts'
import { TransactionMonitor } from './invariants/transactions.ts'
import type { Effect } from './kernel/crash.ts'
import { type Coverage, noCoverage, type Situation } from './situations.ts'
import { OPENING_VALUE, openingWrites } from './workload/change.ts'
import { Clients } from './workload/clients.ts'
import { type Asked, requestOf } from './workload/request.ts'
import { CALM, CALM_DISK, type Fault, type Operation, type Scenario } from './workload/scenario.ts'
import { type Told, textOf, toldOf } from './workload/told.ts'

export interface SimulationOptions {
  /** Whether effects and trace are kept. */
  readonly isTold?: boolean
}

export interface Simulation {
  readonly broken: Broken | null
  readonly transactions: number
  readonly steps: number
  /** The same for the same run, and hardly for another. */
  readonly fingerprint: number
  readonly coverage: Coverage
  readonly effects: readonly Effect[]
  /** One line for each thing that happened, with the milliseconds since the storm began. */
  readonly trace: readonly string[]
}

/** Longest time without the end of any request, however bad the storm is; as all of these in virtual milliseconds. */
const ANSWER_MS_MAX = 120_000
const CALM_MS_MAX = 3 * 3_600_000
const PROBE_MS_MAX = 60_000
const PROBE_PAUSE_MS = 1_000

export async function simulate(scenario: Scenario, options: SimulationOptions = {}): Promise<Simulation> {
  const world = new World(scenario, options.isTold ?? false)
  await world.open()
  await world.storm()
  await world.calmDown()
  await world.probe()
  return world.conclude()
}

class World {
  readonly #scenario: Scenario
  readonly #isTold: boolean
  readonly #cluster: Cluster
  readonly #clients: Clients
  readonly #transactions: TransactionMonitor
  readonly #batches: BatchMonitor
  readonly #records: RecordMonitor
  readonly #business: BusinessMonitor
  readonly #registers = new RegisterMonitor({ value: OPENING_VALUE, revision: 1 })
  readonly #unknown = new UnknownMonitor()
  readonly #coverage = noCoverage()
  readonly #trace: string[] = []
  #stormAt = 0
  #broken: Broken | null = null
  #fingerprint = 0

  constructor(scenario: Scenario, isTold: boolean) {
    this.#scenario = scenario
    this.#isTold = isTold
    const happened = (situation: Situation) => {
      this.#coverage[situation] += 1
    }
    this.#transactions = new TransactionMonitor(this.#report, happened)
    this.#batches = new BatchMonitor(this.#report, happened)
    this.#records = new RecordMonitor(this.#report, happened)
    this.#business = new BusinessMonitor(this.#report)
    this.#cluster = new Cluster(scenario, this.#observer(happened))
    this.#clients = new Clients(this.#cluster, {
      asked: (operation, expected) => {
        this.#registers.asked(operation, expected)
        const key = operation.idempotencyKey === null ? '' : ` under "${operation.idempotencyKey}"`
        this.#note(`client ${operation.client}`, () => `asks for ${JSON.stringify(operation.change)}${key}`)
      },
      told: (operation, told, place) => {
        this.#mix(operation.at)
        this.#registers.told(operation, told)
        this.#unknown.told(told)
        countTold(operation, told, happened)
        if (place === null) this.#hear(operation, told)
        else this.#batches.told(told, place)
        this.#note(`client ${operation.client}`, () => `is told ${textOf(told)} of ${JSON.stringify(operation.change)}`)
      },
    })
  }

  async open(): Promise<void> {
    const { gateways } = this.#cluster
    this.#cluster.start()
    const outcome = gateways[0]?.execute(() => OPENING)
    let isOpen = false
    void outcome?.then(() => {
      isOpen = true
    })
    await this.#runUntil(() => isOpen && this.#transactions.open === 0, ANSWER_MS_MAX, 'end', 'the world does not open')
    this.#business.close()
  }

  async storm(): Promise<void> {
    const { schedule, effects, network } = this.#cluster
    const { weather, disk, operations, faults, crashes } = this.#scenario
    this.#stormAt = schedule.now
    network.weather = weather
    this.#cluster.setDisks(disk)
    effects.arm(crashes, this.#isTold)
    this.#clients.start(operations)
    let faultsLeft = faults.length
    for (const fault of faults) {
      schedule.after(fault.at, null, () => {
        this.#strike(fault)
        faultsLeft -= 1
      })
    }
    const isOver = () => this.#clients.left === 0 && faultsLeft === 0
    while (this.#broken === null && !isOver()) {
      const { left } = this.#clients
      const isFurther = () => isOver() || this.#clients.left < left
      await this.#runUntil(isFurther, ANSWER_MS_MAX, 'end', 'a request gets no answer')
    }
  }

  /** Whatever was broken is mended, by itself or by the crash's own restart. */
  async calmDown(): Promise<void> {
    const { network } = this.#cluster
    network.weather = CALM
    this.#cluster.setDisks(CALM_DISK)
    // What is under way when the last client is done is a crash point as well.
    const isOver = () => this.#cluster.isWhole && this.#transactions.open === 0 && network.inFlight === 0
    await this.#runUntil(isOver, CALM_MS_MAX, 'end', 'transactions stay in doubt')
  }

  /** A write of every hot record: it may have to wait for requests that their clients gave up, but not for ever. */
  async probe(): Promise<void> {
    const { gateways, schedule, effects } = this.#cluster
    effects.disarm()
    let isCommitted = false
    const ask = async (): Promise<void> => {
      const asked = gateways.at(-1)?.execute((participants) => requestOf(PROBE, participants))
      const told = await asked?.then((outcome) => toldOf(outcome, false).told).catch(() => 'UNKNOWN')
      isCommitted = told === 'COMMITTED'
      if (!isCommitted) schedule.after(PROBE_PAUSE_MS, null, () => void ask())
    }
    schedule.after(0, null, () => void ask())
    const isOver = () => isCommitted && this.#transactions.open === 0
    await this.#runUntil(isOver, PROBE_MS_MAX, 'locks', 'a write of every record is refused again and again')
  }

  conclude(): Simulation {
    if (this.#broken === null) this.#transactions.conclude()
    if (this.#broken === null) this.#batches.conclude()
    if (this.#broken === null) this.#records.compare()
    if (this.#broken === null) this.#registers.check(this.#report)
    this.#unknown.conclude(this.#transactions, (situation) => {
      this.#coverage[situation] += 1
    })
    return {
      broken: this.#broken,
      transactions: this.#transactions.ids.size,
      steps: this.#cluster.schedule.steps,
      fingerprint: this.#fingerprint >>> 0,
      coverage: this.#coverage,
      effects: this.#cluster.effects.seen,
      trace: this.#trace.map((line) => this.#withNumbers(line)),
    }
  }

  /** Transactions are easier to tell apart by the order in which they appeared; 0 is the opening. */
  #withNumbers(line: string): string {
    return [...this.#transactions.ids].reduce((text, id, index) => text.replaceAll(id, `transaction ${index}`), line)
  }

  /** Stops as soon as something is broken. */
  async #runUntil(isOver: () => boolean, withinMs: number, invariant: Invariant, otherwise: string): Promise<void> {
    if (this.#broken !== null) return
    const { schedule } = this.#cluster
    const until = schedule.now + withinMs
    await schedule.run(() => this.#broken !== null || isOver() || schedule.now > until)
    if (this.#broken === null && !isOver()) this.#report(invariant, otherwise)
  }

  #hear({ idempotencyKey }: Operation, told: Told): void {
    if (told.told === 'COMMITTED' && told.complete) this.#transactions.toldCommitted(told.id)
    if (told.told === 'COMMITTED' && !told.complete) this.#transactions.toldCommitting(told.id)
    if (told.told !== 'REFUSED') return
    if (told.id !== null) this.#transactions.toldRefused(told.id)
    if (told.isFinal && idempotencyKey !== null) this.#transactions.toldRefusedForGood(idempotencyKey)
  }

  #strike(fault: Fault): void {
    switch (fault.fault) {
      case 'CRASH':
        this.#cluster.crash(fault.process, fault.downMs)
        return
      case 'PAUSE':
        this.#cluster.pause(fault.process, fault.forMs)
        return
      case 'CUT':
        this.#cluster.cut(fault)
        return
      case 'DISK_FULL':
        this.#cluster.fillDisk(fault.process, fault.forMs)
        return
    }
  }

  readonly #report: Report = (invariant, detail) => {
    this.#broken ??= { invariant, detail }
    this.#note('proof', () => `finds ${invariant} broken: ${detail}`)
  }

  #observer(happened: (situation: Situation) => void): Observer {
    return {
      happened,
      contradicted: (text) => this.#report('contradiction', text),
      noted: (process, text) => this.#note(process, text),
      died: () => this.#batches.died(),
      answered: (system, call, answer, gateway) => {
        this.#transactions.answered(system, call, answer, gateway)
        this.#batches.answered(system, call, answer, gateway)
      },
      forced: (system, forced) => {
        this.#mix(forced.rows.length)
        for (const row of forced.rows) {
          this.#note(system, () => `has forced ${row.id} ${row.state}`)
          this.#transactions.forced(system, row)
          this.#batches.forced(system, row)
        }
        this.#records.forced(system, forced)
        this.#business.forced(system, forced)
      },
    }
  }

  #mix(value: number): void {
    const { now, steps } = this.#cluster.schedule
    for (const part of [now, steps, value]) this.#fingerprint = Math.imul(this.#fingerprint ^ part, 0x01000193) + 1
  }

  #note(process: string, text: () => string): void {
    if (!this.#isTold) return
    const at = this.#cluster.schedule.now - this.#stormAt
    if (this.#stormAt > 0) this.#trace.push(`${String(at).padStart(6)} ms  ${process} ${text()}`)
  }
}

const PROBE: Asked = {
  operation: {
    ...{ at: 0, client: 0, gateway: 0, via: 'GRAPH', idempotencyKey: null, timeoutMs: 10_000 },
    change: { change: 'PROBE' },
  },
  change: { change: 'PROBE' },
  expected: null,
  mapSet: 'map set 0',
}

const OPENING: TransactionRequest = {
  ...{
    origin: 'GRAPH',
    actor: null,
    idempotencyKey: null,
    request: 'opening',
    systems: [],
    hot: [],
    timeoutMs: 10_000,
  },
  plan: async () => {
    const legs = SYSTEMS.map((system) => ({ system, writes: openingWrites() }))
    return { legs, mapSet: 'map set 0', subject: null, refusals: [] }
  },
}
