import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lockstep, PAYLOAD, type Payload, startLockstep, write } from './lockstep.ts'

let lockstep: Lockstep
beforeAll(async () => {
  lockstep = await startLockstep()
}, 30_000)
afterAll(() => lockstep.stop())

const NEW = { company: 'usmf', group: { code: 'RETAIL' }, currency: { code: 'USD' } }

async function create(input: object): Promise<string> {
  const { id, errors } = await write(lockstep.graph, 'createCustomer', { input: { ...NEW, ...input } })
  expect(errors).toEqual([])
  if (id === null) throw new TypeError('a create without errors has an id')
  return id
}

/** What each system holds of the customer, read natively. */
async function both(
  number: string,
): Promise<{ crm: Record<string, unknown> | null; erp: Record<string, unknown> | null }> {
  const crm = await lockstep.crm.request<{ accountsByKey: Record<string, unknown> | null }>(
    `{ accountsByKey(msdyn_company: "usmf", accountnumber: "${number}") { name creditlimit leadsourcecode msdyn_onholdstatus description revision } }`,
  )
  const erp = await lockstep.erp.request<{ CustomersV3ByKey: Record<string, unknown> | null }>(
    `{ CustomersV3ByKey(dataAreaId: "usmf", CustomerAccount: "${number}") { OrganizationName CreditLimit SalesTaxGroup OnHoldStatus SalesMemo revision } }`,
  )
  return { crm: crm.accountsByKey, erp: erp.CustomersV3ByKey }
}

describe('a customer written through the graph', () => {
  it('is in both systems, with a number drawn from the sequence, and read with the fields of both', async () => {
    const id = await create({
      name: 'Quay Street Books',
      creditLimit: '1200.5',
      leadSource: 'WEB',
      salesTaxGroup: 'CA',
    })
    const { customer } = await lockstep.graph.request<{ customer: Record<string, unknown> }>(
      `query ($id: ID!) { customer(id: $id) { number name creditLimit leadSource salesTaxGroup revision sync group { code } } }`,
      { id },
    )
    expect(customer).toEqual({
      number: expect.stringMatching(/^C-\d{6}$/),
      name: 'Quay Street Books',
      creditLimit: '1200.50',
      leadSource: 'WEB',
      salesTaxGroup: 'CA',
      revision: 1,
      sync: 'IN_STEP',
      group: { code: 'RETAIL' },
    })
    const held = await both(String(customer['number']))
    expect(held.crm).toMatchObject({
      name: 'Quay Street Books',
      creditlimit: '1200.50',
      leadsourcecode: 8,
      revision: 1,
    })
    expect(held.erp).toMatchObject({
      OrganizationName: 'Quay Street Books',
      CreditLimit: '1200.50',
      SalesTaxGroup: 'CA',
      revision: 1,
    })
  })

  it('is changed in both, at one revision, and only where something differs', async () => {
    const id = await create({ number: 'upd-1', name: 'Before' })
    const changed = await write(lockstep.graph, 'updateCustomer', { id, input: { name: 'After', memo: 'seen' } })
    expect(changed).toMatchObject({ errors: [], transaction: { state: 'COMMITTED' } })
    expect(await both('UPD-1')).toMatchObject({
      crm: { name: 'After', description: 'seen', revision: 2 },
      erp: { OrganizationName: 'After', SalesMemo: 'seen', revision: 2 },
    })
    const unchanged = await write(lockstep.graph, 'updateCustomer', { id, input: { name: 'After' } })
    expect(unchanged).toEqual({ id, transaction: null, errors: [] })
  })

  it('concerns one system alone when only its own fields change', async () => {
    const id = await create({ number: 'OWN-1', name: 'Own fields' })
    const { transaction } = await write(lockstep.graph, 'updateCustomer', { id, input: { leadSource: 'PARTNER' } })
    expect(transaction).toMatchObject({ state: 'COMMITTED', legs: [{ system: 'CRM', state: 'COMMITTED' }] })
    expect(await both('OWN-1')).toMatchObject({ crm: { leadsourcecode: 4, revision: 1 }, erp: { revision: 1 } })
  })

  it('clears a field with null and leaves one that is not named', async () => {
    const id = await create({ number: 'NUL-1', name: 'Clearing', memo: 'x', salesTaxGroup: 'NY' })
    await write(lockstep.graph, 'updateCustomer', { id, input: { memo: null } })
    expect(await both('NUL-1')).toMatchObject({
      crm: { name: 'Clearing', description: null },
      erp: { SalesMemo: null, SalesTaxGroup: 'NY' },
    })
  })

  it('is deleted from both, and created again continues its revisions', async () => {
    const id = await create({ number: 'DEL-1', name: 'Short-lived' })
    const gone = await write(lockstep.graph, 'deleteCustomer', { id })
    expect(gone).toMatchObject({ id, errors: [], transaction: { state: 'COMMITTED' } })
    expect(await both('DEL-1')).toEqual({ crm: null, erp: null })
    await create({ number: 'DEL-1', name: 'Back again' })
    expect(await both('DEL-1')).toMatchObject({ crm: { revision: 3 }, erp: { revision: 3 } })
  })

  it('is upserted: created, then changed, then left alone', async () => {
    const input = { ...NEW, number: 'UPS-1', name: 'First' }
    const created = await write(lockstep.graph, 'upsertCustomer', { input })
    const changed = await write(lockstep.graph, 'upsertCustomer', { input: { ...input, name: 'Second' } })
    const same = await write(lockstep.graph, 'upsertCustomer', { input: { ...input, name: 'Second' } })
    expect([created.transaction?.state, changed.transaction?.state, same.transaction]).toEqual([
      'COMMITTED',
      'COMMITTED',
      null,
    ])
    expect((await both('UPS-1')).erp).toMatchObject({ OrganizationName: 'Second', revision: 2 })
  })
})

describe('a refused write', () => {
  it('names every violation of both systems, each with its place in the input, and leaves nothing', async () => {
    const { transaction, errors } = await write(lockstep.graph, 'createCustomer', {
      input: {
        company: 'usmf',
        number: 'BAD-1',
        email: `${'x'.repeat(300)}@example.com`,
        creditLimit: '-1',
        group: { code: 'NOWHERE' },
      },
    })
    expect(transaction?.state).toBe('REVERTED')
    const seen = errors.map(({ code, path, system, table, column }) =>
      [code, path.join('.'), system, table, column].join(' '),
    )
    expect(seen).toEqual(
      expect.arrayContaining([
        'REQUIRED input.name CRM accounts name',
        'REQUIRED input.name ERP CustomersV3 OrganizationName',
        'VALIDATION input.email CRM accounts emailaddress1',
        'VALIDATION input.email ERP CustomersV3 PrimaryContactEmail',
        'REFERENCE input.group CRM accounts msdyn_customergroupid',
        'REFERENCE input.group ERP CustomersV3 CustomerGroupId',
        'RULE input.creditLimit ERP CustomersV3 CreditLimit',
      ]),
    )
    expect(await both('BAD-1')).toEqual({ crm: null, erp: null })
  })

  it('says DUPLICATE for a key that exists, and NOT_FOUND for one that does not', async () => {
    await create({ number: 'DUP-1', name: 'Only one' })
    const twice = await write(lockstep.graph, 'createCustomer', {
      input: { ...NEW, number: 'dup-1 ', name: 'Another' },
    })
    expect(twice).toMatchObject({ transaction: { state: 'REVERTED' } })
    expect(twice.errors.map(({ code, path, system }) => [code, path.join('.'), system])).toEqual([
      ['DUPLICATE', 'input.number', 'CRM'],
      ['DUPLICATE', 'input.number', 'ERP'],
    ])
    const id = await create({ number: 'DUP-2', name: 'Goes' })
    await write(lockstep.graph, 'deleteCustomer', { id })
    const late = await write(lockstep.graph, 'updateCustomer', { id, input: { name: 'Too late' } })
    expect(late).toMatchObject({ transaction: { state: 'REVERTED' }, errors: [{ code: 'NOT_FOUND', path: ['id'] }] })
    const foreign = await write(lockstep.graph, 'deleteCustomer', { id: 'bm90IGFuIGlk' })
    expect(foreign.errors).toMatchObject([{ code: 'NOT_FOUND', path: ['id'] }])
  })

  it('says STALE to an expectation that is out of date', async () => {
    const id = await create({ number: 'STA-1', name: 'One' })
    await write(lockstep.graph, 'updateCustomer', { id, input: { name: 'Two' }, options: { expectedRevision: 1 } })
    const stale = await write(lockstep.graph, 'updateCustomer', {
      id,
      input: { name: 'Three' },
      options: { expectedRevision: 1 },
    })
    expect(stale).toMatchObject({
      transaction: { state: 'REVERTED' },
      errors: [{ code: 'STALE', path: ['options', 'expectedRevision'], retryable: false }],
    })
    expect((await both('STA-1')).crm).toMatchObject({ name: 'Two', revision: 2 })
  })
})

describe('business rules', () => {
  it('keep a credit limit within the maximum of the group', async () => {
    const group = { company: 'usmf', code: 'CAPPED', description: 'Capped', maximumCreditLimit: '100.00' }
    expect((await write(lockstep.graph, 'createCustomerGroup', { input: group })).errors).toEqual([])
    const id = await create({ number: 'CAP-1', name: 'Capped', group: { code: 'CAPPED' }, creditLimit: '100' })
    const above = await write(lockstep.graph, 'updateCustomer', { id, input: { creditLimit: '100.01' } })
    expect(above).toMatchObject({
      transaction: { state: 'REVERTED' },
      errors: [
        { code: 'RULE', path: ['input', 'creditLimit'], system: 'ERP', table: 'CustomersV3', column: 'CreditLimit' },
      ],
    })
    const lowered = await lockstep.erp.request<{ updateCustomerGroups: Payload }>(
      `mutation { updateCustomerGroups(dataAreaId: "usmf", CustomerGroupId: "CAPPED", input: { MaximumCreditLimit: "99.99" }) { errors { code path } } }`,
    )
    expect(lowered.updateCustomerGroups.errors).toMatchObject([{ code: 'RULE', path: ['input', 'MaximumCreditLimit'] }])
  })

  it('keep a customer group that is in use', async () => {
    const { id } = await write(lockstep.graph, 'createCustomerGroup', { input: { company: 'usmf', code: 'USED' } })
    const customer = await create({ number: 'USE-1', name: 'User', group: { code: 'USED' } })
    const used = await write(lockstep.graph, 'deleteCustomerGroup', { id: id ?? '' })
    expect(used.transaction?.state).toBe('REVERTED')
    expect(used.errors.map(({ code, system }) => [code, system])).toEqual([
      ['REFERENCE', 'CRM'],
      ['REFERENCE', 'ERP'],
    ])
    await write(lockstep.graph, 'deleteCustomer', { id: customer })
    expect((await write(lockstep.graph, 'deleteCustomerGroup', { id: id ?? '' })).transaction?.state).toBe('COMMITTED')
  })

  it('freeze a customer on hold for everything until the hold is lifted', async () => {
    const id = await create({ number: 'HLD-1', name: 'Held', onHold: 'ALL' })
    const frozen = await write(lockstep.graph, 'updateCustomer', { id, input: { name: 'Changed' } })
    expect(frozen.errors).toMatchObject([{ code: 'RULE', system: 'CRM', table: 'accounts' }])
    const lifted = await write(lockstep.graph, 'updateCustomer', { id, input: { onHold: 'NO' } })
    expect(lifted.transaction?.state).toBe('COMMITTED')
    expect((await write(lockstep.graph, 'updateCustomer', { id, input: { name: 'Changed' } })).errors).toEqual([])
  })

  it('refuse terms of payment that the group does not allow', async () => {
    await write(lockstep.graph, 'createCustomerGroup', { input: { company: 'usmf', code: 'STRICT' } })
    for (const name of ['T-YES', 'T-NO']) {
      expect(
        (await write(lockstep.graph, 'createPaymentTerm', { input: { company: 'usmf', name, days: 10 } })).errors,
      ).toEqual([])
    }
    const allowed = await lockstep.erp.request<{ createCustomerGroupPaymentTerms: Payload }>(
      `mutation { createCustomerGroupPaymentTerms(input: { dataAreaId: "usmf", CustomerGroupId: "STRICT", PaymentTermsName: "T-YES" }) { errors { code message } } }`,
    )
    expect(allowed.createCustomerGroupPaymentTerms.errors).toEqual([])
    const id = await create({
      number: 'TRM-1',
      name: 'Terms',
      group: { code: 'STRICT' },
      paymentTerms: { name: 'T-YES' },
    })
    const refused = await write(lockstep.graph, 'updateCustomer', { id, input: { paymentTerms: { name: 'T-NO' } } })
    expect(refused.errors).toMatchObject([
      { code: 'RULE', path: ['input', 'paymentTerms'], system: 'ERP', table: 'CustomersV3', column: 'PaymentTerms' },
    ])
  })
})

describe('options', () => {
  it('dryRun shows the legs and leaves no trace', async () => {
    const rehearsed = await lockstep.graph.request<{ createCustomer: Payload }>(
      `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input, options: { dryRun: true }) {
         ${PAYLOAD.replace('legs {', 'legs { writes { table operation after }')} } }`,
      { input: { ...NEW, number: 'DRY-1', name: 'Rehearsal' } },
    )
    const { transaction, errors } = rehearsed.createCustomer
    expect(errors).toEqual([])
    expect(transaction?.state).toBe('REVERTED')
    expect(transaction?.legs).toMatchObject([
      { system: 'CRM', writes: [{ table: 'accounts', operation: 'CREATE', after: { name: 'Rehearsal' } }] },
      {
        system: 'ERP',
        writes: [{ table: 'CustomersV3', operation: 'CREATE', after: { OrganizationName: 'Rehearsal' } }],
      },
    ])
    expect(await both('DRY-1')).toEqual({ crm: null, erp: null })
    const { transaction: found } = await lockstep.graph.request<{ transaction: unknown }>(
      'query ($id: ID!) { transaction(id: $id) { id } }',
      { id: transaction?.id },
    )
    expect(found).toBeNull()
  })

  it('idempotencyKey replays the answer, of a success and of a refusal', async () => {
    const input = { ...NEW, number: 'IDE-1', name: 'Once' }
    const options = { idempotencyKey: 'once-1' }
    const first = await write(lockstep.graph, 'createCustomer', { input, options })
    const again = await write(lockstep.graph, 'createCustomer', { input, options })
    expect(first.transaction?.state).toBe('COMMITTED')
    expect(again).toEqual(first)
    const bad = { input: { ...NEW, number: 'IDE-2' }, options: { idempotencyKey: 'once-2' } }
    const refused = await write(lockstep.graph, 'createCustomer', bad)
    expect(refused.transaction?.state).toBe('REVERTED')
    expect(await write(lockstep.graph, 'createCustomer', bad)).toEqual(refused)
  })

  it('idempotencyKey remembers also a request that changed nothing', async () => {
    const id = await create({ number: 'IDE-5', name: 'Same' })
    const options = { idempotencyKey: 'nothing' }
    const first = await write(lockstep.graph, 'updateCustomer', { id, input: { name: 'Same' }, options })
    expect(first).toMatchObject({ errors: [], transaction: { state: 'COMMITTED' } })
    expect(await write(lockstep.graph, 'updateCustomer', { id, input: { name: 'Same' }, options })).toEqual(first)
    const other = await write(lockstep.graph, 'updateCustomer', { id, input: { name: 'Other' }, options })
    expect(other.errors).toMatchObject([{ code: 'IDEMPOTENCY_MISMATCH' }])
  })

  it('idempotencyKey refuses another request under the same key', async () => {
    const options = { idempotencyKey: 'twice' }
    await write(lockstep.graph, 'createCustomer', { input: { ...NEW, number: 'IDE-3', name: 'One' }, options })
    const other = await write(lockstep.graph, 'createCustomer', {
      input: { ...NEW, number: 'IDE-4', name: 'Two' },
      options,
    })
    expect(other).toMatchObject({ transaction: null, errors: [{ code: 'IDEMPOTENCY_MISMATCH', retryable: false }] })
    expect(await both('IDE-4')).toEqual({ crm: null, erp: null })
  })
})

describe('transactions', () => {
  it('are read by id and listed newest first, with legs and states from the systems’ own rows', async () => {
    const { transaction } = await write(lockstep.graph, 'createCustomer', {
      input: { ...NEW, number: 'TRX-1', name: 'Visible' },
    })
    const found = await lockstep.graph.request<{
      transaction: unknown
      transactions: { edges: { node: { id: string } }[] }
    }>(
      `query ($id: ID!) {
         transaction(id: $id) { id state origin legs { system mode state writes { table operation before after } } }
         transactions(first: 1) { edges { node { id } } }
       }`,
      { id: transaction?.id },
    )
    expect(found.transaction).toMatchObject({
      state: 'COMMITTED',
      origin: 'GRAPH',
      legs: [
        {
          system: 'CRM',
          mode: 'SYNC',
          state: 'COMMITTED',
          writes: [{ table: 'accounts', operation: 'CREATE', before: null }],
        },
        {
          system: 'ERP',
          mode: 'SYNC',
          state: 'COMMITTED',
          writes: [{ table: 'CustomersV3', operation: 'CREATE', before: null }],
        },
      ],
    })
    expect(found.transactions.edges[0]?.node.id).toBe(transaction?.id)
  })
})

describe('the legs in a payload', () => {
  it('show each record before and after', async () => {
    const id = await create({ number: 'LEG-1', name: 'Before' })
    const { updateCustomer } = await lockstep.graph.request<{ updateCustomer: Payload }>(
      `mutation ($id: ID!) { updateCustomer(id: $id, input: { name: "After" }) {
         transaction { legs { system writes { operation before after } } } } }`,
      { id },
    )
    expect(updateCustomer.transaction?.legs).toMatchObject([
      {
        system: 'CRM',
        writes: [{ operation: 'UPDATE', before: { name: 'Before' }, after: { name: 'After', accountnumber: 'LEG-1' } }],
      },
      {
        system: 'ERP',
        writes: [{ operation: 'UPDATE', before: { OrganizationName: 'Before' }, after: { OrganizationName: 'After' } }],
      },
    ])
  })
})

describe('many clients at once', () => {
  it('all change one record, one after the other, and none is lost', async () => {
    const id = await create({ number: 'HOT-1', name: 'Hot' })
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, at) =>
        write(lockstep.graph, 'updateCustomer', { id, input: { memo: `write ${at}` } }),
      ),
    )
    expect(answers.flatMap(({ errors }) => errors)).toEqual([])
    const { crm, erp } = await both('HOT-1')
    expect([crm?.['revision'], erp?.['revision']]).toEqual([65, 65])
    expect(crm?.['description']).toBe(erp?.['SalesMemo'])
  })
})
