import { describe, expect, it } from 'vitest'
import { encodeId } from '../../../maps/identity.ts'
import type { WriteError } from '../../../schema/caller-view.ts'
import { recordKey } from '../../../schema/record-key.ts'
import { customerId, transactionView } from '../../../test/graph/sample-graph.ts'
import { done, runUnified, type World } from '../../../test/graph/sample-unified.ts'

const existing = recordKey(['usmf', 'C-1'])
const noOptions = { idempotencyKey: null, expectedRevision: null, timeoutMs: null, dryRun: false }
const refusal: WriteError = {
  code: 'RULE',
  message: 'The limit is above that of the group',
  path: ['input', 'creditLimit'],
  system: 'ERP',
  table: 'Customers',
  column: 'Limit',
  retryable: false,
}

describe('a mutation', () => {
  it('is one entity write, with the input as it was given', async () => {
    const { writes } = await runUnified(
      {},
      `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input, options: {idempotencyKey: "k", timeoutMs: 50}) { id } }`,
      { input: { company: 'usmf', creditLimit: '5.00', group: { code: 'RETAIL' }, onHold: 'ALL', openedOn: null } },
    )
    expect(writes).toEqual([
      {
        entity: 'Customer',
        operation: 'CREATE',
        id: null,
        input: { company: 'usmf', creditLimit: '5.00', group: { code: 'RETAIL' }, onHold: 'ALL', openedOn: null },
        actor: 'ada',
        options: { ...noOptions, idempotencyKey: 'k', timeoutMs: 50 },
      },
    ])
  })

  it.each([
    [
      'createCustomerGroup(input: {code: "A"})',
      { entity: 'CustomerGroup', operation: 'CREATE', id: null, input: { code: 'A' } },
    ],
    [
      'updateCustomerGroup(id: "1", input: {title: null})',
      { entity: 'CustomerGroup', operation: 'UPDATE', id: '1', input: { title: null } },
    ],
    ['upsertCustomer(input: {name: "A"})', { entity: 'Customer', operation: 'UPSERT', id: null, input: { name: 'A' } }],
    ['deleteCustomer(id: "1")', { entity: 'Customer', operation: 'DELETE', id: '1', input: {} }],
  ])('%s says what to write', async (field, write) => {
    const { writes } = await runUnified({}, `mutation { ${field} { id } }`)
    expect(writes).toEqual([{ ...write, actor: 'ada', options: noOptions }])
  })

  it('takes options that are null as not given', async () => {
    const { writes } = await runUnified(
      {},
      'mutation { deleteCustomer(id: "1", options: {dryRun: null, timeoutMs: null}) { id } }',
    )
    expect(writes[0]?.options).toEqual(noOptions)
  })

  it('is carried out after the one before it', async () => {
    const { writes } = await runUnified(
      {},
      'mutation { b: deleteCustomer(id: "2") { id } a: deleteCustomer(id: "1") { id } }',
    )
    expect(writes.map((write) => write.id)).toEqual(['2', '1'])
  })

  it('answers with the record, its id and its transaction', async () => {
    const { data } = await runUnified(
      {},
      'mutation { createCustomer(input: {}) { customer { id } id transaction { id state startedAt decidedAt completedAt } errors { code } } }',
    )
    expect(data.createCustomer).toEqual({
      customer: { id: customerId(1) },
      id: customerId(1),
      transaction: {
        id: 't1',
        state: 'COMMITTED',
        startedAt: '1970-01-01T00:00:01.000Z',
        decidedAt: '1970-01-01T00:00:02.000Z',
        completedAt: null,
      },
      errors: [],
    })
  })

  it('answers with every reason of a refusal', async () => {
    const outcome = {
      id: null,
      transaction: null,
      errors: [refusal, { ...refusal, system: null, code: 'REQUIRED' as const }],
    }
    const { data } = await runUnified(
      { outcome },
      'mutation { updateCustomer(id: "1", input: {}) { transaction { id } errors { code message path system table column retryable } } }',
    )
    expect(data.updateCustomer).toEqual({ transaction: null, errors: outcome.errors })
  })
})

describe('the record in the answer to a write', () => {
  const refused = { ...done, transaction: transactionView('t1', { state: 'REVERTED' }), errors: [refusal] }
  const unchanged = { ...done, transaction: null }
  const shown = { id: customerId(1) }

  it.each<[string, string, World, object | null]>([
    ['shown after a create', 'createCustomer(input: {})', { outcome: done }, shown],
    ['gone after a delete', 'deleteCustomer(id: "1")', { outcome: done, held: [existing] }, null],
    [
      'shown after a refused update',
      'updateCustomer(id: "1", input: {})',
      { outcome: refused, held: [existing] },
      shown,
    ],
    ['shown after a refused delete', 'deleteCustomer(id: "1")', { outcome: refused, held: [existing] }, shown],
    ['not there after a refused create', 'createCustomer(input: {})', { outcome: refused }, null],
    [
      'shown where nothing was to be changed',
      'updateCustomer(id: "1", input: {})',
      { outcome: unchanged, held: [existing] },
      shown,
    ],
    [
      'not there after a create was tried out',
      'createCustomer(input: {}, options: {dryRun: true})',
      { outcome: done },
      null,
    ],
    [
      'shown after a delete was tried out',
      'deleteCustomer(id: "1", options: {dryRun: true})',
      { outcome: done, held: [existing] },
      shown,
    ],
    ['not there without an id', 'createCustomer(input: {})', { outcome: { ...refused, id: null } }, null],
  ])('is %s', async (_, field, world, customer) => {
    const { data } = await runUnified(world, `mutation { answer: ${field} { customer { id } } }`)
    expect(data.answer.customer).toEqual(customer)
  })
})

describe('an entity in the unified subgraph', () => {
  it('is resolved by its id, with the state of both sides', async () => {
    const { data } = await runUnified(
      { held: [existing] },
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { id sync } } }',
      { of: [{ __typename: 'Customer', id: customerId(1) }] },
    )
    expect(data._entities).toEqual([{ id: customerId(1), sync: 'IN_STEP' }])
  })
  it('is so too where it is a part of another, though nobody writes it by itself', async () => {
    const id = encodeId('OrderLine', ['usmf', 'O-1', '1'])
    const { data } = await runUnified(
      { held: [recordKey(['usmf', 'O-1', 1])] },
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on OrderLine { id sync } } }',
      { of: [{ __typename: 'OrderLine', id }] },
    )
    expect(data._entities).toEqual([{ id, sync: 'IN_STEP' }])
  })
})
