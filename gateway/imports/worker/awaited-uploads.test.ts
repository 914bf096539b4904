import { afterEach, describe, expect, it } from 'vitest'
import { StoreFailed } from '../../../schema/process/store-faults.ts'
import { freshImports, granted, NOW } from '../api/opened-imports.fixture.ts'
import type { JobId } from '../job/job.ts'
import { type AwaitedUploads, type AwaitingOptions, awaitUploads, KEEP_MS } from './awaited-uploads.ts'

const world = freshImports()
const SILENT = { debug() {}, info() {}, warn() {}, error() {} }
const FILE = 'company,number,name\nusmf,1,Ada\n'
const DAY = 86_400_000
/** As uploads here expire. */
const MINUTE = 60_000

let awaited: AwaitedUploads | null = null
afterEach(() => awaited?.close())

function begin(store: Partial<AwaitingOptions['store']> = {}): AwaitedUploads {
  const { jobs, uploads, clock } = world
  awaited = awaitUploads({ store: { ...jobs, ...store }, uploads, clock, log: SILENT })
  return awaited
}

async function waitingFor(uploadId: string): Promise<JobId> {
  return granted(await world.imports.start({ entity: 'Customer', source: { uploadId } }, 'ada')).id
}

const stateOf = async (id: JobId) => (await world.jobs.find(id))?.job.phase.state

/** The state of the job, each time after so much time. */
const stateAfter = (id: JobId, ms: number) =>
  expect.poll(() => {
    world.clock.advance(ms)
    return stateOf(id)
  })

async function expiryOf(uploadId: string): Promise<number | null> {
  const found = await world.uploads.find(uploadId)
  return found.ok ? found.value.expiresAt : null
}

describe('A job that waits for its file', () => {
  it('begins when that has come and is heard of, and keeps it', async () => {
    const uploadId = await world.upload('a.csv', null)
    const id = await waitingFor(uploadId)
    const { heard } = begin()
    await world.send(uploadId, FILE)
    heard()
    // Not so long that the file would be seen unheard.
    await stateAfter(id, 100).toBe('QUEUED')
    expect((await world.jobs.find(id))?.job.sizeBytes).toBe(FILE.length)
    expect(await expiryOf(uploadId)).toBeGreaterThanOrEqual(NOW + KEEP_MS)
  })

  it('begins also where nobody hears that it has come, as from another process', async () => {
    const uploadId = await world.upload('a.csv', null)
    const id = await waitingFor(uploadId)
    begin()
    await world.send(uploadId, FILE)
    await stateAfter(id, 5_000).toBe('QUEUED')
  })

  it('waits while others come', async () => {
    const [own, other] = [await world.upload('a.csv', null), await world.upload('b.csv', null)]
    const [id, neighbour] = [await waitingFor(own), await waitingFor(other)]
    const { heard } = begin()
    await world.send(other, FILE)
    heard()
    await stateAfter(neighbour, 100).toBe('QUEUED')
    expect(await stateOf(id)).toBe('AWAITING_UPLOAD')
  })

  it('expires when it can come no more', async () => {
    const id = await waitingFor(await world.upload('a.csv', null))
    begin()
    await stateAfter(id, MINUTE).toBe('EXPIRED')
  })

  it('begins also where the file came in time and expired before anybody looked', async () => {
    const uploadId = await world.upload('a.csv', null)
    const id = await waitingFor(uploadId)
    await world.send(uploadId, FILE)
    world.clock.advance(MINUTE)
    begin()
    await stateAfter(id, 100).toBe('QUEUED')
    expect(await world.uploads.file(uploadId)).toMatchObject({ ok: true })
  })

  it('begins also where the store was silent meanwhile', async () => {
    const uploadId = await world.upload('a.csv', null)
    const id = await waitingFor(uploadId)
    await world.send(uploadId, FILE)
    let silent = 3
    begin({
      list: async (request) => {
        silent -= 1
        if (silent >= 0) throw new StoreFailed('The job store gave no answer')
        return world.jobs.list(request)
      },
    })
    await stateAfter(id, 100).toBe('QUEUED')
  })
})

describe('The file of a job', () => {
  it('is kept for as long as the job may read it', async () => {
    const uploadId = await world.upload('a.csv', FILE)
    const id = await waitingFor(uploadId)
    granted(await world.imports.order(id, 'PAUSE', 'ada'))
    await world.uploads.keepUntil(uploadId, NOW + 7 * DAY)
    begin()
    for (const days of [2, 4, 6, 8, 10]) {
      world.clock.advance(NOW + days * DAY - world.clock.now())
      await expect
        .poll(async () => {
          world.clock.advance(1_000)
          return expiryOf(uploadId)
        })
        .toBeGreaterThan(NOW + (days + 6) * DAY)
    }
  })

  it('is not kept for a job that is over', async () => {
    const [over, busy] = [await world.upload('a.csv', FILE), await world.upload('b.csv', FILE)]
    granted(await world.imports.order(await waitingFor(over), 'CANCEL', 'ada'))
    await waitingFor(busy)
    begin()
    await expect.poll(() => expiryOf(busy)).toBeGreaterThan(NOW + 6 * DAY)
    expect(await expiryOf(over)).toBe(NOW + MINUTE)
  })
})

describe('Waiting for files', () => {
  it('leaves nothing behind when it ends', async () => {
    await waitingFor(await world.upload('a.csv', null))
    const { close } = begin()
    await expect.poll(() => world.clock.armed()).toBeGreaterThan(1)
    await close()
    await close()
    expect(world.clock.armed()).toBe(0)
  })
})
