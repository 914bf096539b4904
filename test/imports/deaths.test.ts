import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobId } from '../../gateway/imports/job/job.ts'
import type { JobStore } from '../../gateway/imports/store/job-store.ts'
import type { RowsWrite, Sync } from '../../gateway/sync/write.ts'
import { SYSTEMS } from '../../schema/record.ts'
import { createManualClock } from '../coordinator/manual-clock.ts'
import { COMPANY } from '../rows/company.ts'
import { customerLine, customersCsv, type Importing, numbered, openImporting } from './importing.ts'

let importing: Importing
beforeAll(async () => {
  importing = await openImporting()
}, 60_000)
afterAll(() => importing[Symbol.asyncDispose]())

const ROWS = 25

async function jobOf(prefix: string): Promise<JobId> {
  const uploadId = await importing.upload(customersCsv(numbered(prefix, ROWS).map((number) => customerLine(number))))
  return importing.create({ source: { kind: 'UPLOAD', uploadId }, operation: 'CREATE', batchRows: 10 })
}

/** An upsert of rows without numbers: who repeats a batch finds what it has made already. */
async function matchedJobOf(prefix: string): Promise<JobId> {
  const lines = numbered(prefix, ROWS).map((party) => `${COMPANY},${party},Party ${party},TRADE,USD`)
  const uploadId = await importing.upload(['company,partyNumber,name,group,currency', ...lines, ''].join('\n'))
  const source = { kind: 'UPLOAD', uploadId } as const
  return importing.create({ source, operation: 'UPSERT', matchBy: ['company', 'partyNumber'], batchRows: 10 })
}

const never = new Promise<never>(() => undefined)

interface Mortal {
  readonly store: JobStore
  readonly sync: Sync
  /** Resolves when it is dead. */
  readonly death: Promise<void>
}

/**
 * What a worker is given that dies at its step of this number, before or after the step takes effect: from then on
 * nothing that it does is heard of, and it hears of nothing. Steps are what it tells of a job and what it sends.
 */
function mortal(step: number, when: 'BEFORE' | 'AFTER'): Mortal {
  const { store, company } = importing
  const death = Promise.withResolvers<void>()
  let steps = 0
  let isDead = false
  const die = (): Promise<never> => {
    isDead = true
    death.resolve()
    return never
  }
  const asStep =
    <Asked extends unknown[], A>(act: (...asked: Asked) => Promise<A>) =>
    async (...asked: Asked): Promise<A> => {
      if (isDead) return never
      steps += 1
      const isLast = steps === step
      if (isLast && when === 'BEFORE') return die()
      const answer = await act(...asked)
      return isLast ? die() : isDead ? never : answer
    }
  const alive =
    <Asked extends unknown[], A>(act: (...asked: Asked) => Promise<A>) =>
    async (...asked: Asked): Promise<A> => {
      if (isDead) return never
      const answer = await act(...asked)
      return isDead ? never : answer
    }
  return {
    death: death.promise,
    store: {
      ...store,
      record: asStep(store.record),
      acquire: asStep(store.acquire),
      renew: alive(store.renew),
      release: asStep(store.release),
      work: alive(store.work),
      find: alive(store.find),
    },
    sync: { ...company.app.sync, writeRows: asStep((write: RowsWrite) => company.app.sync.writeRows(write)) },
  }
}

/** Every row has one outcome, and every record was written once, in both systems. */
async function expectWhole(id: JobId, prefix: string): Promise<void> {
  const job = await importing.ended(id)
  expect(job).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { CREATED: ROWS } })
  const outcomes = await importing.outcomes(id)
  expect(outcomes.map(({ row }) => row)).toEqual(Array.from({ length: ROWS }, (_, at) => at + 1))
  for (const system of SYSTEMS) {
    const table = system === 'CRM' ? 'accounts' : 'CustomersV3'
    const records = (await importing.company.holds(system, table)).filter((one) =>
      JSON.stringify(one).includes(`"${prefix}-`),
    )
    expect(records).toHaveLength(ROWS)
    for (const record of records) expect(record).toMatchObject({ revision: 1 })
  }
}

describe('A worker that dies', () => {
  const steps = Array.from({ length: 12 }, (_, at) => at + 1)
  const points = steps.flatMap((step) => (['BEFORE', 'AFTER'] as const).map((when) => [when, step] as const))

  it.each(points)(
    '%s its step %i leaves a job that another ends, no row written twice and none forgotten',
    async (when, step) => {
      const prefix = `${when.slice(0, 1)}${step}`
      const { death, ...parts } = mortal(step, when)
      const id = await jobOf(prefix)
      importing.mortal(parts)
      await death
      const successor = importing.worker()
      await expectWhole(id, prefix)
      await successor.close()
    },
  )

  it.each(steps)(
    'after its step %i leaves rows that find their records by another key created once, too',
    async (step) => {
      const prefix = `M${step}`
      const { death, ...parts } = mortal(step, 'AFTER')
      const id = await matchedJobOf(prefix)
      importing.mortal(parts)
      await death
      const successor = importing.worker()
      await expectWhole(id, prefix)
      await successor.close()
    },
  )

  it('is replaced by another process once it has been silent for long enough, and not before', async () => {
    const { death, ...parts } = mortal(5, 'BEFORE')
    const id = await jobOf('S')
    importing.mortal(parts)
    await death
    const clock = createManualClock(Date.now())
    const since = clock.now()
    const store: JobStore = {
      ...importing.store,
      acquire: async (asked, request) => {
        if (asked === id) expect(clock.now() - since).toBeGreaterThanOrEqual(6_000)
        return importing.store.acquire(asked, request)
      },
    }
    const successor = importing.worker({ store, clock, isAlone: false })
    const ending = expectWhole(id, 'S')
    let isOver = false
    void ending.finally(() => {
      isOver = true
    })
    while (!isOver) {
      await new Promise(setImmediate)
      clock.skip(1_000)
    }
    await ending
    await successor.close()
  })

  it('and was only slow finds that it is replaced', async () => {
    const id = await jobOf('Z')
    const { sync } = importing.company.app
    const held = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const writeRows = async (write: RowsWrite) => {
      reached.resolve()
      await held.promise
      return sync.writeRows(write)
    }
    const slow = importing.worker({ sync: { ...sync, writeRows } })
    await reached.promise
    const successor = importing.worker()
    await expectWhole(id, 'Z')
    held.resolve()
    await Promise.all([slow.close(), successor.close()])
    await expectWhole(id, 'Z')
  })
})
