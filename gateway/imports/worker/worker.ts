/**
 * The import worker: takes up jobs, each under a lease that it keeps by signs of life, and works at them side by side. A
 * lease whose holder gave no sign of life for long enough is taken over, and its job gone on with.
 */

import { randomUUID } from 'node:crypto'
import { pause } from '../../changes/pause.ts'
import { isSilent, type LeaseState, type Sighting, sight } from '../../changes/stream/lease.ts'
import { createTrouble } from '../../changes/trouble.ts'
import type { Job, JobFault, JobId } from '../job/job.ts'
import type { JobStore, WorkItem } from '../store/job-store.ts'
import type { UploadStore } from '../upload/upload.ts'
import { type AwaitedUploads, awaitUploads } from './awaited-uploads.ts'
import { LeaseLost } from './desk.ts'
import { giveUp } from './give-up.ts'
import { type Granted, type JobParts, runJob, type Stay } from './run-job.ts'
import { type Standing, standingOf } from './standing.ts'
import { createStumbles, type Stumbles } from './stumbles.ts'
import { createTurns } from './turns.ts'

export interface WorkerOptions extends Omit<JobParts, 'turns' | 'parallelMax' | 'uploads'> {
  readonly uploads: Pick<UploadStore, 'find' | 'file' | 'keepUntil'>
  readonly settings?: Partial<WorkerSettings>
  /** No other process can work at these jobs: whoever holds a lease is gone. */
  readonly isAlone: boolean
}

export interface WorkerSettings {
  /** Jobs that are worked at side by side; where more wait, each leaves its place to another after its stay. */
  readonly jobsMax: number
  /** From its first batch on, and at least so many times as long as it was read before, which may have to be done anew. */
  readonly stayMs: number
  readonly stayReadings: number
  /** Batches that are sent at once, of all jobs together and of one. */
  readonly batchesMax: number
  readonly batchesOfJobMax: number
}

const SETTINGS: WorkerSettings = { jobsMax: 16, stayMs: 10_000, stayReadings: 4, batchesMax: 2, batchesOfJobMax: 2 }

const WATCH_EVERY_MS = 500
/** Between two looks, however often jobs change. */
const LOOK_APART_MS = 50
const RENEW_EVERY_MS = 2_000
/** Time for a renewal to fail and to be tried again. */
const SILENCE_MS = 6_000
const WORK_PAGE = 100
/** Jobs behind them are not looked at yet. */
const WAITING_SEEN_MAX = 1_000

interface Waiting {
  readonly lease: LeaseState
  readonly standing: Standing
}

export interface ImportWorker extends Pick<AwaitedUploads, 'heard'> {
  /** Begins nothing more, and lets go of each job when what is being sent of it has ended. May be called again. */
  close(): Promise<void>
}

export function createImportWorker(options: WorkerOptions): ImportWorker {
  const stopping = new AbortController()
  const worker = new Worker(options, stopping.signal)
  const ended = worker.run()
  const awaited = awaitUploads(options)
  return {
    heard: awaited.heard,
    async close() {
      stopping.abort()
      await Promise.all([ended, awaited.close()])
    },
  }
}

class Worker {
  readonly #options: WorkerOptions
  readonly #settings: WorkerSettings
  readonly #parts: JobParts
  readonly #signal: AbortSignal
  readonly #holder = randomUUID()
  readonly #running = new Map<JobId, Promise<void>>()
  readonly #stumbles: Stumbles
  /** Jobs that come after another one, until they are taken up. */
  readonly #followers = new Map<JobId, Job | null>()
  readonly #leaving = new Set<JobId>()
  /** Jobs that wait for a place, and how many places they still have to be given. */
  #line: readonly JobId[] = []
  #wanted = 0
  #sightings = new Map<JobId, Sighting<LeaseState>>()
  #freed = new AbortController()

  constructor(options: WorkerOptions, signal: AbortSignal) {
    this.#options = options
    this.#settings = { ...SETTINGS, ...options.settings }
    this.#signal = signal
    this.#stumbles = createStumbles(options)
    const { batchesMax, batchesOfJobMax: parallelMax } = this.#settings
    this.#parts = { ...options, turns: createTurns(batchesMax), parallelMax }
  }

  async run(): Promise<void> {
    const trouble = createTrouble('look for imports', this.#options)
    while (!this.#signal.aborted) {
      try {
        const change = await this.#options.store.newest()
        const isOthers = await this.#takeUp()
        trouble.over()
        await this.#rest(change, isOthers)
        await pause(this.#options.clock, LOOK_APART_MS, this.#signal)
      } catch (error) {
        await trouble.met(error, this.#signal)
      }
    }
    await Promise.all(this.#running.values())
  }

  /** Takes up what it may; whether there is work that others hold. */
  async #takeUp(): Promise<boolean> {
    const { store, isAlone, clock } = this.#options
    const seen = new Map<JobId, Sighting<LeaseState>>()
    const waiting = new Map<JobId, Waiting>()
    for await (const { id, lease } of workIn(store)) {
      if (this.#running.has(id)) continue
      if (waiting.size >= WAITING_SEEN_MAX || this.#signal.aborted) break
      const standing = await this.#standingOf(id)
      if (standing.standing === 'WAITS') continue
      const sighting = sight(this.#sightings.get(id) ?? null, lease, clock.elapsed())
      seen.set(id, sighting)
      const isFree = lease.holder === null || lease.holder === this.#holder
      if (!isFree && !isAlone && !isSilent(sighting, clock.elapsed(), SILENCE_MS)) continue
      waiting.set(id, { lease, standing })
    }
    this.#line = inLine(this.#line, [...waiting.keys()])
    for (const id of this.#line) {
      const found = waiting.get(id)
      if (found === undefined || this.#isFull() || this.#signal.aborted) break
      const { lease, standing } = found
      const answer = await store.acquire(id, { holder: this.#holder, instead: lease })
      if (answer.acquire !== 'GRANTED') continue
      seen.delete(id)
      const fault = standing.standing === 'NEVER_BEGINS' ? standing.fault : this.#stumbles.faultOf(id)
      this.#begin(id, answer, fault)
    }
    this.#line = this.#line.filter((id) => !this.#running.has(id))
    this.#wanted = this.#isFull() ? Math.max(0, this.#line.length - this.#leaving.size) : 0
    this.#sightings = seen
    return seen.size > 0
  }

  #isFull(): boolean {
    return this.#running.size >= this.#settings.jobsMax
  }

  /** Its place goes to whoever has waited longest. */
  #stayOf(id: JobId): Stay {
    return {
      isOver: (readyMs, workedMs) => {
        if (this.#leaving.has(id)) return true
        const { stayMs, stayReadings } = this.#settings
        if (this.#wanted === 0 || workedMs < Math.max(stayMs, stayReadings * readyMs)) return false
        this.#wanted -= 1
        this.#leaving.add(id)
        return true
      },
    }
  }

  /** Of a job that waits, only what it waits for is looked at again. */
  async #standingOf(id: JobId): Promise<Standing> {
    const { store } = this.#options
    const known = this.#followers.get(id)
    const job = known === undefined ? ((await store.find(id))?.job ?? null) : known
    const after = job?.definition.after ?? null
    this.#followers.set(id, after === null ? null : job)
    if (job === null || after === null) return { standing: 'BEGINS' }
    return standingOf(job, (await store.find(after))?.job ?? null)
  }

  /** With a fault, only to say that it cannot go on. */
  #begin(id: JobId, granted: Granted, fault: JobFault | null): void {
    const run = this.#runUnderLease(id, granted, fault).finally(() => {
      this.#running.delete(id)
      this.#leaving.delete(id)
      this.#followers.delete(id)
      this.#freed.abort()
    })
    this.#running.set(id, run)
  }

  async #runUnderLease(id: JobId, granted: Granted, fault: JobFault | null): Promise<void> {
    const { store, log } = this.#options
    const leaving = new AbortController()
    const signal = AbortSignal.any([this.#signal, leaving.signal])
    log.info({ jobId: id, epoch: granted.lease.epoch }, 'an import is worked at from here')
    const renewals = this.#renew(id, granted.lease, leaving.signal)
    try {
      if (fault === null) await runJob(granted, this.#parts, this.#stayOf(id), signal)
      else await giveUp(granted, fault, this.#options)
      await store.release(id, granted.lease)
      this.#stumbles.over(id)
    } catch (error) {
      // The lease is still its own, and is asked for again.
      if (!(error instanceof LeaseLost)) await this.#stumbles.met(granted.kept.job, error, this.#signal)
    } finally {
      leaving.abort()
      await renewals
    }
  }

  /** Gives signs of life until the signal is aborted or the lease is lost. */
  async #renew(id: JobId, lease: LeaseState, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#options
    const trouble = createTrouble(`keep the lease of the import ${id}`, this.#options)
    for (;;) {
      await pause(clock, RENEW_EVERY_MS, signal)
      if (signal.aborted) return
      try {
        if (!(await store.renew(id, lease))) return
        trouble.over()
      } catch (error) {
        await trouble.met(error, signal)
      }
    }
  }

  /** Until a job changes or ends here; where others hold some, only for a while, for leases change unheard. */
  async #rest(change: number, isOthers: boolean): Promise<void> {
    const { store, clock } = this.#options
    const waking = new AbortController()
    const signal = AbortSignal.any([this.#signal, this.#freed.signal, waking.signal])
    const changed = store.waitBeyond(change, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    const waits = isOthers ? [changed, pause(clock, WATCH_EVERY_MS, signal)] : [changed]
    try {
      await Promise.race(waits)
    } finally {
      waking.abort()
      await Promise.allSettled(waits)
      if (this.#freed.signal.aborted) this.#freed = new AbortController()
    }
  }
}

/** Whoever is new, or has had a place and left it, stands behind those that have waited already. */
function inLine(before: readonly JobId[], waiting: readonly JobId[]): readonly JobId[] {
  const [still, known] = [new Set(waiting), new Set(before)]
  return [...before.filter((id) => still.has(id)), ...waiting.filter((id) => !known.has(id))]
}

async function* workIn(store: Pick<JobStore, 'work'>): AsyncGenerator<WorkItem> {
  for (let after = 0; ; ) {
    const items = await store.work(after, WORK_PAGE)
    yield* items
    const last = items.at(-1)
    if (last === undefined || items.length < WORK_PAGE) return
    after = last.number
  }
}
