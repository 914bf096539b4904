/** Both systems and some gateways as processes over one network, and what can be done to them. */

import type { CoordinatorSettings } from '../../../gateway/coordinator/environment.ts'
import { SYSTEMS, type System } from '../../../schema/record.ts'
import { Effects } from '../kernel/crash.ts'
import { Network } from '../kernel/network.ts'
import { randomOf } from '../kernel/random.ts'
import { type Process, Schedule } from '../kernel/schedule.ts'
import {
  CALM,
  CALM_DISK,
  CLIENT,
  type DiskDraw,
  type Fault,
  HOURS_MS,
  LONGEST_DEADLINE_MS,
  type Scenario,
} from '../workload/scenario.ts'
import { GatewayProcess } from './gateway-process.ts'
import type { Observer } from './observer.ts'
import { type DiskWeather, SystemProcess } from './system-process.ts'
import { MODELS } from './tables.ts'

const START = Date.UTC(2026, 0, 1)
const LOCK_WAIT_MS = 300
export const TENANT = 'simulated'

const SETTINGS: CoordinatorSettings = {
  tenant: TENANT,
  maxTimeoutMs: 60_000,
  attemptsMax: 10,
  lockBackoffMs: 10,
  inFlightMax: 1_000,
}

/** After a crash that nobody has planned. */
const DOWN_MS = 100

interface Part {
  readonly process: Process
  start(): void
  crash(): void
}

export class Cluster {
  readonly schedule = new Schedule(START)
  readonly effects = new Effects((process) => {
    this.#observer.happened('a process died at an effect of its own')
    this.crash(process.name, DOWN_MS)
  })
  readonly network: Network
  readonly systems: Readonly<Record<System, SystemProcess>>
  readonly gateways: readonly GatewayProcess[]
  readonly client: Process
  readonly #observer: Observer
  readonly #parts: readonly Part[]
  readonly #disks: Readonly<Record<System, DiskWeather>>
  #troubles = 0

  constructor({ seed, placement, gateways, mapSets, skewMs, survival }: Scenario, observer: Observer) {
    const random = randomOf(seed).fork()
    const { schedule, effects } = this
    this.#observer = observer
    this.client = processOf(CLIENT, { host: 'outside', isClient: true })
    this.client.alive = true
    const network = new Network(schedule, effects, random.fork(), CALM, (fate, message) => {
      if (fate === 'LOST') observer.happened('a message was lost')
      if (fate === 'CUT_OFF') observer.happened('a cut took a message')
      if (fate === 'OVERTAKEN') observer.happened('a message was overtaken by a later one')
      if (fate === 'REPEATED') observer.happened('a message came twice')
      if (fate === 'REFUSED') observer.happened('nobody was there to take a message')
      observer.noted(message.from.name, () => `${FATES[fate]} ${message.to.name}: ${message.text}`)
    })
    this.network = network
    this.#disks = { CRM: { ...CALM_DISK, full: false }, ERP: { ...CALM_DISK, full: false } }

    const hostOf = (name: string) => (placement === 'TOGETHER' ? 'host' : name)
    const systemOf = (system: System, index: number) =>
      new SystemProcess({
        process: processOf(system, { host: hostOf(system), skew: skewMs[index] ?? 0 }),
        system,
        model: MODELS[system],
        ...{
          schedule,
          effects,
          observer,
          random: random.fork(),
          disk: this.#disks[system],
          lockWaitMs: LOCK_WAIT_MS,
          survival,
        },
      })
    this.systems = { CRM: systemOf('CRM', 0), ERP: systemOf('ERP', 1) }
    const systems = SYSTEMS.map((system) => this.systems[system])
    this.gateways = Array.from({ length: gateways }, (_, index) => {
      const name = gatewayName(index)
      return new GatewayProcess({
        process: processOf(name, { host: hostOf(name), skew: skewMs[SYSTEMS.length + index] ?? 0 }),
        settings: SETTINGS,
        isAlone: placement === 'TOGETHER',
        mapSet: `map set ${index % mapSets}`,
        ...{ systems, schedule, network, observer, random: random.fork() },
      })
    })
    this.#parts = [...systems, ...this.gateways]
  }

  start(): void {
    for (const part of this.#parts) part.start()
  }

  /** Whether nobody is dead or stands still, and nothing is cut or full. */
  get isWhole(): boolean {
    const { now } = this.schedule
    return this.#troubles === 0 && this.#parts.every(({ process }) => process.alive && process.pausedUntil <= now)
  }

  /** Takes all of its host along. Whoever is dead already comes back as planned. */
  crash(name: string, downMs: number): void {
    const host = this.#part(name).process.host
    const dying = this.#parts.filter(({ process }) => process.host === host && process.alive)
    if (downMs >= HOURS_MS) this.#observer.happened('a process was away for hours')
    if (dying.length > 1) this.#observer.happened('all processes of a host died together')
    for (const part of dying) {
      this.#observer.noted(part.process.name, () => 'dies')
      part.process.pausedUntil = 0
      part.crash()
    }
    if (dying.length > 0) this.#observer.died()
    this.schedule.after(downMs, null, () => this.#restart(dying))
  }

  /** Stands still, and knows nothing of it. */
  pause(name: string, forMs: number): void {
    const host = this.#part(name).process.host
    if (forMs > LONGEST_DEADLINE_MS) this.#observer.happened('a process stood still beyond a deadline')
    for (const { process } of this.#parts.filter((part) => part.process.host === host)) {
      this.#observer.noted(process.name, () => `stands still for ${forMs} ms`)
      process.pausedUntil = Math.max(process.pausedUntil, this.schedule.now + forMs)
    }
  }

  fillDisk(system: System, forMs: number): void {
    const disk = this.#disks[system]
    disk.full = true
    this.#observer.noted(system, () => `has a full disk for ${forMs} ms`)
    this.#endAfter(forMs, () => {
      disk.full = false
    })
  }

  cut({ ways, forMs }: Extract<Fault, { fault: 'CUT' }>): void {
    this.#observer.happened(CUTS[Math.min(ways.length, 3) as 1 | 2 | 3])
    for (const [from, to] of ways) {
      this.network.cut(from, to)
      this.#observer.noted(from, () => `no longer reaches ${to}, for ${forMs} ms`)
      this.#endAfter(forMs, () => this.network.mend(from, to))
    }
  }

  setDisks(draw: DiskDraw): void {
    for (const system of SYSTEMS) Object.assign(this.#disks[system], draw)
  }

  #endAfter(ms: number, end: () => void): void {
    this.#troubles += 1
    this.schedule.after(ms, null, () => {
      this.#troubles -= 1
      end()
    })
  }

  #restart(parts: readonly Part[]): void {
    const back = parts.filter(({ process }) => !process.alive)
    for (const part of back) {
      this.#observer.noted(part.process.name, () => 'starts')
      this.#observer.happened('a process died and came back')
      part.start()
    }
  }

  #part(name: string): Part {
    const part = this.#parts.find(({ process }) => process.name === name)
    if (part === undefined) throw new RangeError(`there is no process ${name}`)
    return part
  }
}

export function gatewayName(index: number): string {
  return `gateway ${index}`
}

const CUTS = {
  1: 'a way was cut in one direction',
  2: 'a way was cut in both directions',
  3: 'a process was cut off from all others',
} as const

const FATES = {
  LOST: 'is not heard by',
  CUT_OFF: 'is cut off from',
  OVERTAKEN: 'reaches, after what it sent later,',
  ARRIVED: 'reaches',
  REPEATED: 'reaches once more',
  REFUSED: 'finds nobody at',
} as const

function processOf(
  name: string,
  { host, isClient = false, skew = 0 }: Partial<Pick<Process, 'isClient' | 'skew'>> & Pick<Process, 'host'>,
): Process {
  return { name, host, isClient, skew, life: 0, alive: false, pausedUntil: 0 }
}
