import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAdmission } from '../../../schema/process/http/admission.ts'
import { createHttp } from '../../../schema/process/http/server.ts'
import { createLog } from '../../../schema/process/log.ts'
import { created, refused } from '../job/job.fixture.ts'
import type { RowResult } from '../job/outcome.ts'
import { importFileRoutes } from './import-file-routes.ts'
import { CSV, freshImports, granted } from './opened-imports.fixture.ts'

const world = freshImports()
let server: Awaited<ReturnType<typeof createHttp>>
let url: string
beforeEach(async () => {
  const admission = createAdmission(10)
  server = await createHttp({
    ...{ config: { bodyBytesMax: 1_024 }, log: createLog('silent'), admission },
    ...{ graphs: [], internal: [], open: [importFileRoutes(world.jobs)], dependencies: [] },
  })
  url = await server.listen({ host: '127.0.0.1', port: 0 })
  admission.open()
})
afterEach(() => server.close())

const failedAs = (row: number, uploaded: Extract<RowResult, { outcome: 'FAILED' }>['uploaded']): RowResult => ({
  ...{ row, outcome: 'FAILED', retryable: false, uploaded },
  reasons: [
    { code: 'VALIDATION', field: 'name', system: null, message: 'too long' },
    { code: 'RULE', field: null, system: 'ERP', message: 'not, "today"' },
  ],
})

async function fromFile(results: readonly RowResult[]) {
  const uploadId = await world.upload('customers.csv', 'company;number;name\n')
  const { id } = granted(await world.imports.start({ entity: 'Customer', source: { uploadId } }, null))
  await world.work(id, CSV, results)
  return id
}

async function inline(rows: readonly object[], results: readonly RowResult[]) {
  const { id } = granted(await world.imports.start({ entity: 'Customer', source: { rows } }, null))
  await world.work(id, null, results)
  return id
}

/** The bytes as they are, with their mark. */
async function get(path: string) {
  const answer = await fetch(`${url}${path}`)
  return { status: answer.status, headers: answer.headers, text: Buffer.from(await answer.arrayBuffer()).toString() }
}

async function refusal(path: string) {
  const { status, text } = await get(path)
  return [status, JSON.parse(text).errors[0].extensions.code, JSON.parse(text).errors[0].message]
}

describe('the file of failed rows', () => {
  it('is CSV in the dialect and with the columns of its upload, every reason before them', async () => {
    const id = await fromFile([created(1), failedAs(2, { kind: 'CELLS', cells: ['usmf', '2', '=1+1'] })])
    const { status, headers, text } = await get(`/imports/${id}/failures.csv`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toBe(`attachment; filename="failures-${id}.csv"`)
    expect(text.split('\r\n')).toEqual([
      '\ufefflockstep:row;lockstep:code;lockstep:field;lockstep:system;lockstep:message;company;number;name',
      `2;VALIDATION; RULE;name;ERP;"too long; not, ""today""";usmf;2;'=1+1`.replace(
        'VALIDATION; RULE',
        '"VALIDATION; RULE"',
      ),
      '',
    ])
  })

  it('is JSON lines for rows given inline', async () => {
    const row = { company: 'usmf', number: '1', name: 'x' }
    const id = await inline([row], [failedAs(1, { kind: 'RECORD', record: row })])
    const { headers, text } = await get(`/imports/${id}/failures.jsonl`)
    expect(headers.get('content-type')).toBe('application/jsonl; charset=utf-8')
    expect(JSON.parse(text)).toMatchObject({ 'lockstep:row': '1', 'lockstep:code': 'VALIDATION; RULE', ...row })
  })

  it('has more rows than a page, each once', async () => {
    const rows = Array.from({ length: 1_201 }, (_, at) =>
      failedAs(at + 1, { kind: 'CELLS', cells: ['usmf', `${at}`, 'x'] }),
    )
    const id = await fromFile(rows)
    const { text } = await get(`/imports/${id}/failures.csv`)
    const lines = text.trimEnd().split('\r\n').slice(1)
    expect(lines.map((line) => Number(line.split(';')[0]))).toEqual(rows.map(({ row }) => row))
  })

  it('is in no other form than its own', async () => {
    const id = await fromFile([refused(1)])
    expect(await refusal(`/imports/${id}/failures.jsonl`)).toEqual([
      ...[404, 'NOT_FOUND', expect.stringContaining(`/imports/${id}/failures.csv`)],
    ])
  })
})

describe('the file of results', () => {
  it('says what became of each row', async () => {
    const updated = { ...created(2), outcome: 'UPDATED', changedFields: ['name', 'email'] } as RowResult
    const id = await fromFile([created(1), updated, failedAs(3, { kind: 'CELLS', cells: ['usmf', '3', 'x'] })])
    const { headers, text } = await get(`/imports/${id}/results.csv`)
    expect(headers.get('content-disposition')).toBe(`attachment; filename="results-${id}.csv"`)
    expect(text.split('\r\n')).toEqual([
      '\ufeffrow,outcome,id,transaction,changedFields,code,message',
      '1,CREATED,id 1,transaction of 1,,,',
      '2,UPDATED,id 2,transaction of 2,name; email,,',
      '3,FAILED,,,,VALIDATION; RULE,"too long; not, ""today"""',
      '',
    ])
    const lines = (await get(`/imports/${id}/results.jsonl`)).text.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { row: 1, outcome: 'CREATED', id: 'id 1', transaction: 'transaction of 1', changedFields: [], reasons: [] },
      { row: 2, outcome: 'UPDATED', changedFields: ['name', 'email'] },
      { row: 3, outcome: 'FAILED', id: null, reasons: [{ code: 'VALIDATION' }, { code: 'RULE', system: 'ERP' }] },
    ])
  })

  it('also of rows that nobody came to before the end', async () => {
    const uploadId = await world.upload('customers.csv', 'company;number;name\n')
    const { id } = granted(await world.imports.start({ entity: 'Customer', source: { uploadId } }, null))
    const lease = await world.jobs.acquire(id, { holder: 'worker', instead: null })
    if (lease.acquire !== 'GRANTED') throw new Error(lease.acquire)
    const at = world.clock.now()
    await world.jobs.record(id, lease.lease, { event: 'STARTED', at })
    await world.jobs.record(id, lease.lease, { event: 'VALIDATED', rows: 2, format: CSV, at })
    expect((await get(`/imports/${id}/results.csv`)).text.split('\r\n')).toHaveLength(2)
    await world.imports.order(id, 'CANCEL', null)
    expect((await get(`/imports/${id}/results.csv`)).text.split('\r\n').slice(1)).toEqual([
      ...['1,NOT_ATTEMPTED,,,,,', '2,NOT_ATTEMPTED,,,,,', ''],
    ])
  })
})

describe('a file that is not there', () => {
  it.each(['/imports/none/failures.csv', '/imports/none/results.jsonl'])('is told as such: %s', async (path) => {
    expect(await refusal(path)).toEqual([404, 'NOT_FOUND', 'There is no such import.'])
  })

  it('is told as such in a form that there is not', async () => {
    const id = await fromFile([created(1)])
    expect(await refusal(`/imports/${id}/results.xlsx`)).toEqual([404, 'NOT_FOUND', expect.stringContaining('.csv')])
  })
})
