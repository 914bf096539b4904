import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lockstep, startLockstep, write } from './lockstep.ts'

let lockstep: Lockstep
beforeAll(async () => {
  lockstep = await startLockstep()
}, 30_000)
afterAll(() => lockstep.stop())

interface Answer {
  readonly status: number
  readonly body: {
    readonly data?: unknown
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[]
  }
}

async function post(
  body: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Answer> {
  const response = await fetch(`${lockstep.url}/graphql`, { method: 'POST', headers, body })
  const text = await response.text()
  expect(text).not.toMatch(/node_modules|at .*\.[jt]s:\d+|SQLITE/)
  return { status: response.status, body: JSON.parse(text) }
}

async function refused(
  query: string,
  variables: object = {},
): Promise<{ status: number; code: string | undefined; message: string | undefined }> {
  const { status, body } = await post(JSON.stringify({ query, variables }))
  return { status, code: body.errors?.[0]?.extensions.code, message: body.errors?.[0]?.message }
}

async function counts(): Promise<readonly number[]> {
  const crm = await lockstep.crm.request<{ accounts: { totalCount: number } }>('{ accounts { totalCount } }')
  const erp = await lockstep.erp.request<{ CustomersV3: { totalCount: number } }>('{ CustomersV3 { totalCount } }')
  return [crm.accounts.totalCount, erp.CustomersV3.totalCount]
}

const CREATE =
  'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { id errors { code message path } } }'

describe('bad input gets a typed answer, and nothing is written', () => {
  let before: readonly number[]
  beforeAll(async () => {
    before = await counts()
  })
  afterAll(async () => {
    expect(await counts()).toEqual(before)
  })

  it('a body that is not JSON', async () => {
    const { status, body } = await post('{"query": ')
    expect(status).toBe(400)
    expect(body.errors?.[0]?.extensions.code).toBe('BAD_REQUEST')
  })

  it('a body of another type', async () => {
    const { status, body } = await post('query=1', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body.errors).toHaveLength(1)
  })

  it('a document that is not GraphQL', async () => {
    expect(await refused('mutation {')).toMatchObject({ status: 400, code: 'GRAPHQL_PARSE_FAILED' })
  })

  it('an unknown field, in the selection and in the input', async () => {
    expect(await refused('{ customers { edges { node { colour } } } }')).toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
    })
    const inInput = await refused(CREATE, { input: { company: 'usmf', colour: 'red' } })
    expect(inInput).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('colour') })
  })

  it('a wrong type', async () => {
    expect(await refused(CREATE, { input: { company: 'usmf', employees: 'many' } })).toMatchObject({
      code: 'BAD_USER_INPUT',
    })
    expect(await refused(CREATE, { input: { company: 'usmf', onHold: 'SOMETIMES' } })).toMatchObject({
      code: 'BAD_USER_INPUT',
    })
    const money = await refused(CREATE, { input: { company: 'usmf', creditLimit: 12.5 } })
    expect(money).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('string') })
  })

  it('a number that does not fit its column', async () => {
    const { errors } = await write(lockstep.graph, 'createCustomer', {
      input: { company: 'usmf', name: 'Exact', group: { code: 'RETAIL' }, creditLimit: '1.005' },
    })
    expect(errors.map(({ code, path, system }) => [code, path.join('.'), system])).toEqual([
      ['VALIDATION', 'input.creditLimit', 'CRM'],
      ['VALIDATION', 'input.creditLimit', 'ERP'],
    ])
  })

  it('a reference to nothing, to something else, and to another company', async () => {
    const base = { company: 'usmf', name: 'Lost' }
    const nothing = await write(lockstep.graph, 'createCustomer', { input: { ...base, group: { code: 'NOWHERE' } } })
    expect(nothing.errors.map(({ code, path }) => `${code} ${path.join('.')}`)).toContain('REFERENCE input.group')
    const incomplete = await write(lockstep.graph, 'createCustomer', { input: { ...base, group: {} } })
    expect(incomplete.errors.map(({ code, path }) => `${code} ${path.join('.')}`)).toContain(
      'REQUIRED input.group.code',
    )
    const elsewhere = await write(lockstep.graph, 'createCustomer', {
      input: { ...base, group: { company: 'demf', code: 'RETAIL' } },
    })
    expect(elsewhere.errors.map(({ code, path }) => `${code} ${path.join('.')}`)).toContain('REFERENCE input.group')
    const garbage = await write(lockstep.graph, 'createCustomer', { input: { ...base, group: { id: 'xyz' } } })
    expect(garbage.errors.map(({ code, path }) => `${code} ${path.join('.')}`)).toContain('REFERENCE input.group.id')
  })

  it('a company that does not exist', async () => {
    const { errors } = await write(lockstep.graph, 'createCustomer', {
      input: { company: 'zzzz', name: 'Nowhere', group: { code: 'RETAIL' } },
    })
    expect(errors.map(({ code, path, system }) => [code, path.join('.'), system].join(' '))).toEqual(
      expect.arrayContaining(['REFERENCE input.company CRM', 'REFERENCE input.company ERP']),
    )
  })

  it('a thousand writes in one request', async () => {
    const many = Array.from(
      { length: 1_000 },
      (_, at) => `m${at}: createCustomer(input: { company: "usmf", creditLimit: "-1" }) { errors { code } }`,
    )
    const { status, code } = await refused(`mutation { ${many.join('\n')} }`)
    expect([status, code]).toEqual([400, expect.stringMatching(/^GRAPHQL_(VALIDATION|PARSE)_FAILED$/)])
  })

  it('every field wrong at once', async () => {
    const { __type } = await lockstep.graph.request<{
      __type: { inputFields: { name: string; type: { name: string } }[] }
    }>('{ __type(name: "CreateCustomerInput") { inputFields { name type { name } } } }')
    const texts = __type.inputFields.filter(({ type }) => type.name === 'String').map(({ name }) => name)
    const input = Object.fromEntries(texts.map((name) => [name, 'x'.repeat(5_000)]))
    const { transaction, errors } = await write(lockstep.graph, 'createCustomer', { input })
    expect(transaction?.state).toBe('REVERTED')
    const faulty = new Set(errors.map(({ path }) => path[1]))
    expect(texts.filter((name) => !faulty.has(name))).toEqual([])
  })

  it('a string of 10 MB', async () => {
    const { status, body } = await post(
      JSON.stringify({ query: CREATE, variables: { input: { company: 'usmf', memo: 'x'.repeat(10_000_000) } } }),
    )
    expect(status).toBe(413)
    expect(body.errors?.[0]?.extensions.code).toBe('PAYLOAD_TOO_LARGE')
  })

  it('a deeply nested query', async () => {
    const deep = `{ customers { edges { node ${'{ billingAccount '.repeat(50)}{ id }${' }'.repeat(50)} } } }`
    expect(await refused(deep)).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' })
    expect(await refused(`{ a${'{ a'.repeat(100_000)} `)).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
  })

  it('a cursor that was tampered with, and one of another query', async () => {
    const { customers } = await lockstep.graph.request<{ customers: { pageInfo: { endCursor: string } } }>(
      '{ customers(first: 2, orderBy: [{ field: NAME }]) { pageInfo { endCursor } } }',
    )
    const { endCursor } = customers.pageInfo
    const page =
      'query ($after: String) { customers(first: 2, orderBy: [{ field: NAME }], after: $after) { edges { cursor } } }'
    const other =
      'query ($after: String) { customers(first: 2, orderBy: [{ field: NUMBER }], after: $after) { edges { cursor } } }'
    const tampered = `${endCursor.slice(0, -4)}AAAA`
    expect(await refused(page, { after: endCursor })).toMatchObject({ status: 200, code: undefined })
    expect(await refused(page, { after: tampered })).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('cursor'),
    })
    expect(await refused(page, { after: 'garbage' })).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(await refused(other, { after: endCursor })).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('cursor'),
    })
  })

  it('an idempotency key that is empty, or longer than any is', async () => {
    for (const idempotencyKey of ['', 'k'.repeat(256)]) {
      const query = `mutation { deleteCustomer(id: "x", options: { idempotencyKey: "${idempotencyKey}" }) { id } }`
      expect(await refused(query)).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('idempotencyKey'),
      })
    }
  })

  it('a page that is too large, or negative', async () => {
    expect(await refused('{ customers(first: 100000) { totalCount } }')).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(await refused('{ customers(first: -1) { totalCount } }')).toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})
