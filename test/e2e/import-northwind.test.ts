import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { every } from './every.ts'
import { type Lockstep, startLockstep, write } from './lockstep.ts'
import { COMPANY, IS_PRESENT, PLACE, readNorthwind } from './northwind.ts'
import { fileOf, IS_PUBLISHED, northwindPackage } from './northwind-package.ts'

if (!IS_PRESENT) process.stderr.write(`skipped: the Northwind data set is not at ${PLACE}\n`)

interface Job {
  readonly id: string
  readonly state: string
  readonly entity: string
  readonly fault: unknown
  readonly progress: { readonly total: number; readonly committed: number; readonly failed: number }
  readonly outcomes: Readonly<Record<string, number>>
  readonly failuresUrl: string
  readonly failureGroups: readonly { readonly code: string; readonly field: string | null; readonly rows: number }[]
}

const JOB = `id state entity fault { code message } progress { total committed failed }
  outcomes { created updated unchanged deleted skipped failed notAttempted }
  failuresUrl failureGroups { code field rows }`

async function startCompany(): Promise<Lockstep> {
  const lockstep = await startLockstep({ sampleData: false })
  const { graph, crm, erp } = lockstep
  await crm.request(
    `mutation { createCdm_companies(input: { cdm_companycode: "${COMPANY}", cdm_name: "Northwind" }) { errors { code } } }`,
  )
  await erp.request(
    `mutation { createLegalEntities(input: { LegalEntityId: "${COMPANY}", Name: "Northwind" }) { errors { code } } }`,
  )
  const made = [
    await write(graph, 'createCurrency', { input: { code: 'USD', name: 'US dollar', symbol: '$' } }),
    await write(graph, 'createCustomerGroup', { input: { company: COMPANY, code: 'TRADE' } }),
    await write(graph, 'createUnit', { input: { symbol: 'PCS', description: 'Pieces' } }),
  ]
  expect(made.flatMap(({ errors }) => errors)).toEqual([])
  return lockstep
}

/** Sends the files and begins the package; the jobs when all of them are over, in the order of their work. */
async function importAll({ url, graph, app }: Lockstep, isPublished: boolean): Promise<readonly Job[]> {
  const inputs: object[] = []
  for (const { name, input } of northwindPackage()) {
    const { createUpload } = await graph.request<{ createUpload: { upload: { id: string; url: string } } }>(
      `mutation { createUpload(input: { filename: "${name}.csv" }) { upload { id url } } }`,
    )
    const { id: uploadId, url: place } = createUpload.upload
    const sent = await fetch(new URL(place, url), { method: 'PUT', body: new Uint8Array(fileOf(name, isPublished)) })
    expect(sent.ok).toBe(true)
    inputs.push({ ...input, source: { uploadId } })
  }
  const { bulkImportPackage } = await graph.request<{
    bulkImportPackage: { jobs: readonly Job[]; errors: readonly unknown[] }
  }>(
    `mutation ($inputs: [BulkImportInput!]!) { bulkImportPackage(inputs: $inputs) { jobs { ${JOB} } errors { code message path } } }`,
    { inputs },
  )
  expect(bulkImportPackage.errors).toEqual([])
  return Promise.all(bulkImportPackage.jobs.map(({ id }) => ended(graph, app, id)))
}

async function ended(graph: Lockstep['graph'], { jobs }: Lockstep['app'], id: string): Promise<Job> {
  for (;;) {
    const change = await jobs.newest()
    const { job } = await graph.request<{ job: Job }>(`query ($id: ID!) { job: importJob(id: $id) { ${JOB} } }`, { id })
    if (/^(COMPLETED|FAILED|CANCELLED|EXPIRED)/.test(job.state)) return job
    await jobs.waitBeyond(change, AbortSignal.timeout(120_000))
  }
}

const inShort = (jobs: readonly Job[]) =>
  jobs.map(({ entity, state, progress: { total, committed, failed } }) => [entity, state, total, committed, failed])

describe.skipIf(!IS_PRESENT)('The Northwind data set, imported from its own files as one package', () => {
  let lockstep: Lockstep
  beforeAll(async () => {
    lockstep = await startCompany()
  })
  afterAll(() => lockstep.stop())

  it('is there whole, with its orders after what they refer to and their lines in them', async () => {
    const jobs = await importAll(lockstep, false)
    expect(jobs.map(({ fault, failureGroups }) => [fault, failureGroups])).toEqual(jobs.map(() => [null, []]))
    expect(inShort(jobs)).toEqual([
      ['Customer', 'COMPLETED', 91, 91, 0],
      ['Product', 'COMPLETED', 77, 77, 0],
      ['Contact', 'COMPLETED', 91, 91, 0],
      ['SalesOrder', 'COMPLETED', 830, 830, 0],
      ['SalesOrder', 'COMPLETED', 2_155, 2_155, 0],
    ])
  }, 240_000)

  it('comes to what the files say, order by order', async () => {
    const orders = await every(lockstep.graph, 'salesOrders', 'number totalAmount lines { totalCount }')
    const { totals, orders: given } = readNorthwind()
    const cents = (amount: unknown) => BigInt(String(amount).replace('.', ''))
    expect(new Map(orders.map((order) => [String(order['number']), cents(order['totalAmount'])]))).toEqual(totals)
    expect(orders).toHaveLength(given.length)
  }, 60_000)

  it('changes nothing when it comes again', async () => {
    const jobs = await importAll(lockstep, false)
    expect(jobs.map(({ outcomes }) => outcomes['unchanged'])).toEqual(jobs.map(({ progress }) => progress.total))
  }, 240_000)
})

describe.skipIf(!IS_PUBLISHED)('The Northwind data set as it was published, with cells that are not quoted', () => {
  let lockstep: Lockstep
  beforeAll(async () => {
    lockstep = await startCompany()
  })
  afterAll(() => lockstep.stop())

  it('is there but for the malformed lines, and the orders and lines of what they would have been', async () => {
    const jobs = await importAll(lockstep, true)
    const [customers, products, contacts, orders, lines] = jobs
    expect(inShort([customers, products, contacts].flatMap((job) => job ?? []))).toEqual([
      ['Customer', 'COMPLETED_WITH_FAILURES', 91, 67, 24],
      ['Product', 'COMPLETED', 77, 77, 0],
      ['Contact', 'COMPLETED_WITH_FAILURES', 91, 67, 24],
    ])
    const failures = async (job: Job | undefined) => {
      const response = await fetch(new URL(job?.failuresUrl ?? '', lockstep.url))
      return response.text()
    }
    expect((await failures(customers)).split('\n').filter((line) => line.includes('TOO_MANY_CELLS'))).toHaveLength(24)
    const codes = (job: Job | undefined) => new Map(job?.failureGroups.map(({ code, rows }) => [code, rows]))
    expect(codes(orders).get('TOO_MANY_CELLS')).toBe(176)
    expect([...codes(orders).keys()]).toEqual(['TOO_MANY_CELLS'])
    expect([...codes(lines).keys()]).toEqual(['NOT_FOUND'])

    const held = await every(lockstep.graph, 'salesOrders', 'number customer { ... on Customer { number } }')
    expect(held).toHaveLength(orders?.progress.committed ?? 0)
    expect((orders?.progress.committed ?? 0) + (orders?.progress.failed ?? 0)).toBe(830)
    const there = new Set(held.map((order) => String(order['number'])))
    const given = readNorthwind().orders.filter(({ number }) => there.has(number))
    expect(lines?.progress.committed).toBe(given.reduce((sum, order) => sum + order.lines.length, 0))
  }, 240_000)
})
