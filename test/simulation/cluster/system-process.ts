/**
 * A system as a process: the real writer and ledger over a simulated disk. Calls that arrive while a group is being
 * forced wait for the next one, and no answer leaves before its group is forced.
 */

import type { TransactionQuery, TransactionRow } from '../../../schema/participant.ts'
import type { Answered } from '../../../schema/process/numbered-calls.ts'
import type { RecordRef, RecordState, System } from '../../../schema/record.ts'
import type { WriterCall, WriterResults } from '../../../subgraphs/kit/ledger/calls.ts'
import { Writer } from '../../../subgraphs/kit/ledger/writer.ts'
import type { SystemModel } from '../../../subgraphs/kit/participant/system-model.ts'
import { act, type Effects } from '../kernel/crash.ts'
import { Disk, DiskFault } from '../kernel/disk.ts'
import type { Reply } from '../kernel/network.ts'
import type { Random } from '../kernel/random.ts'
import type { Process, Schedule } from '../kernel/schedule.ts'
import type { DiskDraw, Scenario } from '../workload/scenario.ts'
import type { Observer } from './observer.ts'

export type ReaderCall =
  | { readonly call: 'LOOK'; readonly query: TransactionQuery }
  | { readonly call: 'READ'; readonly refs: readonly RecordRef[] }

export type ReaderResult = readonly TransactionRow[] | readonly RecordState[]
export type WriterResult = WriterResults[WriterCall['call']]

/** What may go wrong with a disk. */
export interface DiskWeather extends DiskDraw {
  /** Whether everything but reads is refused from now on. */
  full: boolean
}

export interface SystemProcessOptions {
  readonly process: Process
  readonly system: System
  readonly model: SystemModel
  readonly schedule: Schedule
  readonly effects: Effects
  readonly random: Random
  readonly disk: DiskWeather
  readonly lockWaitMs: number
  readonly survival: Scenario['survival']
  readonly observer: Observer
}

/** Longer than anybody is patient in most worlds. */
const SLOW_MS = 300

export class SystemProcess {
  readonly process: Process
  readonly system: System
  readonly disk: Disk
  readonly #options: SystemProcessOptions
  #writer: Writer | null = null
  #replies = new Map<number, Reply<WriterResult>>()
  #posted = 0
  #reads: (() => void)[] = []
  #isForcing = false
  #isScheduled = false
  /** A round fell due while a group was being forced. */
  #isOverdue = false
  #cancelExpiry = (): void => {}

  constructor(options: SystemProcessOptions) {
    const { process, effects, random, disk, observer } = options
    this.process = process
    this.system = options.system
    this.#options = options
    this.disk = new Disk({
      write: (what, write) =>
        effects.take(process, what, () => {
          if (disk.full) {
            observer.happened('a disk was full')
            throw new DiskFault('the disk is full')
          }
          return write()
        }),
      refusesForce: () => {
        const isRefused = random.chance(disk.refusesForce)
        if (isRefused) observer.happened('a force was refused')
        return isRefused
      },
    })
  }

  start(): void {
    const { process, model, schedule, lockWaitMs, observer } = this.#options
    process.alive = true
    process.life += 1
    this.#replies = new Map()
    this.#reads = []
    this.#isForcing = false
    this.#isScheduled = false
    this.#isOverdue = false
    this.#writer = new Writer({
      ...{ storage: this.disk, system: model, now: () => schedule.now + process.skew, lockWaitMs },
      onFault: () => observer.happened('a member of a batch could not be judged'),
    })
  }

  crash(): void {
    const { process, random, observer, survival } = this.#options
    process.alive = false
    const survives = survival === 'DRAWN' ? random.chance(0.5) : survival === 'ALWAYS'
    if (this.disk.isForcing) observer.happened(survives ? 'a group survived its crash' : 'a group was lost in a crash')
    observer.forced(this.system, this.disk.crash(survives))
  }

  write(call: WriterCall, reply: Reply<WriterResult>): void {
    this.#posted += 1
    this.#replies.set(this.#posted, reply)
    this.#writer?.accept([{ number: this.#posted, call }])
    this.#scheduleRound(this.#options.random.below(2))
  }

  /** Sees everything that is forced and nothing else. */
  read(call: ReaderCall, reply: Reply<ReaderResult>): void {
    const answer = () => reply({ ok: this.#answer(call) })
    if (this.#isForcing) this.#reads.push(answer)
    else answer()
  }

  #answer(call: ReaderCall): ReaderResult {
    return call.call === 'LOOK' ? this.disk.look(call.query) : call.refs.map((ref) => this.disk.state(ref))
  }

  #scheduleRound(afterMs: number): void {
    this.#isOverdue = this.#isForcing
    if (this.#isScheduled || this.#isForcing) return
    this.#isScheduled = true
    this.#options.schedule.after(afterMs, this.process, () => act(() => this.#round()))
  }

  #round(): void {
    const { schedule, random, disk, observer } = this.#options
    this.#isScheduled = false
    const writer = this.#writer
    if (writer === null) return
    const answers = writer.round()
    if (!this.process.alive) return
    this.#awaitExpiry(writer)
    if (!this.disk.isForcing) {
      // Nothing was changed, or nothing is to remain of it.
      this.disk.begin()
      this.#reply(answers)
      return
    }
    this.#isForcing = true
    const forceMs = random.below(1 + (random.chance(disk.slow) ? disk.slowMs : disk.forceMs))
    if (forceMs >= SLOW_MS) observer.happened('a force took long')
    if (forceMs === 0) this.#settle(answers)
    else schedule.after(forceMs, this.process, () => act(() => this.#settle(answers)))
  }

  #settle(answers: readonly Answered<WriterResult>[]): void {
    this.#isForcing = false
    this.#options.observer.forced(this.system, this.disk.settle())
    if (this.#isOverdue) this.#scheduleRound(0)
    for (const read of this.#reads.splice(0)) read()
    this.#reply(answers)
  }

  #reply(answers: readonly Answered<WriterResult>[]): void {
    for (const answer of answers) {
      const reply = this.#replies.get(answer.number)
      this.#replies.delete(answer.number)
      reply?.(answer.ok ? { ok: answer.result } : { error: answer.cause })
    }
  }

  /** A round is due when the next wait for a lock is over. */
  #awaitExpiry(writer: Writer): void {
    const { schedule } = this.#options
    this.#cancelExpiry()
    const at = writer.nextExpiry()
    if (at === null) return
    this.#options.observer.happened('a lock was waited for')
    this.#cancelExpiry = schedule.after(at - schedule.now - this.process.skew, this.process, () =>
      this.#scheduleRound(0),
    )
  }
}
