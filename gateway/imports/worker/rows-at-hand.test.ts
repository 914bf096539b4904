import { describe, expect, it } from 'vitest'
import { following, placeAfter, running, taking } from '../job/job.fixture.ts'
import type { Batch, Job } from '../job/job.ts'
import type { Place } from '../source/source.ts'
import { going, writing } from './read-row.fixture.ts'
import type { ReadRow } from './read-row.ts'
import { rowsAtHand } from './rows-at-hand.ts'

/** A source of these rows, which remembers from where it was read, and how many rows were. */
function sourceOf(rows: readonly ReadRow[]) {
  const begun: number[] = []
  let read = 0
  let open = 0
  const hand = rowsAtHand({
    async *rows(from: Place) {
      begun.push(from.rows)
      open += 1
      try {
        for (const row of rows.slice(from.rows)) {
          read += 1
          yield row
        }
      } finally {
        open -= 1
      }
    },
  })
  return { hand, begun, read: () => read, open: () => open }
}

const nine = Array.from({ length: 9 }, (_, at) => writing(at + 1))
const numbers = (rows: readonly ReadRow[]) => rows.map(({ row }) => row)

/** Of a job whose first rows are taken, so many in each batch. */
function openBatches(...sizes: readonly number[]): readonly Batch[] {
  const job = sizes.reduce<Job>(
    (before, size) => following(before, taking(before, before.taken.place.rows + size)),
    running(9),
  )
  return job.open
}

describe('The rows at hand', () => {
  it('are read on from where they were read to', async () => {
    const { hand, begun, read } = sourceOf(nine)
    expect(numbers(await hand.next(placeAfter(0), 3, 9))).toEqual([1, 2, 3])
    expect(numbers(await hand.next(placeAfter(3), 2, 6))).toEqual([4, 5])
    expect(begun).toEqual([0])
    expect(read()).toBeLessThanOrEqual(6)
  })

  it('are those that were read ahead, where fewer of them were taken', async () => {
    const { hand, begun } = sourceOf(nine)
    await hand.next(placeAfter(0), 5, 9)
    expect(numbers(await hand.next(placeAfter(2), 4, 7))).toEqual([3, 4, 5, 6])
    expect(begun).toEqual([0])
  })

  it('are read from another place only where that is asked for, and what was read before is let go', async () => {
    const { hand, begun, open } = sourceOf(nine)
    await hand.next(placeAfter(0), 2, 9)
    expect(numbers(await hand.next(placeAfter(6), 2, 3))).toEqual([7, 8])
    expect(numbers(await hand.next(placeAfter(1), 1, 8))).toEqual([2])
    expect([begun, open()]).toEqual([[0, 6, 1], 1])
    await hand[Symbol.asyncDispose]()
    expect(open()).toBe(0)
  })

  it('have with them those that go with the last one, and no more than there are', async () => {
    const { hand } = sourceOf([writing(1), going(2, 1), going(3, 1), writing(4), going(5, 4)])
    expect(numbers(await hand.next(placeAfter(0), 1, 5))).toEqual([1, 2, 3])
    expect(numbers(await hand.next(placeAfter(3), 9, 2))).toEqual([4, 5])
  })

  it('are fewer than there were where the file has changed', async () => {
    const { hand } = sourceOf(nine.slice(0, 4))
    await expect(hand.next(placeAfter(0), 9, 9)).rejects.toMatchObject({ fault: { code: 'SOURCE_CHANGED' } })
    const [, batch] = openBatches(3, 3)
    if (batch === undefined) throw new Error('no batch')
    await expect(hand.of(batch)).rejects.toMatchObject({ fault: { code: 'SOURCE_CHANGED' } })
  })

  it('of an open batch are kept until it ends, and then read again if they are asked for', async () => {
    const { hand, begun } = sourceOf(nine)
    const [first, second] = openBatches(2, 2)
    if (first === undefined || second === undefined) throw new Error('no batches')
    await hand.next(placeAfter(0), 4, 9)
    hand.keep([first, second])
    expect([numbers(await hand.of(first)), numbers(await hand.of(second))]).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(begun).toEqual([0])
    hand.keep([second])
    await hand.next(placeAfter(4), 1, 5)
    expect(numbers(await hand.of(second))).toEqual([3, 4])
    expect(begun).toEqual([0])
    expect(numbers(await hand.of(first))).toEqual([1, 2])
    expect(begun).toEqual([0, 0])
  })

  it('of a batch that another worker has sent are read from its place, and no further than its last row', async () => {
    const { hand, begun, read } = sourceOf(nine)
    const [, second] = openBatches(4, 2)
    if (second === undefined) throw new Error('no batches')
    expect(numbers(await hand.of(second))).toEqual([5, 6])
    expect([begun, read()]).toEqual([[4], 2])
  })

  it('tell what open batches touch', async () => {
    const { hand } = sourceOf([writing(1, 'a', ['x']), going(2, 1), writing(3, 'b'), writing(4, 'c')])
    expect(await hand.held(openBatches(2, 1))).toEqual({ writes: ['a', 'b'], refers: ['x'] })
    expect(await hand.held([])).toEqual({ writes: [], refers: [] })
  })

  const MEBIBYTE = 1024 * 1024
  const long = (row: number): ReadRow => ({
    ...writing(row),
    next: { ...placeAfter(row), byte: (row * MEBIBYTE) / 2 },
  })
  const endless = Array.from({ length: 100 }, (_, at) => long(at + 1))

  it('are fewer than were asked for where they are long', async () => {
    const { hand, begun, read } = sourceOf(endless)
    const first = await hand.next(placeAfter(0), 50, 100)
    expect(numbers(first)).toEqual([1, 2, 3, 4])
    expect(read()).toBeLessThanOrEqual(5)
    const place = first.at(-1)?.next ?? placeAfter(0)
    expect(numbers(await hand.next(place, 50, 96))).toEqual([5, 6, 7, 8])
    expect(begun).toEqual([0])
  })

  it('are as many as were asked for where they are one whole, which is refused where it is too large', async () => {
    const { hand } = sourceOf(endless)
    expect(await hand.next(placeAfter(0), 30, 100, true)).toHaveLength(30)
    await expect(hand.next(placeAfter(0), 50, 100, true)).rejects.toMatchObject({ fault: { code: 'TOO_LARGE' } })
  })

  it('of batches that wait are read again where they are long, but for what they touch', async () => {
    const { hand, begun } = sourceOf(endless)
    let job = running(100)
    const waits = { status: 'WAITING', notBefore: 0, reasons: [] } as const
    for (let taken = 4; taken <= 16; taken += 4) {
      const rows = await hand.next(job.taken.place, 50, 100)
      const to = rows.at(-1)?.next ?? job.taken.place
      job = following(job, { ...taking(job, to.rows), to })
      job = { ...job, open: job.open.map((batch) => ({ ...batch, sending: waits })) }
      hand.keep(job.open)
    }
    expect((await hand.held(job.open)).writes).toHaveLength(16)
    expect(begun).toEqual([0])
    const [first, , , last] = job.open
    if (first === undefined || last === undefined) throw new Error('no batches')
    expect(numbers(await hand.of(first))).toEqual([1, 2, 3, 4])
    expect(begun).toEqual([0])
    expect(numbers(await hand.of(last))).toEqual([13, 14, 15, 16])
    expect(begun).toEqual([0, 12])
  })
})
