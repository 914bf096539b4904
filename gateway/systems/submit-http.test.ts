import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import type { NativeOutcome, NativeWrite } from '../../schema/native-write.ts'
import type { RecordKey, TransactionId } from '../../schema/record.ts'
import { submitRoutes } from './submit-http.ts'

const TOKEN = 'a-token'
const WRITE: NativeWrite = {
  ...{ system: 'CRM', table: 'salesorders', operation: 'CREATE', key: null, set: { name: 'A', count: 1, empty: null } },
  ...{ parts: [{ table: 'salesorderdetails', set: {}, at: ['input', 'salesorderdetails', '0'] }], actor: 'ada' },
  options: { idempotencyKey: 'k', expectedRevision: 3, timeoutMs: 1_000, dryRun: false },
}
const OUTCOME: NativeOutcome = {
  key: '["usmf","A"]' as RecordKey,
  transaction: {
    ...{ id: 'T' as TransactionId, state: 'REVERTED', origin: 'CRM', actor: 'ada', startedAt: 1, decidedAt: 2 },
    ...{ completedAt: null, subject: null, legs: [] },
  },
  errors: [],
}

describe('where systems submit their native writes', () => {
  const submitted: NativeWrite[] = []
  const submit = async (write: NativeWrite) => {
    submitted.push(write)
    return OUTCOME
  }
  const server = fastify().register(submitRoutes({ submit, token: TOKEN }))

  const post = async (payload: object, token = TOKEN) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await server.inject({ method: 'POST', url: '/submit', headers, payload })
    return { status: answer.statusCode, body: answer.json() }
  }

  it('a write is carried out as it was sent', async () => {
    expect(await post(WRITE)).toEqual({ status: 200, body: OUTCOME })
    expect(submitted.splice(0)).toEqual([WRITE])
  })

  it.each([
    ['a write of no system', { ...WRITE, system: 'HRM' }],
    ['a write with more than it has', { ...WRITE, force: true }],
    ['an option out of its bounds', { ...WRITE, options: { ...WRITE.options, timeoutMs: 0 } }],
    ['nothing', {}],
  ])('%s is refused before anything is begun', async (_case, payload) => {
    expect(await post(payload)).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    })
    expect(submitted).toEqual([])
  })

  it('only the service token is let in', async () => {
    expect((await post(WRITE, 'another')).status).toBe(401)
    expect(submitted).toEqual([])
  })
})
