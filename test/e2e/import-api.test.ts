/** An import over HTTP, from the announcement of its file to the file of what failed, and back. */

import { createClient as createSseClient } from 'graphql-sse'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type Lockstep, startLockstep } from './lockstep.ts'

let lockstep: Lockstep
beforeAll(async () => {
  lockstep = await startLockstep()
}, 60_000)
afterAll(() => lockstep.stop())

const HEADER = 'company,number,name,group,currency'
const line = (number: string, group = 'RETAIL') => `usmf,${number},Customer ${number},${group},USD`

interface Job {
  readonly id: string
  readonly state: string
  readonly progress: { readonly done: number; readonly committed: number; readonly percent: number | null }
  readonly outcomes: { readonly created: number; readonly failed: number }
  readonly failuresUrl: string
  readonly resultsUrl: string
}
interface Payload {
  readonly job: Job
  readonly errors: readonly object[]
}

const JOB = 'id state progress { done committed percent } outcomes { created failed } failuresUrl resultsUrl'
const PROGRESS = `subscription ($id: ID!) { importProgress(id: $id) { ${JOB} } }`

interface Upload {
  readonly id: string
  readonly url: string
  readonly method: string
}

async function announced(): Promise<Upload> {
  const { createUpload } = await lockstep.graph.request<{
    readonly createUpload: { readonly upload: Upload }
  }>('mutation { createUpload(input: { filename: "customers.csv" }) { upload { id url method } errors { code } } }')
  return createUpload.upload
}

async function sent(file: string, upload?: Upload): Promise<string> {
  const { id, url, method } = upload ?? (await announced())
  const answer = await fetch(`${lockstep.url}${url}`, { method, body: file })
  expect(answer.status).toBe(200)
  return id
}

async function begun(input: object): Promise<Job> {
  const { bulkImport } = await lockstep.graph.request<{ readonly bulkImport: Payload }>(
    `mutation ($input: BulkImportInput!) { bulkImport(input: $input) { job { ${JOB} } errors { code message path } } }`,
    { input: { entity: 'Customer', ...input } },
  )
  expect(bulkImport.errors).toEqual([])
  return bulkImport.job
}

async function asked(mutation: string, id: string): Promise<Job> {
  const { payload } = await lockstep.graph.request<{ readonly payload: Payload }>(
    `mutation ($id: ID!) { payload: ${mutation}(id: $id) { job { ${JOB} } errors { code message path } } }`,
    { id },
  )
  expect(payload.errors).toEqual([])
  return payload.job
}

/** Everything that is shown of the job until it is over. `onShown` is called each time. */
async function followed(id: string, onShown: () => void = () => undefined): Promise<readonly Job[]> {
  const client = createClient({ url: `${lockstep.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket })
  try {
    const shown: Job[] = []
    for await (const { data, errors } of client.iterate<{ importProgress: Job }>({
      query: PROGRESS,
      variables: { id },
    })) {
      expect(errors).toBeUndefined()
      if (data == null) continue
      shown.push(data.importProgress)
      onShown()
    }
    return shown
  } finally {
    await client.dispose()
  }
}

async function last(id: string): Promise<Job> {
  const job = (await followed(id)).at(-1)
  if (job === undefined) throw new Error('nothing was shown')
  return job
}

async function fetched(path: string): Promise<string> {
  const answer = await fetch(`${lockstep.url}${path}`)
  expect(answer.status).toBe(200)
  return answer.text()
}

async function namesIn(prefix: string): Promise<readonly (readonly string[])[]> {
  const { accounts } = await lockstep.crm.request<{ accounts: { edges: { node: { accountnumber: string } }[] } }>(
    `{ accounts(filter: { accountnumber: { startsWith: "${prefix}" } }) { edges { node { accountnumber } } } }`,
  )
  const { CustomersV3 } = await lockstep.erp.request<{
    CustomersV3: { edges: { node: { CustomerAccount: string } }[] }
  }>(`{ CustomersV3(filter: { CustomerAccount: { startsWith: "${prefix}" } }) { edges { node { CustomerAccount } } } }`)
  return [
    accounts.edges.map(({ node }) => node.accountnumber),
    CustomersV3.edges.map(({ node }) => node.CustomerAccount),
  ]
}

/** The party of each customer whose party begins so, in the CRM and in the ERP. */
async function partiesIn(prefix: string): Promise<readonly (readonly string[])[]> {
  const filter = `{ startsWith: "${prefix}" }`
  const { accounts } = await lockstep.crm.request<{ accounts: { edges: { node: { party: string } }[] } }>(
    `{ accounts(first: 200, filter: { msdyn_partynumber: ${filter} }) { edges { node { party: msdyn_partynumber } } } }`,
  )
  const { CustomersV3 } = await lockstep.erp.request<{ CustomersV3: { edges: { node: { party: string } }[] } }>(
    `{ CustomersV3(first: 200, filter: { PartyNumber: ${filter} }) { edges { node { party: PartyNumber } } } }`,
  )
  return [accounts, CustomersV3].map(({ edges }) => edges.map(({ node }) => node.party))
}

describe('an import over HTTP', () => {
  it('goes from the file to both systems, and what failed comes back as a file that can be corrected and sent again', async () => {
    const uploadId = await sent([HEADER, line('IMP-1'), line('IMP-2', 'NONE'), line('IMP-3'), ''].join('\n'))
    const job = await begun({ source: { uploadId } })
    const over = await last(job.id)
    expect(over).toMatchObject({
      state: 'COMPLETED_WITH_FAILURES',
      progress: { done: 3, percent: 100 },
      outcomes: { created: 2, failed: 1 },
    })
    expect(await namesIn('IMP-')).toEqual([
      ['IMP-1', 'IMP-3'],
      ['IMP-1', 'IMP-3'],
    ])
    const failures = await fetched(over.failuresUrl)
    expect(failures.split('\r\n')).toHaveLength(3)
    expect(failures).toContain(line('IMP-2', 'NONE'))
    expect((await fetched(over.resultsUrl)).split('\r\n').map((row) => row.split(',')[1])).toEqual([
      ...['outcome', 'CREATED', 'FAILED', 'CREATED', undefined],
    ])

    const again = await begun({
      source: { uploadId: await sent(failures.replace(line('IMP-2', 'NONE'), line('IMP-2'))) },
    })
    expect(await last(again.id)).toMatchObject({ state: 'COMPLETED', outcomes: { created: 1, failed: 0 } })
    expect(await namesIn('IMP-')).toEqual([
      ['IMP-1', 'IMP-2', 'IMP-3'],
      ['IMP-1', 'IMP-2', 'IMP-3'],
    ])
  })

  it('tries again just the rows that failed', async () => {
    const first = await begun({
      source: { uploadId: await sent([HEADER, line('RET-1'), line('RET-2', 'LATE'), ''].join('\n')) },
    })
    expect(await last(first.id)).toMatchObject({ outcomes: { created: 1, failed: 1 } })
    await lockstep.graph.request(
      'mutation ($input: CreateCustomerGroupInput!) { createCustomerGroup(input: $input) { id errors { message } } }',
      { input: { company: 'usmf', code: 'LATE', description: 'Late' } },
    )
    const retry = await asked('retryImport', first.id)
    expect(await last(retry.id)).toMatchObject({ state: 'COMPLETED', outcomes: { created: 1, failed: 0 } })
  })

  it('tries again all rows that are written all or none', async () => {
    const file = [HEADER, line('ALL-1'), line('ALL-2', 'LATER'), line('ALL-3'), ''].join('\n')
    const first = await begun({ source: { uploadId: await sent(file) }, atomicity: 'BATCH' })
    expect(await last(first.id)).toMatchObject({ outcomes: { created: 0, failed: 1 } })
    expect(await namesIn('ALL-')).toEqual([[], []])
    await lockstep.graph.request(
      'mutation ($input: CreateCustomerGroupInput!) { createCustomerGroup(input: $input) { id errors { message } } }',
      { input: { company: 'usmf', code: 'LATER', description: 'Later' } },
    )
    const retry = await asked('retryImport', first.id)
    expect(await last(retry.id)).toMatchObject({ state: 'COMPLETED', outcomes: { created: 3, failed: 0 } })
    const numbers = ['ALL-1', 'ALL-2', 'ALL-3']
    expect(await namesIn('ALL-')).toEqual([numbers, numbers])
  })

  it('is one import where its request is repeated before its file is sent', async () => {
    const [first, second] = [await announced(), await announced()]
    const input = { idempotencyKey: 'repeated', mode: 'DRY_RUN' }
    const one = await begun({ source: { uploadId: first.id }, ...input })
    const other = await begun({ source: { uploadId: second.id }, ...input })
    expect(other).toEqual(one)
    await sent([HEADER, line('REP-1'), ''].join('\n'), second)
    expect(await last(one.id)).toMatchObject({ state: 'COMPLETED', outcomes: { created: 1 } })
  })

  it('shows each state that it comes to, however short', async () => {
    const upload = await announced()
    const job = await begun({ source: { uploadId: upload.id } })
    const watched = Promise.withResolvers<void>()
    const shown = followed(job.id, watched.resolve)
    await watched.promise
    await sent([HEADER, line('STA-1'), ''].join('\n'), upload)
    expect([...new Set((await shown).map(({ state }) => state))]).toEqual([
      ...['AWAITING_UPLOAD', 'QUEUED', 'VALIDATING', 'RUNNING', 'COMPLETED'],
    ])
  })

  it('finds each record by a unique key, in a dry run and then in both systems, and never makes a second one', async () => {
    const parties = (phone: string) =>
      Array.from({ length: 120 }, (_, at) => `usmf,API-PARTY-${at},Party ${at},RETAIL,USD,${phone}`)
    const header = 'company,partyNumber,name,group,currency,phone'
    const upsert = async (phone: string, more: object = {}) => {
      const uploadId = await sent([header, ...parties(phone), ''].join('\n'))
      return begun({ source: { uploadId }, matchBy: ['partyNumber'], ...more })
    }
    expect(await last((await upsert('0', { mode: 'DRY_RUN' })).id)).toMatchObject({ outcomes: { created: 120 } })
    expect(await partiesIn('API-PARTY-')).toEqual([[], []])
    const atOnce = [await upsert('1'), await upsert('2')]
    const over = await Promise.all(atOnce.map(({ id }) => last(id)))
    expect(over.map(({ state }) => state)).toEqual(['COMPLETED', 'COMPLETED'])
    expect(over.reduce((sum, { outcomes }) => sum + outcomes.created, 0)).toBe(120)
    const [crm = [], erp = []] = await partiesIn('API-PARTY-')
    expect(new Set(crm).size).toBe(120)
    expect(crm).toHaveLength(120)
    expect(erp.toSorted()).toEqual(crm.toSorted())
  }, 60_000)

  it('says at `matchBy` which keys are unique', async () => {
    const { bulkImport } = await lockstep.graph.request<{ readonly bulkImport: Payload }>(
      `mutation ($input: BulkImportInput!) { bulkImport(input: $input) { job { ${JOB} } errors { code message path } } }`,
      { input: { entity: 'Customer', source: { rows: [{ email: 'a@example.com' }] }, matchBy: ['email'] } },
    )
    expect(bulkImport).toEqual({
      job: null,
      errors: [
        {
          code: 'VALIDATION',
          message:
            'email is not a unique key of Customer: rows can be matched by company and number, or by company and partyNumber.',
          path: ['input', 'matchBy'],
        },
      ],
    })
  })

  it('says in a dry run what would become of rows given inline, and writes nothing', async () => {
    const rows = [{ company: 'usmf', number: 'INL-1', name: 'Inline', group: { code: 'RETAIL' }, currency: 'USD' }]
    const job = await begun({ source: { rows }, mode: 'DRY_RUN' })
    expect(await last(job.id)).toMatchObject({
      ...{ state: 'COMPLETED', outcomes: { created: 1 }, progress: { done: 1, committed: 0 } },
    })
    expect(await namesIn('INL-')).toEqual([[], []])
  })

  it('shows the same over server-sent events as in a query, and completes', async () => {
    const job = await begun({ source: { uploadId: await sent([HEADER, line('SSE-1'), ''].join('\n')) } })
    const client = createSseClient({ url: `${lockstep.url}/graphql/stream` })
    const shown: unknown[] = []
    for await (const { data } of client.iterate({ query: PROGRESS, variables: { id: job.id } })) {
      shown.push(data?.['importProgress'])
    }
    const { importJob } = await lockstep.graph.request<{ importJob: Job }>(
      `query ($id: ID!) { importJob(id: $id) { ${JOB} } }`,
      { id: job.id },
    )
    expect(shown.at(-1)).toEqual(importJob)
    expect(importJob.state).toBe('COMPLETED')
    client.dispose()
  })

  it('is cancelled where its file never comes', async () => {
    const { createUpload } = await lockstep.graph.request<{ createUpload: { upload: { id: string } } }>(
      'mutation { createUpload(input: {}) { upload { id } } }',
    )
    const job = await begun({ source: { uploadId: createUpload.upload.id } })
    expect(job.state).toBe('AWAITING_UPLOAD')
    expect((await asked('cancelImport', job.id)).state).toBe('CANCELLED')
    expect((await followed(job.id)).map(({ state }) => state)).toEqual(['CANCELLED'])
  })

  it('tells whoever follows an import that there is none', async () => {
    const client = createSseClient({ url: `${lockstep.url}/graphql/stream` })
    const results = client.iterate({ query: PROGRESS, variables: { id: 'none' } })
    const { value } = await results.next()
    expect(value?.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argumentName: 'id' })
    client.dispose()
  })
})
