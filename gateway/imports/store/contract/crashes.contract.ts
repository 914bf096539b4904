/** Workers that stop between any two calls, are late, and lose answers: no row is written twice, none is forgotten. */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { StoreFailed } from '../../../../schema/process/store-faults.ts'
import type { AdministratorEvent, WorkerEvent } from '../../job/event.ts'
import { created, ending, failed, locked, NOW, refused, refusing, taking } from '../../job/job.fixture.ts'
import { type Batch, batchKey, isOver, type Job, type JobId } from '../../job/job.ts'
import { nextWork, type Work } from '../../job/next-work.ts'
import { type RowResult, totalOf } from '../../job/outcome.ts'
import { rowsIn } from '../../job/row-spans.ts'
import type { JobLease, JobStore, RecordAnswer } from '../job-store.ts'
import { everyOutcome, found, freshStore, made, type Open, running, told } from './opened.contract.ts'

const ROWS = 24

type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never

/**
 * What a call to the store meets, or the sending of a batch: its answer may be lost with or without its effect; the
 * worker may die before or after it; or the worker is taken for dead and goes on when another is at work already.
 */
const fate = fc.constantFrom('WELL', 'WELL', 'WELL', 'LOST_BEFORE', 'LOST_AFTER', 'DIES_BEFORE', 'DIES_AFTER', 'LATE')
type Fate = Drawn<typeof fate>

/** What the systems say to a row that is sent, or to a batch as a whole. */
const reply = fc.constantFrom('WRITTEN', 'WRITTEN', 'WRITTEN', 'REFUSED', 'LOCKED')
const whole = fc.constantFrom('EACH', 'EACH', 'EACH', 'AWAY', 'TOO_LARGE')

const order = fc.record({
  after: fc.nat({ max: 40 }),
  event: fc.constantFrom<AdministratorEvent['event'][]>('PAUSE', 'RESUME', 'RESUME', 'CANCEL'),
})

const drawn = {
  fates: fc.array(fate, { maxLength: 40 }),
  replies: fc.array(reply, { maxLength: 60 }),
  wholes: fc.array(whole, { maxLength: 20 }),
  faulty: fc.uniqueArray(fc.integer({ min: 1, max: ROWS }), { maxLength: 5 }),
  orders: fc.array(order, { maxLength: 4 }),
  maxFailures: fc.option(fc.nat({ max: 12 })),
  ahead: fc.nat({ max: 2 }),
}

class Death extends Error {}

/** Whatever a late worker is answered by the systems, its store would not take it. */
const FENCED = { told: 'FENCED' }

/** Both systems, as one: what was carried out under a key is carried out once, and told again to whoever asks again. */
class Systems {
  readonly #answers = new Map<string, WorkerEvent>()
  readonly writes = new Map<number, number>()
  readonly #replies: Drawn<typeof reply>[]
  readonly #wholes: Drawn<typeof whole>[]

  constructor(replies: readonly Drawn<typeof reply>[], wholes: readonly Drawn<typeof whole>[]) {
    this.#replies = [...replies]
    this.#wholes = [...wholes]
  }

  send(key: string, batch: Batch, at: number): WorkerEvent {
    const known = this.#answers.get(key)
    const answer = known ?? this.#carryOut(batch, at)
    this.#answers.set(key, answer)
    return answer
  }

  #carryOut(batch: Batch, at: number): WorkerEvent {
    const rows = rowsIn(batch.rows)
    const said = this.#wholes.shift() ?? 'EACH'
    if (said === 'AWAY') return refusing(batch.number, true, at)
    if (said === 'TOO_LARGE' && rows.length > 1) return refusing(batch.number, false, at)
    return ending(
      batch.number,
      rows.map((row) => this.#write(row)),
      at,
    )
  }

  #write(row: number): RowResult {
    const said = this.#replies.shift() ?? 'WRITTEN'
    if (said === 'REFUSED') return refused(row)
    if (said === 'LOCKED') return locked(row)
    this.writes.set(row, (this.writes.get(row) ?? 0) + 1)
    return created(row)
  }
}

export function crashesContract(open: Open): void {
  const on = freshStore(open)

  it('bring a job to its end all the same, each row with one outcome, and what was acknowledged stays', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record(drawn), async ({ fates, replies, wholes, faulty, orders, maxFailures, ahead }) => {
        const limit = maxFailures === null ? null : ({ kind: 'ROWS', rows: maxFailures } as const)
        const { job, lease } = await running(on.one, ROWS, { maxFailures: limit, batchRows: 4 })
        await on.one.release(job.id, lease)
        const systems = new Systems(replies, wholes)
        const world = new World(job.id, [on.one, on.other], { fates, orders, faulty, systems, ahead })
        const over = await world.run()

        const outcomes = await everyOutcome(on.other, job.id)
        const rows = outcomes.map(({ outcome }) => outcome.row)
        expect(rows).toEqual(rows.map((_, index) => index + 1))
        expect(rows).toHaveLength(over.taken.place.rows)
        expect(totalOf(over.outcomes)).toBe(ROWS)
        const written = outcomes.filter(({ outcome }) => outcome.outcome === 'CREATED')
        expect(written.map(({ outcome }) => [outcome.row, 1])).toEqual(
          [...systems.writes].toSorted(([one], [other]) => one - other),
        )
        const isClean = over.outcomes.CREATED === ROWS
        if (over.phase.state.startsWith('COMPLETED')) {
          expect(over.phase.state).toBe(isClean ? 'COMPLETED' : 'COMPLETED_WITH_FAILURES')
        }
        expect(await on.one.tell(job.id, { event: 'CANCEL', at: NOW }, null)).toMatchObject({ refusal: 'ENDED' })
        expect(await found(on.one, job.id)).toEqual(over)
      }),
      { numRuns: 40 },
    )
  })

  it('leave a job that was never begun as it was', async () => {
    const { job } = await made(on.one)
    expect(await told(on.other, job.id, { event: 'EXPIRE', at: NOW })).toMatchObject({ phase: { state: 'EXPIRED' } })
  })
}

interface Trouble {
  readonly fates: readonly Fate[]
  readonly orders: readonly { readonly after: number; readonly event: AdministratorEvent['event'] }[]
  readonly faulty: readonly number[]
  readonly systems: Systems
  /** How many batches a worker has sent or is about to, before it takes no more. */
  readonly ahead: number
}

/** One worker after another, each until it dies, and an administrator who says things in between. */
class World {
  readonly #id: JobId
  readonly #stores: readonly JobStore[]
  readonly #trouble: Trouble
  readonly #fates: Fate[]
  #now = NOW
  #calls = 0
  /** What a worker does when it is not the worker any longer. */
  readonly #late: (() => Promise<unknown>)[] = []
  /** Of every answer so far. */
  #acknowledged = 0

  constructor(id: JobId, stores: readonly JobStore[], trouble: Trouble) {
    this.#id = id
    this.#stores = stores
    this.#trouble = trouble
    this.#fates = [...trouble.fates]
  }

  async run(): Promise<Job> {
    for (let life = 0; ; life += 1) {
      const store = this.#stores[life % this.#stores.length]
      if (store === undefined) throw new Error('No store is open')
      const over = await this.#live(store, `worker ${life}`).catch((error: unknown) => {
        if (error instanceof Death) return null
        throw error
      })
      if (over !== null) return over
    }
  }

  /** Until the job is over; null where there was nothing to do for it. */
  async #live(store: JobStore, holder: string): Promise<Job | null> {
    const item = (await store.work(0, 1_000)).find(({ id }) => id === this.#id)
    if (item === undefined) return this.#resumed(store)
    const answer = await store.acquire(this.#id, { holder, instead: item.lease })
    if (answer.acquire !== 'GRANTED') throw new Error(`The lease was ${answer.acquire}`)
    const { lease } = answer
    let { job } = answer.kept
    expect(accountOf(job)).toBeGreaterThanOrEqual(this.#acknowledged)
    for (const act of this.#late.splice(0)) expect(await act()).toMatchObject({ told: 'FENCED' })
    while (!isOver(job)) {
      this.#calls += 1
      job = (await this.#ordered(store)) ?? job
      const work = this.#next(job)
      switch (work.work) {
        case 'SEND':
          job = await this.#sent(store, lease, job, work.batch)
          break
        case 'TAKE':
          job = await this.#record(store, lease, this.#taking(job, work.rowsMax))
          break
        case 'WAIT':
          this.#now = Math.max(this.#now + 1, work.until ?? 0)
          break
        default:
          job = (await this.#resumed(store)) ?? (await found(store, this.#id))
      }
    }
    return job
  }

  /** The job where it is over; else somebody has it go on. */
  async #resumed(store: JobStore): Promise<Job | null> {
    const job = await found(store, this.#id)
    if (job.phase.state === 'PAUSED') await told(store, this.#id, { event: 'RESUME', at: this.#now })
    return isOver(job) ? job : null
  }

  /** Takes some batches before it sends the first, as a worker does that sends several at once. */
  #next(job: Job): Work {
    const sent = job.open.filter(({ sending }) => sending.status === 'SENT').map(({ number }) => number)
    const worker = { now: this.#now, parallelMax: sent.length + 1 }
    const more = nextWork(job, { ...worker, inHand: new Set(sent) })
    const isEnough = sent.length > this.#trouble.ahead || (more.work !== 'TAKE' && sent.length > 0)
    return isEnough ? nextWork(job, { ...worker, inHand: new Set() }) : more
  }

  async #ordered(store: JobStore): Promise<Job | null> {
    let job: Job | null = null
    for (const { after, event } of this.#trouble.orders) {
      if (after !== this.#calls) continue
      const answer = await store.tell(this.#id, { event, at: this.#now } as AdministratorEvent, 'ada')
      if (answer.told !== 'NOT_FOUND') job = answer.kept.job
    }
    return job
  }

  #taking(job: Job, rowsMax: number): WorkerEvent {
    const last = Math.min(ROWS, job.taken.place.rows + rowsMax)
    const faulty = this.#trouble.faulty.filter((row) => row > job.taken.place.rows && row <= last)
    return taking(
      job,
      last,
      faulty.map((row) => failed(row)),
    )
  }

  async #sent(store: JobStore, lease: JobLease, before: Job, batch: Batch): Promise<Job> {
    const isWaiting = batch.sending.status === 'WAITING'
    const event: WorkerEvent = { event: 'BATCH_SENT', batch: batch.number, at: this.#now }
    const job = isWaiting ? await this.#record(store, lease, event) : before
    const now = job.open.find(({ number }) => number === batch.number)
    if (now?.sending.status !== 'SENT') return job
    const send = async () => this.#trouble.systems.send(batchKey(job, now), now, this.#now)
    const answer = await this.#meet(send, async () => {
      await send()
      return FENCED
    })
    return answer === null ? job : this.#record(store, lease, answer)
  }

  /** The job as the answer has it, or, where the answer is lost, as the store does. */
  async #record(store: JobStore, lease: JobLease, event: WorkerEvent): Promise<Job> {
    const record = () => store.record(this.#id, lease, event)
    const answer = await this.#meet(record, record)
    const job = answer === null ? await found(store, this.#id) : jobOf(answer)
    this.#acknowledged = Math.max(this.#acknowledged, accountOf(job))
    return job
  }

  /** Null where the answer is lost. */
  async #meet<T>(act: () => Promise<T>, late: () => Promise<unknown>): Promise<T | null> {
    switch (this.#fates.shift() ?? 'WELL') {
      case 'WELL':
        return act()
      case 'LOST_BEFORE':
        return null
      case 'LOST_AFTER':
        await act()
        return null
      case 'DIES_BEFORE':
        throw new Death()
      case 'DIES_AFTER':
        await act()
        throw new Death()
      case 'LATE':
        this.#late.push(late)
        throw new Death()
    }
  }
}

/** Grows with all that is told of a job. */
function accountOf({ taken, outcomes, batches }: Job): number {
  return taken.place.rows + totalOf(outcomes) + batches
}

function jobOf(answer: RecordAnswer): Job {
  if (answer.told === 'NOT_FOUND' || answer.told === 'FENCED') throw new StoreFailed(`A worker was told ${answer.told}`)
  return answer.kept.job
}
