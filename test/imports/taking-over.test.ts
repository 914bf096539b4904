/** Who goes on with a job has to read its file from the beginning: that holds up no other job, and no cancel. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JobId } from '../../gateway/imports/job/job.ts'
import type { JobStore } from '../../gateway/imports/store/job-store.ts'
import type { ImportWorker, WorkerOptions } from '../../gateway/imports/worker/worker.ts'
import { COMPANY, customer, row } from '../rows/company.ts'
import { CLOCK, customerLine, customersCsv, type Importing, numbered, openImporting } from './importing.ts'

const ROWS = 300
const BATCH_ROWS = 10
const CHUNK_BYTES = 500

let importing: Importing
beforeAll(async () => {
  importing = await openImporting()
}, 60_000)
afterAll(() => importing[Symbol.asyncDispose]())

const fileOf = (prefix: string) => customersCsv(numbered(prefix, ROWS).map((number) => customerLine(number)))

/** A job that was paused when some of its rows were written, and goes on now. */
async function heldJob(prefix: string): Promise<JobId> {
  const uploadId = await importing.upload(fileOf(prefix))
  const source = { kind: 'UPLOAD', uploadId } as const
  const id = await importing.create({ source, operation: 'CREATE', batchRows: BATCH_ROWS })
  const predecessor = importing.worker()
  await importing.until(id, ({ outcomes }) => outcomes.CREATED > 0)
  await importing.store.tell(id, { event: 'PAUSE', at: Date.now() }, null)
  await predecessor.close()
  await importing.store.tell(id, { event: 'RESUME', at: Date.now() }, null)
  expect((await importing.job(id)).outcomes.CREATED).toBeLessThan(ROWS)
  return id
}

interface SlowFiles {
  readonly uploads: WorkerOptions['uploads']
  /** Resolves when a file was read in part. */
  readonly begun: Promise<void>
  /** Resolves when nobody reads it any more. */
  readonly left: Promise<void>
  /** The rest of it comes. */
  readonly goOn: () => void
  /** Bytes that were read. */
  readonly readBytes: () => number
}

function slowFiles(): SlowFiles {
  const [begun, left, gate] = [promised(), promised(), promised()]
  let readBytes = 0
  const slowly = async function* (bytes: AsyncIterable<Uint8Array>) {
    try {
      for await (const chunk of bytes) {
        for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
          if (readBytes > 0) {
            begun.resolve()
            await gate.promise
          }
          const part = chunk.subarray(at, at + CHUNK_BYTES)
          readBytes += part.length
          yield part
        }
      }
    } finally {
      left.resolve()
    }
  }
  const file: SlowFiles['uploads']['file'] = async (id) => {
    const found = await importing.uploads.file(id)
    if (!found.ok) return found
    const { size, open } = found.value
    return { ok: true, value: { size, open: (from) => slowly(open(from)) } }
  }
  return {
    ...{ uploads: { ...importing.uploads, file }, begun: begun.promise, left: left.promise },
    ...{ goOn: gate.resolve, readBytes: () => readBytes },
  }
}

const promised = () => Promise.withResolvers<void>()

/** On which much time passes between any two looks. */
function hastyClock(): typeof CLOCK {
  let ahead = 0
  return {
    ...CLOCK,
    now() {
      ahead += 1_000
      return CLOCK.now() + ahead
    },
  }
}

describe('Who goes on with a job', () => {
  let files: SlowFiles
  let worker: ImportWorker
  const begin = () => {
    worker = importing.worker({ uploads: files.uploads, clock: hastyClock(), settings: { batchesMax: 1 } })
  }
  beforeEach(() => {
    files = slowFiles()
  })
  afterEach(() => worker.close())

  it('lets others send while it reads the file from its beginning', async () => {
    const id = await heldJob('T')
    begin()
    await files.begun
    const row = { company: 'tst', number: 'T-OTHER', name: 'Other', group: 'TRADE', currency: 'USD' }
    const other = await importing.create({ operation: 'CREATE' }, [row])
    expect(await importing.ended(other)).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { CREATED: 1 } })
    expect((await importing.job(id)).phase.state).toBe('RUNNING')
    files.goOn()
    const job = await importing.ended(id)
    expect(job).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { CREATED: ROWS } })
  })

  it('reads no further once the job is cancelled', async () => {
    const id = await heldJob('C')
    begin()
    await files.begun
    await importing.store.tell(id, { event: 'CANCEL', at: Date.now() }, null)
    expect((await importing.job(id)).phase.state).toBe('CANCELLED')
    files.goOn()
    await files.left
    expect(files.readBytes()).toBeLessThan(fileOf('C').length / 2)
  })

  it('writes no part of a record of which a row before was at fault', async () => {
    await importing.company.one(row('CREATE', 'Customer', customer('C-1')))
    const header = 'company,number,customer.number,currency.code,lines.product,lines.unit,lines.quantity,lines.price'
    const lines = ['many', '2', '3'].map((quantity) => `${COMPANY},S-1,C-1,USD,P-1,PCS,${quantity},10.00`)
    const uploadId = await importing.upload([header, ...lines, ''].join('\n'))
    const target = { kind: 'ENTITY', entity: 'SalesOrder' } as const
    const id = await importing.create({ target, source: { kind: 'UPLOAD', uploadId }, batchRows: 1 })
    const death = Promise.withResolvers<void>()
    let taken = 0
    // It dies when it has told of the first row.
    const record: JobStore['record'] = async (job, lease, event) => {
      if (taken > 0) {
        death.resolve()
        return new Promise<never>(() => undefined)
      }
      taken += event.event === 'BATCH_TAKEN' ? 1 : 0
      return importing.store.record(job, lease, event)
    }
    importing.mortal({ store: { ...importing.store, record } })
    await death.promise
    expect((await importing.job(id)).taken.place.rows).toBe(1)
    worker = importing.worker()
    expect((await importing.ended(id)).outcomes).toMatchObject({ FAILED: 3, CREATED: 0 })
    expect(await importing.company.holds('ERP', 'SalesOrderLines')).toEqual([])
  })
})
