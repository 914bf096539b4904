/** Imports as applications see them: the resolvers, over real stores of jobs and uploads. */

import { describe, expect, it } from 'vitest'
import { CSV, freshImports, granted } from '../../gateway/imports/api/opened-imports.fixture.ts'
import { created, refused } from '../../gateway/imports/job/job.fixture.ts'
import { runUnified } from './sample-unified.ts'

const world = freshImports()
const run = (query: string, variables: Record<string, unknown> = {}) =>
  runUnified({ imports: world.imports }, query, variables)

const ROWS = [1, 2, 3].map((number) => ({ company: 'usmf', number: `C-${number}`, name: 'Ada' }))
const begin = async () => granted(await world.imports.start({ entity: 'Customer', source: { rows: ROWS } }, 'ada')).id

async function fromFile(file: string) {
  const uploadId = await world.upload('customers.csv', file)
  return granted(await world.imports.start({ entity: 'Customer', source: { uploadId } }, 'ada')).id
}

describe('imports in the graph', () => {
  it('begin with an upload, whose answer says where to send the file', async () => {
    const { data } = await run(
      'mutation { createUpload(input: { filename: "a.csv", contentType: "text/csv" }) { upload { id url method headers { name value } expiresAt } errors { code } } }',
    )
    const { upload, errors } = data.createUpload
    expect(errors).toEqual([])
    expect(upload).toMatchObject({
      ...{ url: `/uploads/${upload.id}`, method: 'PUT', headers: [{ name: 'content-type', value: 'text/csv' }] },
      expiresAt: '2023-11-14T22:14:20.000Z',
    })
  })

  it('answer as soon as they are recorded, with what they are', async () => {
    const { data } = await run(
      `mutation ($rows: [JSON!]) { bulkImport(input: { entity: "Customer", source: { rows: $rows }, matchBy: ["partyNumber"] }) { errors { code } job {
        id state entity native { table } operation matchBy atomicity mode actor createdAt startedAt endedAt fault { code } batches
        progress { total read committed failed done percent checkedPercent rowsPerSecond eta }
        outcomes { created notAttempted } failureGroups { code } planHash failuresUrl resultsUrl retryOf } } }`,
      { rows: ROWS },
    )
    const { id, ...job } = data.bulkImport.job
    expect(data.bulkImport.errors).toEqual([])
    expect(job).toEqual({
      ...{ state: 'QUEUED', entity: 'Customer', native: null, operation: 'UPSERT', atomicity: 'ROW', mode: 'COMMIT' },
      matchBy: ['company', 'partyNumber'],
      ...{
        actor: 'ada',
        createdAt: '2023-11-14T22:13:20.000Z',
        startedAt: null,
        endedAt: null,
        fault: null,
        batches: 0,
      },
      progress: {
        ...{ total: null, read: 0, committed: 0, failed: 0, done: 0 },
        ...{ percent: null, checkedPercent: null, rowsPerSecond: 0, eta: null },
      },
      ...{ outcomes: { created: 0, notAttempted: 0 }, failureGroups: [], planHash: null, retryOf: null },
      ...{ failuresUrl: `/imports/${id}/failures.jsonl`, resultsUrl: `/imports/${id}/results.csv` },
    })
  })

  it('are refused at the argument at fault', async () => {
    const { data } = await run(
      'mutation { bulkImport(input: { entity: "Custmer", source: {} }) { job { id } errors { code message path } } }',
    )
    expect(data.bulkImport).toEqual({
      job: null,
      errors: [
        { code: 'UNKNOWN_ENTITY', message: expect.stringContaining('Customer'), path: ['input', 'entity'] },
        { code: 'REQUIRED', message: 'Give an upload or rows.', path: ['input', 'source'] },
      ],
    })
  })

  it('are told to pause, to go on and to end', async () => {
    const id = await begin()
    const { data } = await run(
      `mutation ($id: ID!) { pauseImport(id: $id) { job { state } } resumeImport(id: $id) { job { state } }
        cancelImport(id: $id) { job { state endedAt } } again: resumeImport(id: $id) { job { state } errors { code path } } }`,
      { id },
    )
    expect(data).toEqual({
      pauseImport: { job: { state: 'PAUSED' } },
      resumeImport: { job: { state: 'QUEUED' } },
      cancelImport: { job: { state: 'CANCELLED', endedAt: '2023-11-14T22:13:20.000Z' } },
      again: { job: null, errors: [{ code: 'ENDED', path: ['id'] }] },
    })
    const { data: kept } = await run(
      'query ($id: ID!) { importJob(id: $id) { audit(first: 2) { edges { cursor node { by actor action before after } } pageInfo { hasNextPage endCursor } } } }',
      { id },
    )
    const { edges, pageInfo } = kept.importJob.audit
    expect(edges.map(({ node }: { node: object }) => node)).toEqual([
      { by: 'CALLER', actor: 'ada', action: 'CREATE', before: null, after: 'QUEUED' },
      { by: 'CALLER', actor: 'ada', action: 'PAUSE', before: 'QUEUED', after: 'PAUSED' },
    ])
    expect(pageInfo).toEqual({ hasNextPage: true, endCursor: edges[1].cursor })
  })

  it('show what became of each row, and why it failed', async () => {
    const id = await fromFile('company;number;name\n')
    await world.work(id, CSV, [created(1), refused(2), created(3)])
    const { data } = await run(
      `query ($id: ID!) { importJob(id: $id) { state
        progress { total read committed failed done percent } outcomes { created failed }
        failureGroups { code field rows samples { row message } }
        failures { edges { node { row reasons { code field system message } uploaded } } }
        rows(outcome: CREATED) { edges { node { row outcome id transactionId changedFields } } } } }`,
      { id },
    )
    const reason = { code: 'VALIDATION', field: 'name', message: 'VALIDATION of row 2' }
    expect(data.importJob).toEqual({
      state: 'COMPLETED_WITH_FAILURES',
      progress: { total: 3, read: 3, committed: 2, failed: 1, done: 3, percent: 100 },
      outcomes: { created: 2, failed: 1 },
      failureGroups: [{ code: 'VALIDATION', field: 'name', rows: 1, samples: [{ row: 2, message: reason.message }] }],
      failures: { edges: [{ node: { row: 2, reasons: [{ ...reason, system: null }], uploaded: ['2'] } }] },
      rows: {
        edges: [1, 3].map((row) => ({
          node: {
            ...{ row, outcome: 'CREATED', id: `id ${row}`, transactionId: `transaction of ${row}`, changedFields: [] },
          },
        })),
      },
    })
  })

  it('are listed page by page, the newest first, all of them or those in some states', async () => {
    const ids = [await begin(), await begin(), await begin()]
    await world.imports.order(ids[1] as never, 'CANCEL', null)
    const list = async (given: object) => {
      const { data } = await run(
        `query ($filter: ImportJobFilter, $first: Int, $after: String) { importJobs(filter: $filter, first: $first, after: $after) {
          edges { node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
        { first: 2, ...given },
      )
      const { edges, pageInfo } = data.importJobs
      return { ids: edges.map(({ node }: { node: { id: string } }) => node.id), pageInfo }
    }
    const page = await list({})
    expect(page).toMatchObject({ ids: [ids[2], ids[1]], pageInfo: { hasNextPage: true, hasPreviousPage: false } })
    const rest = await list({ after: page.pageInfo.endCursor })
    expect(rest).toMatchObject({ ids: [ids[0]], pageInfo: { hasNextPage: false, hasPreviousPage: true } })
    expect((await list({ filter: { states: ['CANCELLED'] } })).ids).toEqual([ids[1]])
    expect((await list({ filter: { states: [] } })).ids).toEqual([])
  })

  it.each([
    ['first', '(first: 0)'],
    ['first', '(first: 101)'],
    ['after', '(after: "MTIz")'],
  ])('are listed with no such %s: %s', async (argumentName, given) => {
    const { errors } = await run(`{ importJobs${given} { edges { cursor } } }`)
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argumentName })
  })

  it('are none where there is none', async () => {
    expect((await run('{ importJob(id: "none") { id } }')).data).toEqual({ importJob: null })
  })
})
