import { describe, expect, it } from 'vitest'
import { recordKey } from '../../../schema/record-key.ts'
import { transactionView } from '../../../test/graph/sample-graph.ts'
import { runUnified } from '../../../test/graph/sample-unified.ts'

const existing = recordKey(['usmf', 'C-1'])

describe('transactions', () => {
  const withLegs = transactionView('t1', {
    actor: 'ada',
    legs: [
      {
        system: 'ERP',
        mode: 'SYNC',
        state: 'ABORTED',
        attempts: 2,
        lastError: 'no',
        writes: [
          {
            operation: 'UPDATE',
            table: 'Customers',
            key: existing,
            before: { Limit: '1.00' },
            after: { Limit: '2.00' },
            base: { revision: 3, transaction: null },
            revision: 4,
          },
        ],
      },
    ],
  })

  it('show their legs, down to the native records', async () => {
    const { data } = await runUnified(
      { transactions: [withLegs] },
      `{ transaction(id: "t1") { actor origin legs { system mode state attempts lastError
           writes { operation table key before after baseRevision revision } } } }`,
    )
    expect(data.transaction).toEqual({
      actor: 'ada',
      origin: 'GRAPH',
      legs: [
        {
          system: 'ERP',
          mode: 'SYNC',
          state: 'ABORTED',
          attempts: 2,
          lastError: 'no',
          writes: [
            {
              operation: 'UPDATE',
              table: 'Customers',
              key: ['usmf', 'C-1'],
              before: { Limit: '1.00' },
              after: { Limit: '2.00' },
              baseRevision: 3,
              revision: 4,
            },
          ],
        },
      ],
    })
  })

  it('are null where there is none of the id', async () => {
    expect((await runUnified({}, '{ transaction(id: "t9") { id } }')).data).toEqual({ transaction: null })
  })

  it('are listed page by page', async () => {
    const transactions = [transactionView('t2', { startedAt: 2 }), transactionView('t1', { startedAt: 1 })]
    const query = `query ($after: String) { transactions(first: 1, after: $after, filter: {state: COMMITTED, origin: GRAPH}) {
      edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
    const first = (await runUnified({ transactions }, query)).data.transactions
    expect(first.edges).toEqual([{ cursor: first.pageInfo.endCursor, node: { id: 't2' } }])
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    const second = (await runUnified({ transactions }, query, { after: first.pageInfo.endCursor })).data.transactions
    expect(second.edges.map((edge: { node: unknown }) => edge.node)).toEqual([{ id: 't1' }])
  })

  it('refuse a cursor that no list gave', async () => {
    const { errors } = await runUnified({}, '{ transactions(after: "x") { edges { cursor } } }')
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argumentName: 'after' })
  })
})
