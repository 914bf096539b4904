import { describe, expect, it } from 'vitest'
import type { WriteError } from '../../../schema/caller-view.ts'
import { recordKey } from '../../../schema/record-key.ts'
import { customerId, transactionView } from '../../../test/graph/sample-graph.ts'
import { runUnified, type World } from '../../../test/graph/sample-unified.ts'

const noOptions = { idempotencyKey: null, expectedRevision: null, timeoutMs: null, dryRun: false }

const transact = (operations: string, options = '', world: World = {}) =>
  runUnified(
    world,
    `mutation { transact(operations: [${operations}]${options === '' ? '' : `, options: {${options}}`}) {
      results { as entity id } transaction { id state legs { writes { table } } } errors { code message path }
    } }`,
  )

describe('a transaction of many records', () => {
  it('holds every operation in the order given, each with its place in the arguments', async () => {
    const { transacts, writes } = await transact(`
      {as: "new", createCustomer: {input: {company: "usmf", group: {as: "group"}}}}
      {updateCustomer: {id: "1", input: {name: null}, expectedRevision: 3}}
      {upsertPerson: {input: {number: "P-1"}, expectedRevision: 0}}
      {deleteCustomerGroup: {id: "2", expectedRevision: null}}
    `)
    const [create, update, upsert, remove] = transacts[0]?.operations ?? []
    expect(create).toEqual({
      entity: 'Customer',
      operation: 'CREATE',
      id: null,
      input: { company: 'usmf', group: { as: 'group' } },
      as: 'new',
      expectedRevision: null,
      at: ['operations', '0', 'createCustomer'],
    })
    expect(update).toEqual({
      entity: 'Customer',
      operation: 'UPDATE',
      id: '1',
      input: { name: null },
      as: null,
      expectedRevision: 3,
      at: ['operations', '1', 'updateCustomer'],
    })
    expect(upsert).toMatchObject({ entity: 'Person', operation: 'UPSERT', expectedRevision: 0, as: null })
    expect(remove).toEqual({
      entity: 'CustomerGroup',
      operation: 'DELETE',
      id: '2',
      input: {},
      as: null,
      expectedRevision: null,
      at: ['operations', '3', 'deleteCustomerGroup'],
    })
    expect([transacts.length, writes]).toEqual([1, []])
  })

  it('takes a whole with its parts, and a reference with the entity that it is to', async () => {
    const { transacts } = await transact(`
      {createOrder: {input: {buyer: {as: "who", type: PERSON}, lines: [{item: "A", quantity: "2.00"}, {lineNumber: 7}]}}}
      {updateOrder: {id: "1", input: {lines: {update: [{lineNumber: 1, item: "B"}], delete: [2, 3]}}}}
    `)
    expect(transacts[0]?.operations.map(({ input }) => input)).toEqual([
      { buyer: { as: 'who', type: 'PERSON' }, lines: [{ item: 'A', quantity: '2.00' }, { lineNumber: 7 }] },
      { lines: { update: [{ lineNumber: 1, item: 'B' }], delete: [2, 3] } },
    ])
  })

  it('is carried out as one caller asks, with the options given', async () => {
    const { transacts } = await transact('{deleteCustomer: {id: "1"}}', 'idempotencyKey: "k", timeoutMs: 50')
    expect(transacts[0]).toMatchObject({ actor: 'ada', options: { ...noOptions, idempotencyKey: 'k', timeoutMs: 50 } })
  })

  it('answers with each operation’s record, in their order', async () => {
    const transacted = { ids: [customerId(1), null], transaction: transactionView('t1'), errors: [] }
    const operations = '{as: "one", createCustomer: {input: {}}} {createPerson: {input: {}}}'
    const { data } = await transact(operations, '', { transacted })
    expect(data.transact).toEqual({
      results: [
        { as: 'one', entity: 'Customer', id: customerId(1) },
        { as: null, entity: 'Person', id: null },
      ],
      transaction: { id: 't1', state: 'COMMITTED', legs: [] },
      errors: [],
    })
  })

  it('answers with every reason of a refusal', async () => {
    const error: WriteError = {
      code: 'REQUIRED',
      message: 'Give a name',
      path: ['operations', '0', 'createCustomer', 'input', 'name'],
      system: null,
      table: null,
      column: null,
      retryable: false,
    }
    const transacted = { ids: [null], transaction: null, errors: [error] }
    const { data } = await transact('{createCustomer: {input: {}}}', '', { transacted })
    const { code, message, path } = error
    expect(data.transact).toEqual({
      results: [{ as: null, entity: 'Customer', id: null }],
      transaction: null,
      errors: [{ code, message, path }],
    })
  })

  it('shows the records of a leg as its system keeps them, and those of a dry run as they were planned', async () => {
    const withTable = (table: string) => transactionView('t1', { legs: [legOver(table)] })
    const world = {
      transacted: { ids: [], transaction: withTable('planned'), errors: [] },
      transactions: [withTable('kept')],
    }
    const kept = await transact('{deleteCustomer: {id: "1"}}', '', world)
    expect(kept.data.transact.transaction.legs).toEqual([{ writes: [{ table: 'kept' }] }])
    const planned = await transact('{deleteCustomer: {id: "1"}}', 'dryRun: true', world)
    expect(planned.data.transact.transaction.legs).toEqual([{ writes: [{ table: 'planned' }] }])
  })
})

describe('a malformed transaction of many records', () => {
  it.each([
    ['no operation', '{as: "a"}', 'none'],
    ['an operation that is null', '{createCustomer: null}', 'none'],
    ['two operations', '{createCustomer: {input: {}}, deletePerson: {id: "1"}}', '2: createCustomer, deletePerson'],
  ])('is not begun for %s in one element', async (_, element, found) => {
    const { data, transacts } = await transact(`{deleteCustomer: {id: "1"}} ${element}`)
    expect(transacts).toEqual([])
    expect(data.transact).toEqual({
      results: [],
      transaction: null,
      errors: [
        {
          code: 'VALIDATION',
          message: `Give exactly one operation in each element of \`operations\`; this one has ${found}`,
          path: ['operations', '1'],
        },
      ],
    })
  })

  it('is not begun for a revision of the whole, as each operation has its own', async () => {
    const { data, transacts } = await transact('{deleteCustomer: {id: "1"}}', 'expectedRevision: 1')
    expect(transacts).toEqual([])
    expect(data.transact).toMatchObject({
      transaction: null,
      errors: [{ code: 'VALIDATION', path: ['options', 'expectedRevision'] }],
    })
  })

  it('is told every fault at once', async () => {
    const { data } = await transact('{} {deleteCustomer: {id: "1"}} {as: "a"}', 'expectedRevision: 1')
    expect(data.transact.errors.map(({ path }: WriteError) => path)).toEqual([
      ['options', 'expectedRevision'],
      ['operations', '0'],
      ['operations', '2'],
    ])
  })
})

function legOver(table: string) {
  return {
    system: 'ERP',
    mode: 'SYNC',
    state: 'COMMITTED',
    attempts: 1,
    lastError: null,
    writes: [
      {
        operation: 'DELETE',
        table,
        key: recordKey(['usmf', 'C-1']),
        before: {},
        after: null,
        base: { revision: 1, transaction: null },
        revision: 2,
      },
    ],
  } as const
}
