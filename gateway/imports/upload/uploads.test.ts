import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../../../test/coordinator/manual-clock.ts'
import { openUploads, type Uploads } from './uploads.ts'

const MINUTE = 60_000
const NOTHING_SAID = { name: null, contentType: null, size: null, sha256: null }

describe('the uploads of a process', () => {
  let dataDirectory: string
  let clock: ManualClock
  let opened: AsyncDisposableStack
  let logged: string[]
  let uploads: Uploads
  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'lockstep-data-'))
    clock = createManualClock(0)
    opened = new AsyncDisposableStack()
    logged = []
    const line = (_fields: object, message: string) => void logged.push(message)
    const config = { dataDirectory, uploadBytesMax: 100, uploadExpiresMs: MINUTE, uploadsMax: 2 }
    uploads = await openUploads({ config, clock, log: { info: line, error: line }, opened })
  })
  afterEach(async () => {
    await opened.disposeAsync()
    await rm(dataDirectory, { recursive: true })
  })

  async function upload(): Promise<string> {
    const created = await uploads.store.create(NOTHING_SAID)
    if (!created.ok) throw new Error(created.refusal.code)
    const { id } = created.value
    const body = async function* () {
      yield Buffer.from('a,b\n')
    }
    await uploads.store.receive(id, body(), null)
    return id
  }

  it('lie in the data folder, and are swept when they have expired', async () => {
    const id = await upload()
    expect(await readdir(join(dataDirectory, 'uploads', id))).toEqual(['received', 'ticket.json'])
    clock.advance(MINUTE)
    await expect.poll(() => logged).toEqual(['expired uploads were dropped'])
    expect(await readdir(join(dataDirectory, 'uploads', id))).toEqual(['ticket.json'])
  })

  it('are swept again after a sweep that failed', async () => {
    const id = await upload()
    const ticket = join(dataDirectory, 'uploads', id, 'ticket.json')
    await writeFile(ticket, '{')
    clock.advance(MINUTE)
    await expect.poll(() => logged).toEqual(['uploads could not be swept'])
    await rm(ticket)
    await expect.poll(() => clock.armed()).toBe(1)
    clock.advance(MINUTE)
    await expect.poll(() => readdir(join(dataDirectory, 'uploads'))).toEqual([])
  })

  it('are swept no more when the process ends', async () => {
    await opened.disposeAsync()
    expect(clock.armed()).toBe(0)
  })
})
