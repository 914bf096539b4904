import { describe, expect, it } from 'vitest'
import { StoreFailed } from '../../../schema/process/store-faults.ts'
import type { Position } from '../stream/stream.ts'
import type { StreamPage } from './reading.ts'
import { RememberedStream } from './remembered-stream.fixture.ts'
import { SharedPages } from './shared-pages.ts'
import { changes, numbered } from './told.fixture.ts'

/** A stream of so many entries, read in pages of four; `pageAfter(n)` asks for what follows the first `n`. */
function holding(count: number) {
  const stream = new RememberedStream()
  const origin = stream.newest
  stream.append(...numbered(count))
  const pages = new SharedPages(stream, { entriesMax: 4, bytesMax: 1_000_000 })
  const placeAfter = (number: number): Position => stream.entries[number - 1]?.position ?? origin
  return { stream, pages, placeAfter, pageAfter: (number: number) => pages.after(placeAfter(number)) }
}

const ids = ({ entries }: StreamPage) => entries.map(({ change }) => change.id)

describe('Subscribers that read by themselves', () => {
  it('share a page, so that each change of it is one message to all of them, whether they ask at once or later', async () => {
    const { stream, pageAfter } = holding(10)
    const [one, other] = await Promise.all([pageAfter(0), pageAfter(0)])
    expect(one).toBe(other)
    expect(await pageAfter(0)).toBe(one)
    expect([ids(one), stream.reads]).toEqual([['0', '1', '2', '3'], 1])
  })

  it('share the rest of a page that they stand within, and go on with the same next one', async () => {
    const { stream, pageAfter } = holding(10)
    const [whole, rest] = [await pageAfter(0), await pageAfter(3)]
    expect(rest).toMatchObject({ start: whole.entries[2]?.position, next: whole.next, hasMore: true })
    expect(rest.entries).toEqual([whole.entries[3]])
    expect(rest.entries[0]).toBe(whole.entries[3])
    expect(ids(await pageAfter(4))).toEqual(['4', '5', '6', '7'])
    expect(stream.reads).toBe(2)
  })

  it('share the last page, too, and read at its end anew, for there may be more by now', async () => {
    const { stream, pageAfter } = holding(6)
    expect([ids(await pageAfter(4)), ids(await pageAfter(5)), ids(await pageAfter(6))]).toEqual([['4', '5'], ['5'], []])
    stream.append(...changes('later'))
    expect([ids(await pageAfter(4)), ids(await pageAfter(6))]).toEqual([['4', '5'], ['later']])
    expect(stream.reads).toBe(3)
  })

  it('share what is at hand also where one of them has to ask the stream itself', async () => {
    const { stream, pages, placeAfter, pageAfter } = holding(6)
    const first = await pageAfter(0)
    expect(await pages.anew('OLDEST')).toBe(first)
    expect((await pages.anew({ after: placeAfter(1) })).entries[0]).toBe(first.entries[1])
    expect(await pages.anew('NEWEST')).toMatchObject({ entries: [], start: stream.newest })
    expect(stream.reads).toBe(4)
  })

  it('share, where they ask what the stream answers now, the next read that begins after they have asked', async () => {
    const { stream, pages, placeAfter } = holding(6)
    const from = { after: placeAfter(2) }
    const first = pages.anew(from).finally(() => stream.drop(3))
    const later = await Promise.allSettled(Array.from({ length: 4 }, () => pages.anew(from)))
    expect(ids(await first)).toEqual(['2', '3', '4', '5'])
    const refused = { status: 'rejected', reason: { refusal: { code: 'CURSOR_EXPIRED' } } }
    expect(later).toMatchObject(Array.from({ length: 4 }, () => refused))
    expect(stream.reads).toBe(2)
    const before = pages.anew('NEWEST').finally(() => stream.append(...changes('later')))
    const after = [pages.anew('NEWEST'), pages.anew('NEWEST')] as const
    expect((await before).start).not.toBe(stream.newest)
    expect((await Promise.all(after)).map(({ start }) => start)).toEqual([stream.newest, stream.newest])
    expect(stream.reads).toBe(4)
  })

  it('ask again after a page that could not be read', async () => {
    const { stream, pageAfter } = holding(6)
    stream.failure = new StoreFailed('away')
    await expect(Promise.all([pageAfter(0), pageAfter(0)])).rejects.toThrow('away')
    stream.failure = null
    expect(ids(await pageAfter(0))).toHaveLength(4)
    expect(stream.reads).toBe(2)
  })

  it('keep few pages: the oldest is read anew', async () => {
    const { stream, pageAfter } = holding(36)
    for (let number = 0; number < 36; number += 4) await pageAfter(number)
    await pageAfter(32)
    await pageAfter(4)
    expect(stream.reads).toBe(9)
    await pageAfter(0)
    expect(stream.reads).toBe(10)
  })
})
