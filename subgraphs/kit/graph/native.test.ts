import { printSchema } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { NativeOutcome, NativeWrite, Submit } from '../../../schema/native-write.ts'
import { ask, dataOf, fill, openTestSystem, type TestSystem } from './system.fixture.ts'

const PAYLOAD = `{
  key record { msdyn_tasknumber subject prioritycode statecode activityid revision }
  transaction { id state legs { system state lastError } } errors { code message path system table column retryable }
}`
const CREATE = `mutation ($input: CreateTasksInput!, $options: WriteOptions) { createTasks(input: $input, options: $options) ${PAYLOAD} }`
const UPDATE = `mutation ($number: String!, $input: UpdateTasksInput!, $options: WriteOptions) {
  updateTasks(msdyn_company: "usmf", msdyn_tasknumber: $number, input: $input, options: $options) ${PAYLOAD}
}`
const DELETE = `mutation ($number: String!) { deleteTasks(msdyn_company: "usmf", msdyn_tasknumber: $number) ${PAYLOAD} }`

interface Payload {
  readonly key: unknown
  readonly record: Record<string, unknown> | null
  readonly transaction: { readonly id: string; readonly state: string; readonly legs: readonly unknown[] } | null
  readonly errors: readonly { readonly code: string; readonly path: readonly string[]; readonly message: string }[]
}

describe("the CRM's native API", () => {
  const submitted: NativeWrite[] = []
  let answer: () => Promise<NativeOutcome>
  const submit: Submit = (write) => {
    submitted.push(write)
    return answer()
  }
  let crm: TestSystem
  beforeAll(async () => {
    crm = await openTestSystem('CRM', submit)
    await fill(crm, 'cdm_companies', [{ cdm_companycode: 'usmf', cdm_name: 'US' }])
    await fill(crm, 'accounts', [
      { msdyn_company: 'usmf', accountnumber: 'C-001', name: 'Berg', customertypecode: 3 },
      { msdyn_company: 'usmf', accountnumber: 'P-002', name: 'Partner', customertypecode: 5 },
    ])
  })
  afterAll(() => crm[Symbol.asyncDispose]())
  beforeEach(() => {
    submitted.length = 0
    answer = () => Promise.resolve({ key: null, transaction: null, errors: [] })
  })

  const query = (source: string, variables = {}): Promise<unknown> => dataOf(ask(crm, crm.native, source, variables))
  const write = async (source: string, variables: object): Promise<Payload> => {
    const [payload] = Object.values((await query(source, { ...variables })) as Record<string, Payload>)
    if (payload === undefined) throw new TypeError('no payload')
    return payload
  }
  const task = (number: string, more = {}) => ({
    msdyn_company: 'usmf',
    msdyn_tasknumber: number,
    subject: `Task ${number}`,
    ...more,
  })

  it('describes every type, field and argument', () => {
    for (const type of Object.values(crm.native.getTypeMap())) {
      if (type.name.startsWith('__')) continue
      expect(type.description, type.name).toBeTruthy()
      if (!('getFields' in type)) continue
      for (const field of Object.values(type.getFields())) {
        expect(field.description, `${type.name}.${field.name}`).toBeTruthy()
        for (const argument of 'args' in field ? field.args : []) expect(argument.description).toBeTruthy()
      }
    }
    expect(printSchema(crm.native)).toContain('type accounts {')
  })

  describe('reading', () => {
    it('lists a whole table in its own columns, with the records that they name', async () => {
      const source = `{ accounts(orderBy: {field: name, direction: DESC}) { totalCount edges { node {
        accountnumber customertypecode revision msdyn_company msdyn_company_record { cdm_name }
      } } } }`
      const node = (accountnumber: string, customertypecode: number) => ({
        node: {
          accountnumber,
          customertypecode,
          revision: 1,
          msdyn_company: 'usmf',
          msdyn_company_record: { cdm_name: 'US' },
        },
      })
      expect(await query(source)).toEqual({ accounts: { totalCount: 2, edges: [node('P-002', 5), node('C-001', 3)] } })
    })

    it('filters by column', async () => {
      const source = '{ accounts(filter: {customertypecode: {in: [5, 6]}}) { edges { node { accountnumber } } } }'
      expect(await query(source)).toEqual({ accounts: { edges: [{ node: { accountnumber: 'P-002' } }] } })
    })

    it('finds one record by its key', async () => {
      const source = `{
        a: accountsByKey(msdyn_company: "usmf", accountnumber: "C-001") { name }
        b: accountsByKey(msdyn_company: "usmf", accountnumber: "C-404") { name }
      }`
      expect(await query(source)).toEqual({ a: { name: 'Berg' }, b: null })
    })
  })

  describe('a write to a table that no map names', () => {
    it('is committed at once in this system alone, defaults and generated values filled in', async () => {
      const { key, record, transaction, errors } = await write(CREATE, { input: task('T-1', { prioritycode: null }) })
      expect(errors).toEqual([])
      expect(key).toEqual(['usmf', 'T-1'])
      expect(record).toEqual({
        msdyn_tasknumber: 'T-1',
        subject: 'Task T-1',
        prioritycode: 1,
        statecode: 0,
        activityid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        revision: 0,
      })
      expect(transaction).toEqual({
        id: expect.any(String),
        state: 'COMMITTED',
        legs: [{ system: 'CRM', state: 'COMMITTED', lastError: null }],
      })
      expect(submitted).toEqual([])
    })

    it('is updated and deleted by key', async () => {
      await write(CREATE, { input: task('T-2') })
      const updated = await write(UPDATE, { number: 'T-2', input: { subject: 'Other', statecode: 2 } })
      expect(updated).toMatchObject({ errors: [], record: { subject: 'Other', statecode: 2, prioritycode: 1 } })
      const deleted = await write(DELETE, { number: 'T-2' })
      expect(deleted).toMatchObject({
        errors: [],
        record: null,
        key: ['usmf', 'T-2'],
        transaction: { state: 'COMMITTED' },
      })
      expect(await query('{ tasksByKey(msdyn_company: "usmf", msdyn_tasknumber: "T-2") { subject } }')).toEqual({
        tasksByKey: null,
      })
    })

    it('reports every violation at once, with its path, and leaves a reverted transaction', async () => {
      const input = task('T-3', {
        subject: null,
        prioritycode: 9,
        description: 'x'.repeat(2001),
        regardingobjectid: 'X',
      })
      const { errors, record, transaction } = await write(CREATE, { input })
      expect(errors.map(({ code, path }) => [code, path.join('.')]).toSorted()).toEqual([
        ['REFERENCE', 'input.regardingobjectid'],
        ['REQUIRED', 'input.subject'],
        ['VALIDATION', 'input.description'],
        ['VALIDATION', 'input.prioritycode'],
      ])
      expect(record).toBeNull()
      expect(transaction).toMatchObject({
        state: 'REVERTED',
        legs: [{ state: 'ABORTED', lastError: expect.any(String) }],
      })
    })

    it('reports a missing key together with whatever else is wrong', async () => {
      const { errors, transaction, key } = await write(CREATE, { input: { prioritycode: 9 } })
      expect(errors.map(({ code, path }) => [code, path.join('.')]).toSorted()).toEqual([
        ['REQUIRED', 'input.msdyn_company'],
        ['REQUIRED', 'input.msdyn_tasknumber'],
        ['REQUIRED', 'input.subject'],
        ['VALIDATION', 'input.prioritycode'],
      ])
      expect(transaction).toBeNull()
      expect(key).toBeNull()
    })

    it('refuses a second record under the key, and a change of one that is not there', async () => {
      await write(CREATE, { input: task('T-4') })
      const again = await write(CREATE, { input: task('T-4') })
      expect(again.errors).toMatchObject([{ code: 'DUPLICATE', path: ['input', 'msdyn_tasknumber'], retryable: false }])
      const missing = await write(UPDATE, { number: 'T-404', input: { subject: 'x' } })
      expect(missing.errors).toMatchObject([{ code: 'NOT_FOUND', path: ['msdyn_tasknumber'], retryable: false }])
      const gone = await write(DELETE, { number: 'T-404' })
      expect(gone.errors).toMatchObject([{ code: 'NOT_FOUND', path: ['msdyn_tasknumber'] }])
    })

    it('refuses another revision than the one expected', async () => {
      await write(CREATE, { input: task('T-5') })
      const options = { expectedRevision: 3 }
      const { errors } = await write(UPDATE, { number: 'T-5', input: { subject: 'x' }, options })
      expect(errors).toMatchObject([{ code: 'STALE', path: ['options', 'expectedRevision'], retryable: false }])
    })

    it('leaves no trace of a dry run', async () => {
      const options = { dryRun: true }
      const good = await write(CREATE, { input: task('T-6'), options })
      expect(good).toMatchObject({ errors: [], transaction: null, record: null })
      const bad = await write(CREATE, { input: task('T-6', { prioritycode: 7 }), options })
      expect(bad.errors).toMatchObject([{ code: 'VALIDATION', path: ['input', 'prioritycode'] }])
      expect((await write(CREATE, { input: task('T-6') })).errors).toEqual([])
    })

    describe('under an idempotency key', () => {
      it('takes effect once, and answers every repeat alike', async () => {
        const options = { idempotencyKey: 'once' }
        const input = task('T-7')
        const [first, second] = await Promise.all([
          write(CREATE, { input, options }),
          write(CREATE, { input, options }),
        ])
        const third = await write(CREATE, { input, options })
        expect(first).toMatchObject({ errors: [], transaction: { state: 'COMMITTED' } })
        expect(second).toEqual(first)
        expect(third).toEqual(first)
      })

      it('repeats a refusal even when its reason is gone', async () => {
        const options = { idempotencyKey: 'refused' }
        const input = { subject: 'x' }
        const first = await write(UPDATE, { number: 'T-8', input, options })
        await write(CREATE, { input: task('T-8') })
        const second = await write(UPDATE, { number: 'T-8', input, options })
        expect(second.errors).toEqual(first.errors)
        expect(second.transaction).toEqual(first.transaction)
      })

      it('refuses another request', async () => {
        const options = { idempotencyKey: 'two' }
        await write(CREATE, { input: task('T-9'), options })
        const { errors } = await write(CREATE, { input: task('T-10'), options })
        expect(errors).toMatchObject([{ code: 'IDEMPOTENCY_MISMATCH', path: ['options', 'idempotencyKey'] }])
        expect(await query('{ tasksByKey(msdyn_company: "usmf", msdyn_tasknumber: "T-10") { subject } }')).toEqual({
          tasksByKey: null,
        })
      })
    })
  })

  describe('a write to a table that a map names', () => {
    const update = `mutation ($input: UpdateAccountsInput!, $options: WriteOptions) {
      updateAccounts(msdyn_company: "usmf", accountnumber: "C-001", input: $input, options: $options) {
        key record { name } transaction { state startedAt decidedAt legs { system state } } errors { code path message retryable }
      }
    }`

    it('goes to the gateway as it was made, and shows what came of it', async () => {
      answer = () =>
        Promise.resolve({
          key: '["usmf","C-001"]' as NonNullable<NativeOutcome['key']>,
          transaction: {
            id: 't' as NonNullable<NativeOutcome['transaction']>['id'],
            state: 'COMMITTING',
            origin: 'CRM',
            actor: 'alice',
            startedAt: 0,
            decidedAt: null,
            completedAt: null,
            subject: null,
            legs: [
              { system: 'CRM', mode: 'SYNC', state: 'COMMITTED', attempts: 1, lastError: null, writes: [] },
              { system: 'ERP', mode: 'SYNC', state: 'PREPARED', attempts: 1, lastError: null, writes: [] },
            ],
          },
          errors: [],
        })
      const options = { idempotencyKey: 'k', expectedRevision: 1, timeoutMs: 500 }
      const payload = await write(update, { input: { name: 'Tal', creditlimit: '5' }, options })
      expect(submitted).toEqual([
        {
          system: 'CRM',
          table: 'accounts',
          operation: 'UPDATE',
          key: '["usmf","C-001"]',
          set: { name: 'Tal', creditlimit: '5' },
          parts: [],
          actor: 'alice',
          options: { idempotencyKey: 'k', expectedRevision: 1, timeoutMs: 500, dryRun: false },
        },
      ])
      expect(payload).toEqual({
        key: ['usmf', 'C-001'],
        record: { name: 'Berg' },
        transaction: {
          state: 'COMMITTING',
          startedAt: '1970-01-01T00:00:00.000Z',
          decidedAt: null,
          legs: [
            { system: 'CRM', state: 'COMMITTED' },
            { system: 'ERP', state: 'PREPARED' },
          ],
        },
        errors: [],
      })
    })

    it('is refused where no gateway answers, and says nothing of why', async () => {
      answer = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1:4000'))
      const { errors } = await write(update, { input: { name: 'Tal' } })
      expect(errors).toMatchObject([{ code: 'SYSTEM_UNAVAILABLE', retryable: true }])
      expect(JSON.stringify(errors)).not.toContain('ECONNREFUSED')
      expect(crm.errors).toHaveLength(1)
    })
  })

  it.each([
    [{ idempotencyKey: '' }, 'idempotencyKey'],
    [{ idempotencyKey: 'x'.repeat(256) }, 'idempotencyKey'],
    [{ expectedRevision: -1 }, 'expectedRevision'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ timeoutMs: 60_001 }, 'timeoutMs'],
  ])('refuses the options %j', async (options, name) => {
    const { errors } = await ask(crm, crm.native, CREATE, { input: task('T-11'), options })
    expect(errors?.[0]?.message).toContain(name)
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argumentName: 'options' })
  })
})

describe("the ERP's native API", () => {
  it('spells the names of its enums, and leaves a key out of updates', async () => {
    await using erp = await openTestSystem('ERP')
    const onHold = erp.native.getType('CustomersV3OnHoldStatus')
    expect(onHold?.toString()).toBe('CustomersV3OnHoldStatus')
    const update = printSchema(erp.native).split('input UpdateCustomersV3Input')[1]?.split('\n}')[0] ?? ''
    expect(update).toContain('OrganizationName: String')
    expect(update).not.toContain('CustomerAccount:')
    expect(update).not.toContain('dataAreaId:')
  })
})
