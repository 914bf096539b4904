/**
 * One job under one lease: what is to be done next is decided by `nextWork`, done here, and told to the store. A worker
 * that dies between any two steps leaves a job that another goes on with from the beginning of this loop.
 */

import { pause } from '../../changes/pause.ts'
import { type Bell, createBell } from '../../changes/relay/bell.ts'
import type { Clock } from '../../coordinator/environment.ts'
import type { WorkerEvent } from '../job/event.ts'
import { type Batch, isEnding } from '../job/job.ts'
import { nextWork } from '../job/next-work.ts'
import { COURTEOUS_BATCH_ROWS } from '../job/policy.ts'
import type { AcquireAnswer, JobStore } from '../store/job-store.ts'
import type { Shipment } from './answer.ts'
import { type BatchesInHand, batchesInHand } from './batches-in-hand.ts'
import { type Desk, openDesk } from './desk.ts'
import { eventsOfEnd, eventsOfLoss } from './end-events.ts'
import { faultOf } from './faulted.ts'
import { type OpenSource, openSource, type SourceParts } from './open-source.ts'
import type { ReadRow } from './read-row.ts'
import { type RowsAtHand, rowsAtHand } from './rows-at-hand.ts'
import { type Scan, scanSource } from './scan.ts'
import { type SendParts, sent } from './send.ts'
import { taken } from './take.ts'
import type { Traffic } from './traffic.ts'
import type { Turn, Turns } from './turns.ts'

export interface JobParts extends SourceParts, SendParts {
  readonly store: JobStore
  readonly clock: Clock
  readonly turns: Turns
  /** Batches of one job that are sent at once. */
  readonly parallelMax: number
  /** Left out: nobody else writes. */
  readonly traffic?: Pick<Traffic, 'isBusy'>
}

/** Of one job among those that are worked at. */
export interface Stay {
  /** Asked between batches, the first of which was begun after `readyMs` and `workedMs` ago: whether others are to have its place. */
  isOver(readyMs: number, workedMs: number): boolean
}

export type Granted = Extract<AcquireAnswer, { acquire: 'GRANTED' }>

/**
 * Until there is nothing to do for the job, or it is time to stop: what is being sent then is seen to its end, if that
 * comes soon. Rejects with LeaseLost, and as the store does; then the job is to be taken up anew.
 */
export async function runJob(
  { lease, kept }: Granted,
  parts: JobParts,
  stay: Stay,
  stopping: AbortSignal,
): Promise<void> {
  const leaving = new AbortController()
  const run = new JobRun(openDesk(parts.store, lease, kept), parts, stay, AbortSignal.any([stopping, leaving.signal]))
  try {
    await run.work()
  } finally {
    leaving.abort()
    await run.leave()
  }
}

class JobRun {
  readonly #desk: Desk
  readonly #parts: JobParts
  readonly #stay: Stay
  readonly #signal: AbortSignal
  readonly #bell: Bell = createBell()
  readonly #inHand: BatchesInHand
  #turn: Turn | null = null
  #source: OpenSource | null = null
  #rows: RowsAtHand | null = null
  #scan: Scan | null = null
  readonly #takenUpAt: number
  #firstBatchAt: number | null = null

  constructor(desk: Desk, parts: JobParts, stay: Stay, signal: AbortSignal) {
    this.#desk = desk
    this.#parts = parts
    this.#stay = stay
    this.#takenUpAt = parts.clock.elapsed()
    this.#signal = signal
    const send = (shipment: Shipment, onWait: () => void) => sent(shipment, parts, onWait, signal)
    this.#inHand = batchesInHand({ send, clock: parts.clock, bell: this.#bell })
  }

  async work(): Promise<void> {
    const { clock } = this.#parts
    for (;;) {
      this.#bell.hush()
      await this.#tellEnds()
      if (this.#signal.aborted || this.#isOver()) {
        this.#leaveTurn()
        if (this.#inHand.numbers().size === 0) return
        await this.#inHand.idle()
        continue
      }
      const parallelMax = this.#isBusy() ? 1 : this.#parts.parallelMax
      const work = nextWork(this.#desk.job(), { now: clock.now(), inHand: this.#inHand.numbers(), parallelMax })
      switch (work.work) {
        case 'NONE':
          return
        case 'START':
          await this.#tell({ event: 'STARTED', at: clock.now() })
          break
        case 'VALIDATE':
          await this.#validate()
          break
        case 'SEND':
          if ((await this.#rowsOf(work.batch)) !== null) await this.#inTurn((turn) => this.#send(work.batch, turn))
          break
        case 'TAKE':
          if (await this.#isReady()) await this.#inTurn((turn) => this.#take(this.#courteous(work.rowsMax), turn))
          break
        case 'WAIT':
          this.#leaveTurn()
          await this.#rest(work.until)
          break
        default:
          return work satisfies never
      }
    }
  }

  #isOver(): boolean {
    if (this.#firstBatchAt === null) return false
    const workedMs = this.#parts.clock.elapsed() - this.#firstBatchAt
    return this.#stay.isOver(this.#firstBatchAt - this.#takenUpAt, workedMs)
  }

  async leave(): Promise<void> {
    this.#leaveTurn()
    await this.#inHand.idle()
    await this.#rows?.[Symbol.asyncDispose]()
  }

  async #tell(event: WorkerEvent): Promise<boolean> {
    const isTold = await this.#desk.tell(event)
    this.#rows?.keep(this.#desk.job().open)
    return isTold
  }

  async #tellEnds(): Promise<void> {
    for (const end of this.#inHand.takeEnds()) {
      for (const event of eventsOfEnd(end, this.#parts.clock.now())) await this.#tell(event)
    }
  }

  async #validate(): Promise<void> {
    const { clock } = this.#parts
    try {
      const source = await this.#openSource()
      const onProgress = async (bytes: number) => {
        await this.#tell({ event: 'CHECKED', bytes, at: clock.now() })
        return this.#desk.job().phase.state === 'VALIDATING'
      }
      this.#scan = await scanSource(source, this.#desk.job(), { clock, signal: this.#signal, onProgress })
      if (this.#scan === null) return
      const { rows } = this.#scan
      const { format } = source
      if (rows > 0) await this.#tell({ event: 'VALIDATED', rows, format, at: clock.now() })
      else await this.#fault({ code: 'NO_ROWS', message: 'There is no row to import.' })
    } catch (error) {
      await this.#fault(faultOrThrow(error))
    }
  }

  /** Whoever takes over has to read much before it can go on: that keeps nobody from sending. False where it cannot go on. */
  async #isReady(): Promise<boolean> {
    try {
      if ((await this.#rescanned()) === null) return false
      const [job, rows] = [this.#desk.job(), await this.#openRows()]
      await rows.held(job.open)
      await rows.next(job.taken.place, 1, (job.rows ?? 0) - job.taken.place.rows)
      return true
    } catch (error) {
      await this.#fault(faultOrThrow(error))
      return false
    }
  }

  async #take(rowsMax: number, turn: Turn): Promise<boolean> {
    const { clock } = this.#parts
    try {
      const [scan, rows, job] = [this.#scan, await this.#openRows(), this.#desk.job()]
      if (scan === null) return false
      const left = (job.rows ?? 0) - job.taken.place.rows
      const { asLeft = asRead } = await this.#openSource()
      const next = await asLeft(await rows.next(job.taken.place, rowsMax, left, job.definition.atomicity === 'BATCH'))
      const together = taken({ job, next, ...scan, held: await rows.held(job.open) })
      if (together === null) {
        turn.leave()
        await this.#rest(this.#firstDue())
        return false
      }
      if (!(await this.#tell({ event: 'BATCH_TAKEN', ...together, at: clock.now() }))) return false
      const batch = this.#desk.job().open.find(({ number }) => number === together.batch)
      return batch !== undefined && (await this.#start({ batch, isFirst: true, rows: await rows.of(batch) }, turn))
    } catch (error) {
      await this.#fault(faultOrThrow(error))
      return false
    }
  }

  /** Where others write, batches are small, so that nobody waits long behind one; but not those that were asked for. */
  #courteous(rowsMax: number): number {
    const { atomicity, batchRows } = this.#desk.job().definition
    const isOwnToSay = atomicity === 'ROW' && batchRows === null
    return isOwnToSay && this.#isBusy() ? Math.min(rowsMax, COURTEOUS_BATCH_ROWS) : rowsMax
  }

  #isBusy(): boolean {
    return this.#parts.traffic?.isBusy() ?? false
  }

  async #send(batch: Batch, turn: Turn): Promise<boolean> {
    const { clock } = this.#parts
    const rows = await this.#rowsOf(batch)
    if (rows === null) return false
    // One that waits has a key of its own for each time that it is sent.
    const isFirst = batch.sending.status === 'WAITING'
    if (isFirst) {
      const isTold = await this.#tell({ event: 'BATCH_SENT', batch: batch.number, at: clock.now() })
      if (!isTold) return false
    }
    return this.#start({ batch, isFirst, rows }, turn)
  }

  /** Null where nobody can read them any more, which is told. */
  async #rowsOf(batch: Batch): Promise<readonly ReadRow[] | null> {
    try {
      return await (await this.#openRows()).of(batch)
    } catch (error) {
      const fault = faultOrThrow(error)
      const events = batch.sending.status === 'SENT' ? eventsOfLoss(batch, fault, this.#parts.clock.now()) : []
      if (events.length === 0) await this.#fault(fault)
      for (const event of events) await this.#tell(event)
      return null
    }
  }

  async #start(sending: Pick<Shipment, 'batch' | 'isFirst' | 'rows'>, turn: Turn): Promise<boolean> {
    const { fieldOf } = await this.#openSource()
    this.#firstBatchAt ??= this.#parts.clock.elapsed()
    this.#inHand.start({ job: this.#desk.job(), ...sending, fieldOf }, turn)
    return true
  }

  /** The task says whether it keeps the turn. */
  async #inTurn(task: (turn: Turn) => Promise<boolean>): Promise<void> {
    this.#turn ??= this.#parts.turns.ask(this.#bell.ring)
    const turn = this.#turn
    if (!turn.isMine()) {
      await this.#rest(null)
      return
    }
    this.#turn = null
    let isKept = false
    try {
      isKept = await task(turn)
    } finally {
      if (!isKept) turn.leave()
    }
  }

  #leaveTurn(): void {
    this.#turn?.leave()
    this.#turn = null
  }

  /** Until then, a batch ends, a turn comes, or, where nothing is being sent, the job changes. */
  async #rest(until: number | null): Promise<void> {
    const { clock } = this.#parts
    const waking = new AbortController()
    const signal = AbortSignal.any([this.#signal, waking.signal])
    const waits = [this.#bell.heard(signal)]
    if (until !== null) waits.push(pause(clock, Math.max(0, until - clock.now()), signal))
    if (this.#inHand.numbers().size === 0) waits.push(this.#desk.changed(signal))
    try {
      await Promise.race(waits)
    } finally {
      waking.abort()
      await Promise.allSettled(waits)
    }
  }

  /** When the first of the batches that wait is due. */
  #firstDue(): number | null {
    const dues = this.#desk
      .job()
      .open.flatMap(({ sending }) => (sending.status === 'WAITING' ? [sending.notBefore] : []))
    return dues.length === 0 ? null : Math.min(...dues)
  }

  /** Whoever takes over has to find anew which rows mean the same record. Null where the job is held or ends meanwhile. */
  async #rescanned(): Promise<Scan | null> {
    const { clock } = this.#parts
    const onProgress = async () => {
      await this.#tellEnds()
      await this.#desk.look()
      const job = this.#desk.job()
      return job.phase.state === 'RUNNING' && !isEnding(job)
    }
    const options = { clock, signal: this.#signal, onProgress }
    this.#scan ??= await scanSource(await this.#openSource(), this.#desk.job(), options)
    return this.#scan
  }

  async #openSource(): Promise<OpenSource> {
    this.#source ??= await openSource(this.#desk.job(), this.#parts)
    return this.#source
  }

  async #openRows(): Promise<RowsAtHand> {
    this.#rows ??= rowsAtHand(await this.#openSource())
    return this.#rows
  }

  async #fault(fault: ReturnType<typeof faultOrThrow>): Promise<void> {
    await this.#tell({ event: 'FAULTED', fault, at: this.#parts.clock.now() })
  }
}

async function asRead(rows: readonly ReadRow[]): Promise<readonly ReadRow[]> {
  return rows
}

function faultOrThrow(error: unknown) {
  const fault = faultOf(error)
  if (fault === null) throw error
  return fault
}
