import type { GraphQLResponse } from '@apollo/server'
import { HeaderMap } from '@apollo/server'
import { describe, expect, it } from 'vitest'
import { customerId } from '../../../test/graph/sample-graph.ts'
import { sampleMapSet } from '../../../test/graph/sample-maps.ts'
import { EVERYTHING } from '../../changes/feed/told.fixture.ts'
import { Silence } from '../../coordinator/silence.ts'
import { createSnapshotSource } from './snapshots.ts'

type Answer = Extract<GraphQLResponse['body'], { kind: 'single' }>['singleResult']

/** A source over a graph that gives one answer, and what it is asked. */
function sourceOver(singleResult: Answer) {
  const asked: object[] = []
  const source = createSnapshotSource(sampleMapSet, { pageSizeMax: 100 }, async ({ variables }) => {
    asked.push(variables)
    return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult } }
  })
  return { asked, source }
}

const SIZE = { rowsMax: 10, bytesMax: 1_000 }

const page = (node: object) => ({
  data: { records: { edges: [{ cursor: 'at 1', node }], pageInfo: { hasNextPage: true, endCursor: 'next' } } },
})
const failing = (code: string) => ({
  ...page({ id: customerId(1), revision: 1 }),
  errors: [{ message: 'The ERP does not answer.', extensions: { code } }],
})

describe('a chunk of a snapshot', () => {
  it('is a page of the list, with references as ids and empty fields as null', async () => {
    const { source, asked } = sourceOver(
      page({ id: customerId(1), revision: 3, company: 'usmf', number: 'C-1', group: { id: 'g' }, name: null }),
    )
    expect(
      await source.chunk('Customer', { ...EVERYTHING, ids: [customerId(1)] }, 'after', {
        rowsMax: 1_000,
        bytesMax: 1_000,
      }),
    ).toEqual({
      rows: [
        {
          entity: 'Customer',
          id: customerId(1),
          company: 'usmf',
          revision: 3,
          record: {
            company: 'usmf',
            number: 'C-1',
            name: null,
            creditLimit: null,
            group: 'g',
            onHold: null,
            openedOn: null,
            accountId: null,
            taxGroup: null,
          },
        },
      ],
      next: 'next',
    })
    expect(asked).toEqual([{ filter: { and: [{ id: { in: [customerId(1)] } }] }, first: 100, after: 'after' }])
  })

  it('ends before the first row that is too large for it, and where that comes first after it', async () => {
    const edges = ['short', 'l'.repeat(2_000), 'short'].map((name, index) => ({
      cursor: `at ${index}`,
      node: { id: customerId(index), revision: 1, name },
    }))
    const cut = async (skipped: number) => {
      const pageInfo = { hasNextPage: false, endCursor: 'at 2' }
      const { source } = sourceOver({ data: { records: { edges: edges.slice(skipped), pageInfo } } })
      const { rows, next } = await source.chunk('Customer', EVERYTHING, null, SIZE)
      return [rows.map(({ id }) => id), next]
    }
    expect(await cut(0)).toEqual([[customerId(0)], 'at 0'])
    expect(await cut(1)).toEqual([[customerId(1)], 'at 1'])
    expect(await cut(2)).toEqual([[customerId(2)], null])
  })

  it('is empty, without a look, where nothing can match', async () => {
    const { source, asked } = sourceOver({})
    expect(await source.chunk('Customer', { ...EVERYTHING, ids: [] }, null, SIZE)).toEqual({ rows: [], next: null })
    expect(asked).toEqual([])
  })

  it('fails as a whole where a system does not answer, though the other does', async () => {
    const { source } = sourceOver(failing('SYSTEM_UNAVAILABLE'))
    await expect(source.chunk('Customer', EVERYTHING, null, SIZE)).rejects.toThrow(
      new Silence('The ERP does not answer.'),
    )
  })

  it('fails as a whole where anything else goes wrong', async () => {
    const { source } = sourceOver(failing('INTERNAL_SERVER_ERROR'))
    await expect(source.chunk('Customer', EVERYTHING, null, SIZE)).rejects.toThrow('A snapshot of Customer failed')
  })
})
