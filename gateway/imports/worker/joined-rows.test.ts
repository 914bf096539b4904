import { describe, expect, it } from 'vitest'
import { FILE_START } from '../source/source.ts'
import { goesWith, joinedRows } from './joined-rows.ts'
import { type ReadRow, TOUCHES_NOTHING } from './read-row.ts'

type Input = Readonly<Record<string, unknown>>

const place = (row: number) => ({ row, next: { ...FILE_START, rows: row }, storedBytes: row })

function cells(row: number, record: string, input: Input): ReadRow {
  const write = { entity: 'SalesOrder', operation: 'UPSERT', id: null, input, expectedRevision: null } as const
  return {
    ...place(row),
    uploaded: { kind: 'CELLS', cells: [] },
    content: { kind: 'ENTITY', write, id: record, record, touches: { ...TOUCHES_NOTHING, writes: [record] } },
  }
}

async function joined(...rows: readonly ReadRow[]): Promise<readonly ReadRow[]> {
  const found: ReadRow[] = []
  const source = (async function* () {
    yield* rows
  })()
  for await (const row of joinedRows(source, ['lines'])) found.push(row)
  return found
}

const inputOf = ({ content }: ReadRow | undefined = cells(0, '', {})) =>
  content.kind === 'ENTITY' ? content.write.input : content.kind

const line = (row: number, record: string, product: string, more: Input = {}) =>
  cells(row, record, { number: record, lines: [{ product }], ...more })

describe('rows of parts of one record', () => {
  it('are one write with the parts of all, where they follow each other', async () => {
    const rows = await joined(
      line(1, 'S-1', 'a'),
      line(2, 'S-1', 'b', { memo: 'm' }),
      line(3, 'S-2', 'c'),
      line(4, 'S-1', 'd'),
    )
    expect(rows.map(inputOf)).toEqual([
      { number: 'S-1', memo: 'm', lines: [{ product: 'a' }, { product: 'b' }] },
      'WITH',
      { number: 'S-2', lines: [{ product: 'c' }] },
      { number: 'S-1', lines: [{ product: 'd' }] },
    ])
    expect(rows.map(goesWith)).toEqual([1, 1, 3, 4])
    expect(rows.map(({ next }) => next.rows)).toEqual([1, 2, 3, 4])
  })

  it('replace the parts there are, where the record is updated', async () => {
    const rows = await joined(
      cells(1, 'S-1', { lines: { replace: [{ product: 'a' }] } }),
      cells(2, 'S-1', { lines: { replace: [{ product: 'b' }] } }),
    )
    expect(inputOf(rows[0])).toEqual({ lines: { replace: [{ product: 'a' }, { product: 'b' }] } })
  })

  it('are all refused where they say different things of the record', async () => {
    const [first, second] = await joined(line(1, 'S-1', 'a', { memo: 'one' }), line(2, 'S-1', 'b', { memo: 'two' }))
    expect(first?.content).toMatchObject({ kind: 'FAULTY', reasons: [{ code: 'VALIDATION', field: 'memo' }] })
    expect(second?.content).toEqual({ kind: 'WITH', first: 1 })
  })

  const faultyRow = (row: number, among: string | null): ReadRow => {
    const reasons = [{ code: 'VALIDATION', field: 'quantity', system: null, message: 'quantity is no number' }]
    return { ...line(row, among ?? '', ''), content: { kind: 'FAULTY', reasons, among } }
  }
  const codes = (rows: readonly ReadRow[]) =>
    rows.map(({ content }) => (content.kind === 'FAULTY' ? content.reasons[0]?.code : content.kind))

  /** As they are looked for in other places of the file. */
  const recordsOf = (rows: readonly ReadRow[]) =>
    rows.map(({ content }) => (content.kind === 'FAULTY' ? content.among : content.kind))

  it('are still known to be of their record where they are refused', async () => {
    const rows = [line(1, 'S-1', 'a'), faultyRow(2, 'S-1'), line(3, 'S-2', 'a'), faultyRow(4, null)]
    expect(recordsOf(await joined(...rows))).toEqual(['S-1', 'S-1', 'S-2', null])
    const contrary = [line(1, 'S-1', 'a', { memo: 'one' }), line(2, 'S-1', 'b', { memo: 'two' })]
    expect(recordsOf(await joined(...contrary))).toEqual(['S-1', 'WITH'])
  })

  it('are all refused where one of them is at fault, so that none is lost when that one comes again', async () => {
    const rows = [line(1, 'S-1', 'a'), faultyRow(2, 'S-1'), line(3, 'S-1', 'c'), line(4, 'S-2', 'd')]
    expect(codes(await joined(...rows))).toEqual(['INCOMPLETE', 'VALIDATION', 'INCOMPLETE', 'ENTITY'])
  })

  it('are refused beside a row of which not even the record can be read, for it may be one of them', async () => {
    const rows = [line(1, 'S-1', 'a'), faultyRow(2, null), line(3, 'S-2', 'c'), line(4, 'S-3', 'd')]
    expect(codes(await joined(...rows))).toEqual(['INCOMPLETE', 'VALIDATION', 'INCOMPLETE', 'ENTITY'])
  })

  it('are all refused where they are too many, and none of them is held until the last is read', async () => {
    const count = 12_000
    let read = 0
    const source = (async function* () {
      for (; read < count; read += 1) yield line(read + 1, 'S-1', 'a')
      yield line(count + 1, 'S-2', 'b')
    })()
    const found: ReadRow[] = []
    let aheadMost = 0
    for await (const row of joinedRows(source, ['lines'])) {
      found.push(row)
      aheadMost = Math.max(aheadMost, read - row.row)
    }
    expect(new Set(codes(found.slice(0, count)))).toEqual(new Set(['TOO_LARGE']))
    expect(new Set(recordsOf(found.slice(0, count)))).toEqual(new Set(['S-1']))
    expect(codes(found.slice(count))).toEqual(['ENTITY'])
    expect(aheadMost).toBeLessThanOrEqual(5_000)
  })

  it('are all refused where they are too long', async () => {
    const long = (row: number): ReadRow => ({
      ...line(row, 'S-1', 'a'),
      next: { ...FILE_START, rows: row, byte: row * 1_000_000 },
    })
    const rows = Array.from({ length: 10 }, (_, at) => long(at + 1))
    expect(codes(await joined(...rows.slice(0, 8)))).toEqual(['ENTITY', ...Array.from({ length: 7 }, () => 'WITH')])
    expect(new Set(codes(await joined(...rows)))).toEqual(new Set(['TOO_LARGE']))
  })

  it('are not joined where they give no parts', async () => {
    const rows = [cells(1, 'S-1', { memo: 'a' }), cells(2, 'S-1', { memo: 'a' })]
    expect(await joined(...rows)).toEqual(rows)
  })
})
