import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WorkerOptions } from '../../gateway/imports/worker/worker.ts'
import type { RowsWrite } from '../../gateway/sync/write.ts'
import { customerLine, customersCsv, type Importing, numbered, openImporting } from './importing.ts'

let importing: Importing
beforeAll(async () => {
  importing = await openImporting()
}, 60_000)
afterAll(() => importing[Symbol.asyncDispose]())

/** Batches come to a gate, and each goes through when it is let. */
function gated(): Pick<WorkerOptions, 'sync'> & { letThrough(): Promise<void>; open(): void } {
  const waiting: (() => void)[] = []
  let isOpen = false
  let wake = (): void => undefined
  const { sync } = importing.company.app
  return {
    sync: {
      ...sync,
      writeRows: async (write) => {
        await new Promise<void>((pass) => {
          if (isOpen) pass()
          else waiting.push(pass)
          wake()
        })
        return sync.writeRows(write)
      },
    },
    async letThrough() {
      while (waiting.length === 0) await new Promise<void>((woken) => (wake = woken))
      waiting.shift()?.()
    },
    open() {
      isOpen = true
      for (const pass of waiting.splice(0)) pass()
    },
  }
}

async function jobOf(prefix: string, count: number, batchRows: number) {
  const uploadId = await importing.upload(customersCsv(numbered(prefix, count).map((number) => customerLine(number))))
  return importing.create({ source: { kind: 'UPLOAD', uploadId }, operation: 'CREATE', batchRows })
}

async function told(id: Parameters<Importing['job']>[0], event: 'PAUSE' | 'RESUME' | 'CANCEL') {
  const answer = await importing.store.tell(id, { event, at: Date.now() }, 'ada')
  if (answer.told !== 'DONE') throw new Error(JSON.stringify(answer))
  return answer.kept.job
}

describe('What an administrator orders', () => {
  it('is done within a batch: nothing is taken after a pause, and everything after it goes on', async () => {
    const gate = gated()
    const worker = importing.worker({ sync: gate.sync })
    const id = await jobOf('A', 60, 10)
    await gate.letThrough()
    await importing.until(id, ({ outcomes }) => outcomes.CREATED === 10)
    const paused = await told(id, 'PAUSE')
    gate.open()
    const still = await importing.until(id, ({ open }) => open.length === 0)
    expect(still.phase.state).toBe('PAUSED')
    expect(still.taken).toEqual(paused.taken)
    expect(still.taken.place.rows).toBeLessThan(60)
    await told(id, 'RESUME')
    expect(await importing.ended(id)).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { CREATED: 60 } })
    await worker.close()
  })

  it('leaves the rest of a cancelled import alone', async () => {
    const gate = gated()
    const worker = importing.worker({ sync: gate.sync })
    const id = await jobOf('B', 60, 10)
    await gate.letThrough()
    await importing.until(id, ({ outcomes }) => outcomes.CREATED === 10)
    const { taken } = await told(id, 'CANCEL')
    gate.open()
    const job = await importing.ended(id)
    expect(job.phase.state).toBe('CANCELLED')
    expect(job.outcomes).toMatchObject({ CREATED: taken.place.rows, NOT_ATTEMPTED: 60 - taken.place.rows })
    await worker.close()
  })

  it('a worker that is closed lets go within a batch, and another goes on', async () => {
    const gate = gated()
    const worker = importing.worker({ sync: gate.sync })
    const id = await jobOf('C', 60, 10)
    await gate.letThrough()
    await importing.until(id, ({ outcomes }) => outcomes.CREATED === 10)
    const closed = worker.close()
    gate.open()
    await closed
    const left = await importing.job(id)
    expect(left.open).toEqual([])
    expect(left.taken.place.rows).toBeLessThan(60)
    const next = importing.worker({ isAlone: false })
    expect((await importing.ended(id)).outcomes).toMatchObject({ CREATED: 60 })
    await next.close()
  })
})

describe('Jobs side by side', () => {
  it('take turns, however large they are', async () => {
    const batches: string[] = []
    const { sync } = importing.company.app
    const writeRows = (write: RowsWrite) => {
      batches.push(String(write.rows[0]?.input['number']).slice(0, 1))
      return sync.writeRows(write)
    }
    const jobs = [await jobOf('L', 400, 10), await jobOf('S', 40, 10)]
    const worker = importing.worker({ sync: { ...sync, writeRows }, settings: { batchesMax: 1 } })
    await Promise.all(jobs.map((id) => importing.ended(id)))
    const inTurn = batches.slice(batches.indexOf('S'), batches.lastIndexOf('S') + 1).join('')
    expect(inTurn).toMatch(/^S(L{0,2}S){3}$/)
    expect(inTurn).toContain('L')
    await worker.close()
  })
})

describe('Rows that build on one another', () => {
  it('are written in the order of their file, in however many batches at once', async () => {
    const rows = numbered('R', 40).map((number, at, numbers) => ({
      ...{ company: 'tst', number, name: number, group: 'TRADE', currency: 'USD' },
      ...(at === 0 ? {} : { billingAccount: numbers[at - 1] ?? '' }),
    }))
    const worker = importing.worker()
    const id = await importing.create({ batchRows: 7 }, rows)
    expect(await importing.ended(id)).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { CREATED: 40 } })
    await worker.close()
  })
})

describe('A row that cannot even be planned', () => {
  it('fails by itself, and none of its neighbours', async () => {
    const { sync } = importing.company.app
    const writeRows = async (write: RowsWrite) => {
      if (write.rows.some(({ input }) => input['number'] === 'P-000004')) throw new TypeError('poison')
      return sync.writeRows(write)
    }
    const worker = importing.worker({ sync: { ...sync, writeRows } })
    const id = await jobOf('P', 6, 6)
    const job = await importing.ended(id)
    expect(job.outcomes).toMatchObject({ CREATED: 5, FAILED: 1 })
    expect(await importing.outcomes(id)).toMatchObject([
      {},
      {},
      {},
      { outcome: 'FAILED', reasons: [{ code: 'INTERNAL' }] },
      {},
      {},
    ])
    await worker.close()
  })
})
