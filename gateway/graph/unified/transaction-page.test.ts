import { describe, expect, it } from 'vitest'
import type { TransactionState, TransactionView } from '../../../schema/caller-view.ts'
import { coordinatorKnowing, transactionView } from '../../../test/graph/sample-graph.ts'
import { readTransactionPage, type TransactionFilter } from './transaction-page.ts'

const ALL: TransactionFilter = { state: null, origin: null, entityId: null }

/** Newest first, each a millisecond older than the one before. */
const views = (count: number, given: (index: number) => Partial<TransactionView> = () => ({})) =>
  Array.from({ length: count }, (_, index) =>
    transactionView(`t${index}`, { startedAt: 1_000 - index, ...given(index) }),
  )

const page = (
  known: readonly TransactionView[],
  filter: Partial<TransactionFilter>,
  first: number,
  after: string | null = null,
) => readTransactionPage(coordinatorKnowing(known), { filter: { ...ALL, ...filter }, first, after }, 100)

const ids = ({ edges }: Awaited<ReturnType<typeof page>>) => edges.map(({ view }) => view.id)

/** Every id, page after page. */
async function walk(known: readonly TransactionView[], filter: Partial<TransactionFilter>, first: number) {
  const seen: string[][] = []
  for (let after: string | null = null, more = true; more; ) {
    const next = await page(known, filter, first, after)
    seen.push(ids(next))
    more = next.hasNextPage
    after = next.endCursor
  }
  return seen
}

describe('pages of transactions', () => {
  it('follow each other without a gap or a repeat', async () => {
    expect(await walk(views(5), {}, 2)).toEqual([['t0', 't1'], ['t2', 't3'], ['t4']])
    expect(await walk(views(4), {}, 2)).toEqual([
      ['t0', 't1'],
      ['t2', 't3'],
    ])
    expect(await walk([], {}, 2)).toEqual([[]])
  })

  it('say where they lie', async () => {
    const first = await page(views(3), {}, 2)
    expect([first.hasPreviousPage, first.hasNextPage]).toEqual([false, true])
    const second = await page(views(3), {}, 2, first.endCursor)
    expect([second.hasPreviousPage, second.hasNextPage]).toEqual([true, false])
  })

  it('hold nothing where nothing is asked for', async () => {
    const none = await page(views(3), {}, 0)
    expect([none.edges, none.hasNextPage]).toEqual([[], true])
  })

  it('hold those of one state, though the systems’ rows cannot be searched by it', async () => {
    const known = views(9, (index) => ({ state: index % 4 === 0 ? 'COMMITTING' : 'COMMITTED' }))
    expect(await walk(known, { state: 'COMMITTING' }, 2)).toEqual([['t0', 't4'], ['t8']])
  })

  it('end early where a state is rare, and go on from there', async () => {
    const known = views(60, (index) => ({ state: index === 59 ? 'COMMITTING' : 'COMMITTED' }))
    const pages = await walk(known, { state: 'COMMITTING' }, 1)
    expect(pages.flat()).toEqual(['t59'])
    expect(pages[0]).toEqual([])
    expect(pages.length).toBeLessThan(10)
  })

  it('hold those of one origin and one record', async () => {
    const subject = { entity: 'Customer', id: 'c1' }
    const known = views(6, (index) => ({
      origin: index % 2 === 0 ? 'CRM' : 'ERP',
      subject: index < 3 ? subject : null,
    }))
    expect(await walk(known, { origin: 'CRM' }, 10)).toEqual([['t0', 't2', 't4']])
    expect(await walk(known, { origin: 'CRM', entityId: 'c1' }, 10)).toEqual([['t0', 't2']])
  })

  it.each<TransactionState>(['COMMITTED', 'REVERTED', 'PENDING', 'PREPARING', 'COMMITTING', 'REVERTING'])(
    'find a transaction that is %s',
    async (state) => {
      expect(
        ids(
          await page(
            views(1, () => ({ state })),
            { state },
            10,
          ),
        ),
      ).toEqual(['t0'])
    },
  )

  it.each([-1, 101])('cannot have %d transactions', async (first) => {
    await expect(page(views(1), {}, first)).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', argumentName: 'first' },
    })
  })

  it('refuse a cursor that is none, was altered, or belongs to another list', async () => {
    const { endCursor } = await page(views(3), { origin: 'GRAPH' }, 1)
    const altered = Buffer.from(String(Buffer.from(endCursor ?? '', 'base64url')).replace('1000', '2000')).toString(
      'base64url',
    )
    for (const [cursor, message] of [
      ['', 'not a cursor'],
      ['WzFd', 'not a cursor'],
      [altered, 'not a cursor'],
      [`${endCursor}A`, 'not a cursor'],
    ] as const) {
      await expect(page(views(3), { origin: 'GRAPH' }, 1, cursor)).rejects.toThrow(message)
    }
    await expect(page(views(3), { origin: 'ERP' }, 1, endCursor)).rejects.toThrow('another list')
  })
})
