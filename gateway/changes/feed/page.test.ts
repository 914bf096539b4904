import { describe, expect, it } from 'vitest'
import { cursorOf } from './cursor.ts'
import type { FeedRequest } from './feed.ts'
import { openedFeed } from './opened-feed.fixture.ts'
import { asItIs, changeOf, EVERYTHING, filterOf, worded } from './told.fixture.ts'

describe('A page of changes', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `${index}`)
  const holding = (count: number, limits = {}) => {
    const { feed, stream } = openedFeed({ limits })
    stream.append(...ids(count).map((id) => changeOf(id)))
    const page = async (first: number, request: Partial<FeedRequest> = {}) => {
      const { messages, ...rest } = await feed.page({ filter: EVERYTHING, from: 'OLDEST', ...request }, first)
      return { words: messages.map(worded), ...rest }
    }
    return { page, stream, feed }
  }

  it('holds so many messages at most, and tells where to go on and whether there is more', async () => {
    const { page } = holding(5)
    const first = await page(2)
    expect(first).toMatchObject({ words: ['0', '1'], hasMore: true })
    const second = await page(3, { from: { after: first.cursor } })
    expect(second).toMatchObject({ words: ['2', '3', '4'], hasMore: false })
    const last = await page(3, { from: { after: second.cursor } })
    expect(last).toEqual({ words: [], hasMore: false, cursor: second.cursor })
  })

  it('of a page that is full with the last change has no more behind it', async () => {
    expect(await holding(3).page(3)).toMatchObject({ words: ['0', '1', '2'], hasMore: false })
  })

  it('of the end is empty, with a cursor for what comes', async () => {
    const { page, stream } = holding(3)
    const { words, hasMore, cursor } = await page(10, { from: 'NEWEST' })
    expect([words, hasMore]).toEqual([[], false])
    stream.append(changeOf('next'))
    expect(await page(10, { from: { after: cursor } })).toMatchObject({ words: ['next'] })
  })

  it('of nothing begins where it was asked to', async () => {
    const { page } = holding(3)
    const { words, hasMore, cursor } = await page(0)
    expect([words, hasMore]).toEqual([[], true])
    expect(await page(1, { from: { after: cursor } })).toMatchObject({ words: ['0'] })
  })

  it('holds what matches, whatever lies between', async () => {
    const { page } = holding(1_000)
    const filter = filterOf({ ids: ['3', '500', '999'] })
    expect(await page(2, { filter })).toMatchObject({ words: ['3', '500'], hasMore: true })
    expect(await page(10, { filter })).toMatchObject({ words: ['3', '500', '999'], hasMore: false })
  })

  it('looks through a bounded part of the stream, and its cursor advances where nothing matched', async () => {
    for (const limits of [{ lookEntriesMax: 500 }, { lookBytesMax: 100_000 }]) {
      const { page, stream } = holding(3_000, limits)
      const filter = filterOf({ ids: ['2999'] })
      const words: string[] = []
      let pages = 0
      for (let from: FeedRequest['from'] = 'OLDEST', hasMore = true; hasMore; pages += 1) {
        const { reads } = stream
        const page_ = await page(10, { filter, from })
        expect(stream.reads - reads).toBeLessThanOrEqual(3)
        words.push(...page_.words)
        hasMore = page_.hasMore
        from = { after: page_.cursor }
      }
      expect(words).toEqual(['2999'])
      expect(pages).toBeGreaterThan(3)
    }
  })

  it('has the cursors that a subscription has', async () => {
    const { feed } = holding(3)
    const { messages } = await feed.page({ filter: EVERYTHING, from: 'OLDEST' }, 3)
    const live: unknown[] = []
    const from = { after: (await feed.page({ filter: EVERYTHING, from: 'OLDEST' }, 0)).cursor }
    for await (const message of feed.open(
      { filter: EVERYTHING, from, snapshot: false },
      new AbortController().signal,
      asItIs,
    )) {
      live.push(message)
      if (live.length === 4) break
    }
    expect(live.slice(1)).toEqual(messages)
  })

  it('cannot be read after a cursor of a snapshot that is not complete', async () => {
    const { page, stream } = holding(3)
    const snapshot = { filter: 'some', entity: 'Customer', after: null }
    const after = cursorOf({ position: stream.newest, snapshot })
    await expect(page(1, { from: { after } })).rejects.toMatchObject({ refusal: { code: 'CURSOR_INVALID' } })
  })
})
