import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lockstep, startLockstep } from '../e2e/lockstep.ts'

const TOKEN = 'a-token-of-the-tests'

const failure = (code: string) => ({ errors: [{ message: expect.any(String), extensions: { code } }] })

describe('the internal routes', () => {
  let lockstep: Lockstep
  beforeAll(async () => {
    lockstep = await startLockstep({ serviceToken: TOKEN })
  })
  afterAll(() => lockstep.stop())

  const post = async (path: string, body: unknown, authorization: string | null = `Bearer ${TOKEN}`) => {
    const headers = { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) }
    const answer = await fetch(`${lockstep.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: answer.status, body: await answer.json() }
  }

  /** A call of the participant protocol, with its answers in the order of the vector. */
  const call = async (path: string, name: string, argument: unknown) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` }
    const body = JSON.stringify({ call: name, arguments: argument })
    const answer = await fetch(`${lockstep.url}${path}`, { method: 'POST', headers, body })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
    const lines = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    return lines.sort((a, b) => a.index - b.index).map(({ index, ...said }) => said)
  }

  describe.each(['/crm/participant', '/erp/participant', '/crm/subgraph', '/erp/subgraph'])('%s', (path) => {
    it.each([
      ['without a token', null],
      ['with another token', 'Bearer a-token-of-someone'],
      ['with the token and more', `Bearer ${TOKEN}x`],
      ['with the token under another scheme', `Basic ${TOKEN}`],
    ])('is closed %s', async (_case, authorization) => {
      const answer = await post(path, { call: 'describe', query: '{ __typename }' }, authorization)
      expect(answer).toEqual({ status: 401, body: failure('UNAUTHENTICATED') })
    })

    it('takes POST alone', async () => {
      const answer = await fetch(`${lockstep.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })
      expect(answer.status).toBe(404)
    })
  })

  it('describe the tables of a system', async () => {
    const described = await call('/erp/participant', 'describe', undefined)
    expect(described).toEqual([{ ok: { system: 'ERP', tables: expect.any(Array), digest: expect.any(String) } }])
    const tables = described[0].ok.tables.map((table: { table: string }) => table.table)
    expect(tables).toContain('CustomersV3')
  })

  it('answer each element of a vector', async () => {
    const refs = ['US-0001', 'none'].map((number) => ({ table: 'CustomersV3', key: JSON.stringify(['usmf', number]) }))
    expect(await call('/erp/participant', 'read', refs)).toEqual([
      { ok: [expect.objectContaining({ row: expect.any(Object) }), expect.objectContaining({ row: null })] },
    ])
    const [first, second] = await call('/erp/participant', 'draw', [
      { sequence: 'test', count: 3 },
      { sequence: 'test', count: 1 },
    ])
    expect(second.ok - first.ok).toBe(3)
  })

  it('carry a whole transaction out', async () => {
    const id = '019a0000-0000-7000-8000-000000000001'
    const startedAt = Date.now()
    const request = {
      id,
      plan: 'a plan',
      participants: ['CRM', 'ERP'],
      mapSet: 'a map set',
      origin: 'GRAPH',
      actor: null,
      startedAt,
      age: { at: startedAt, id },
      deadline: startedAt + 10_000,
      idempotency: null,
      subject: null,
      writes: [
        {
          operation: 'CREATE',
          table: 'tasks',
          key: '["usmf","T-9999"]',
          set: {
            msdyn_company: 'usmf',
            msdyn_tasknumber: 'T-9999',
            subject: 'Call back',
            regardingobjectid: 'US-0001',
          },
          base: { revision: 0, transaction: null },
          revision: 1,
        },
      ],
      refusals: [],
    }
    expect(await call('/crm/participant', 'check', [request])).toEqual([{ ok: [] }])
    expect(await call('/crm/participant', 'prepare', [request])).toEqual([{ ok: { vote: 'YES', state: 'PREPARED' } }])
    expect(await call('/crm/participant', 'commit', [{ id, leftOut: [] }])).toEqual([{ ok: null }])
    expect(await call('/crm/participant', 'commit', [{ id: 'nobody-knows', leftOut: [] }])).toEqual([
      { error: 'NO_ANSWER' },
    ])
    expect(await call('/crm/participant', 'fence', [{ id, plan: 'a plan', participants: ['CRM', 'ERP'] }])).toEqual([
      { ok: { state: 'COMMITTED' } },
    ])
    expect(await call('/crm/participant', 'look', { by: 'ID', id })).toMatchObject([
      { ok: [{ id, state: 'COMMITTED' }] },
    ])
    expect(await call('/crm/participant', 'abort', ['nobody-knows'])).toEqual([{ ok: null }])
  })

  it.each([
    ['an unknown call', { call: 'drop', arguments: [] }],
    ['a vector that is none', { call: 'commit', arguments: 'x' }],
    ['a request that lacks its parts', { call: 'prepare', arguments: [{ id: 'x' }] }],
    ['nothing', null],
  ])('refuse %s', async (_case, body) => {
    expect(await post('/crm/participant', body)).toEqual({ status: 400, body: failure('BAD_REQUEST') })
  })

  it('serve the subgraph of a system', async () => {
    const { body } = await post('/crm/subgraph', { query: '{ _service { sdl } }' })
    expect(body.data._service.sdl).toContain('type Customer')
    const refused = await post('/crm/subgraph', { variables: {} })
    expect(refused).toEqual({ status: 400, body: failure('BAD_REQUEST') })
  })
})

describe('the internal routes without a configured token', () => {
  it('are not there', { timeout: 30_000 }, async () => {
    const lockstep = await startLockstep({ sampleData: false })
    for (const path of ['/crm/participant', '/erp/participant', '/crm/subgraph', '/erp/subgraph']) {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer ' }
      const answer = await fetch(`${lockstep.url}${path}`, { method: 'POST', headers, body: '{"call":"describe"}' })
      expect([answer.status, await answer.json()]).toEqual([404, failure('NOT_FOUND')])
    }
    await lockstep.stop()
  })
})
