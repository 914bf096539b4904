/** Imports that ended long ago, over HTTP: they are gone, and their files with them. */

import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Lockstep, startLockstep } from './lockstep.ts'

interface Job {
  readonly id: string
  readonly state: string
  readonly failuresUrl: string
  readonly resultsUrl: string
}

const JOB = 'id state failuresUrl resultsUrl'
const FILE = 'company,number,name,group,currency\nusmf,KEEP-1,Kept,RETAIL,USD\n'

describe('An import that ended long ago', () => {
  let dataDirectory: string
  let lockstep: Lockstep
  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'lockstep-retention-'))
    lockstep = await startLockstep({ dataDirectory })
  }, 60_000)
  afterEach(async () => {
    await lockstep.stop()
    await rm(dataDirectory, { recursive: true })
  })

  const find = async (id: string): Promise<Job | null> =>
    (await lockstep.graph.request<{ importJob: Job | null }>(`{ importJob(id: "${id}") { ${JOB} } }`)).importJob

  /** The import of a file, when it is over. */
  async function imported(idempotencyKey: string): Promise<Job> {
    const { createUpload } = await lockstep.graph.request<{ createUpload: { upload: { id: string; url: string } } }>(
      'mutation { createUpload(input: {}) { upload { id url } } }',
    )
    const { id: uploadId, url } = createUpload.upload
    expect((await fetch(`${lockstep.url}${url}`, { method: 'PUT', body: FILE })).status).toBe(200)
    const input = { entity: 'Customer', source: { uploadId }, idempotencyKey }
    const { bulkImport } = await lockstep.graph.request<{ bulkImport: { job: Job } }>(
      `mutation ($input: BulkImportInput!) { bulkImport(input: $input) { job { ${JOB} } } }`,
      { input },
    )
    await expect.poll(async () => (await find(bulkImport.job.id))?.state, { timeout: 30_000 }).toBe('COMPLETED')
    return bulkImport.job
  }

  it('is forgotten, with its rows, its file and its key; what it wrote stays', async () => {
    const { id, failuresUrl, resultsUrl } = await imported('march')
    await lockstep.stop()
    lockstep = await startLockstep({ dataDirectory, importsKeepMs: 1 })
    await expect.poll(() => find(id), { timeout: 30_000 }).toBeNull()
    for (const url of [failuresUrl, resultsUrl]) expect((await fetch(`${lockstep.url}${url}`)).status).toBe(404)
    await expect.poll(() => readdir(join(dataDirectory, 'uploads'))).toEqual([])
    const { customers } = await lockstep.graph.request<{ customers: { edges: { node: { number: string } }[] } }>(
      '{ customers(filter: { number: { eq: "KEEP-1" } }) { edges { node { number } } } }',
    )
    expect(customers.edges).toHaveLength(1)
  }, 90_000)

  it('is known for as long as it is kept', async () => {
    const job = await imported('april')
    await lockstep.stop()
    lockstep = await startLockstep({ dataDirectory })
    expect((await imported('april')).id).toBe(job.id)
  }, 90_000)
})
