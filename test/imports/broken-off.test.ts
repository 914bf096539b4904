import { createReadStream } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { JobId } from '../../gateway/imports/job/job.ts'
import type { StoredFile } from '../../gateway/imports/source/source.ts'
import type { JobStore } from '../../gateway/imports/store/job-store.ts'
import type { UploadStore } from '../../gateway/imports/upload/upload.ts'
import type { WorkerOptions } from '../../gateway/imports/worker/worker.ts'
import { StoreFailed } from '../../schema/process/store-faults.ts'
import { CLOCK, customerLine, customersCsv, type Importing, numbered, openImporting } from './importing.ts'

const NUMBERS = numbered('C', 8)
/** Files that are read in two batches at least. */
const FILE = customersCsv(NUMBERS.map((number) => customerLine(number)))
const OPTIONS = { batchRows: 4 } as const

async function imported(importing: Importing, content: string, more: object = {}): Promise<JobId> {
  const uploadId = await importing.upload(content)
  const id = await importing.create({ source: { kind: 'UPLOAD', uploadId }, ...more })
  return id
}

/** The uploads, with a file that is another one when it is read. */
function replaced({ uploads }: Importing, file: StoredFile): UploadStore {
  return { ...uploads, file: async () => ({ ok: true, value: file }) }
}

function fileOf(content: string): StoredFile {
  const bytes = Buffer.from(content)
  return {
    size: bytes.length,
    async *open(fromByte) {
      yield bytes.subarray(fromByte)
    },
  }
}

/** A job with a first batch, left by its worker. */
async function begun(importing: Importing): Promise<JobId> {
  const id = await imported(importing, FILE, OPTIONS)
  const { store } = importing
  const record: JobStore['record'] = async (of, lease, event) => {
    const answer = await store.record(of, lease, event)
    if (event.event === 'BATCH_ENDED') await store.tell(of, { event: 'PAUSE', at: Date.now() }, null)
    return answer
  }
  const worker = importing.worker({ store: { ...store, record }, settings: { batchesOfJobMax: 1 } })
  await importing.until(id, ({ phase }) => phase.state === 'PAUSED')
  await worker.close()
  expect(await importing.job(id)).toMatchObject({ open: [], outcomes: { CREATED: 4 } })
  await importing.store.tell(id, { event: 'RESUME', at: Date.now() }, null)
  return id
}

/** A job whose only batch was sent, left by its worker before it was told what became of it. */
async function sentAndLeft(importing: Importing): Promise<JobId> {
  const { store } = importing
  const id = await imported(importing, FILE)
  const sent = Promise.withResolvers<void>()
  const record: JobStore['record'] = async (of, lease, event) => {
    if (event.event !== 'BATCH_ENDED') return store.record(of, lease, event)
    sent.resolve()
    throw new StoreFailed('The job store gave no answer')
  }
  const worker = importing.worker({ store: { ...store, record } })
  await sent.promise
  await worker.close()
  return id
}

/** Workers in which nobody foresaw that uploads fail like this, and that wait for nothing long. */
function slipping({ uploads }: Importing): Partial<WorkerOptions> {
  return {
    uploads: { ...uploads, file: () => Promise.reject(new TypeError('a slip')) },
    clock: { ...CLOCK, after: (ms, ring) => CLOCK.after(Math.min(ms, 5), ring) },
  }
}

describe('An import that breaks off', () => {
  it('in a package has no file behind it begun, and those are told why', async () => {
    await using importing = await openImporting()
    const first = await imported(importing, 'company,number,name,group,currency\n')
    const second = await imported(importing, FILE, { after: first })
    const third = await imported(importing, FILE, { after: second })
    importing.worker()
    expect(await importing.ended(third)).toMatchObject({
      ...{ phase: { state: 'FAILED' }, startedAt: null },
      fault: { code: 'PREDECESSOR_FAILED', message: expect.stringContaining(second) },
    })
    expect(await importing.job(second)).toMatchObject({
      phase: { state: 'FAILED' },
      fault: { code: 'PREDECESSOR_FAILED' },
    })
    expect((await importing.job(second)).fault?.message).toContain(
      `${first}, which comes before it in its package, is FAILED`,
    )
  })

  it('but for rows that failed does not keep the next file of its package', async () => {
    await using importing = await openImporting()
    const first = await imported(importing, customersCsv([customerLine('A'), 'tst,B,B,NONE,USD']))
    const second = await imported(importing, FILE, { after: first })
    importing.worker()
    expect(await importing.ended(second)).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { CREATED: 8 } })
    expect(await importing.job(first)).toMatchObject({ phase: { state: 'COMPLETED_WITH_FAILURES' } })
  })

  it('again and again, for a reason that nobody foresaw, is given up and says so', async () => {
    await using importing = await openImporting()
    const id = await imported(importing, FILE)
    importing.worker(slipping(importing))
    const { phase, fault } = await importing.ended(id)
    expect([phase.state, fault?.code]).toEqual(['FAILED', 'INTERNAL'])
    expect(fault?.message).not.toContain('slip')
  })

  it('and is given up keeps rows that may have been written until it is known what became of them', async () => {
    await using importing = await openImporting()
    const id = await sentAndLeft(importing)
    const slips = importing.worker(slipping(importing))
    const given = await importing.until(id, ({ fault }) => fault !== null)
    expect(given).toMatchObject({ fault: { code: 'INTERNAL' }, open: [{ number: 1 }], outcomes: { FAILED: 0 } })
    await slips.close()
    importing.worker()
    expect(await importing.ended(id)).toMatchObject({
      ...{ phase: { state: 'FAILED' }, fault: { code: 'INTERNAL' }, outcomes: { CREATED: 8, FAILED: 0 } },
    })
  })

  it('because its file is lost keeps what was written, and leaves the other rows alone', async () => {
    await using importing = await openImporting()
    const id = await begun(importing)
    const { source } = (await importing.job(id)).definition
    await importing.uploads.delete(source.kind === 'UPLOAD' ? source.uploadId : '')
    importing.worker()
    expect(await importing.ended(id)).toMatchObject({
      ...{ phase: { state: 'FAILED' }, fault: { code: 'SOURCE_GONE' } },
      outcomes: { CREATED: 4, FAILED: 0, NOT_ATTEMPTED: 4 },
    })
  })

  it('because its file is lost from the disk says the same', async () => {
    await using importing = await openImporting()
    const id = await begun(importing)
    const gone: StoredFile = {
      size: FILE.length,
      open: () => createReadStream('/nowhere/at/all'),
    }
    importing.worker({ uploads: replaced(importing, gone) })
    expect(await importing.ended(id)).toMatchObject({ phase: { state: 'FAILED' }, fault: { code: 'SOURCE_GONE' } })
  })

  it('because its file has fewer rows than before says that it has changed', async () => {
    await using importing = await openImporting()
    const id = await begun(importing)
    const shorter = customersCsv(NUMBERS.slice(0, 6).map((number) => customerLine(number)))
    importing.worker({ uploads: replaced(importing, fileOf(shorter)) })
    expect(await importing.ended(id)).toMatchObject({
      ...{ phase: { state: 'FAILED' }, fault: { code: 'SOURCE_CHANGED' } },
      outcomes: { CREATED: 4, NOT_ATTEMPTED: 4 },
    })
  })

  it('because its file has other rows than those that may have been written says so of each of them', async () => {
    await using importing = await openImporting()
    const id = await sentAndLeft(importing)
    const renamed = customersCsv(NUMBERS.map((number) => customerLine(number, `Other ${number}`)))
    importing.worker({ uploads: replaced(importing, fileOf(renamed)) })
    expect(await importing.ended(id)).toMatchObject({
      ...{ phase: { state: 'FAILED' }, fault: { code: 'SOURCE_CHANGED' }, outcomes: { FAILED: 8 } },
    })
    expect(await importing.outcomes(id)).toMatchObject(
      NUMBERS.map(() => ({ reasons: [{ code: 'SOURCE_CHANGED', message: expect.stringContaining('not known') }] })),
    )
  })
})
