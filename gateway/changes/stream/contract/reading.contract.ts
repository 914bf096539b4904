/** How a stream is read: from anywhere in it, page by page, without a gap. */

import { describe, expect, it } from 'vitest'
import {
  appended,
  change,
  end,
  freshStream,
  kept,
  leased,
  names,
  type Open,
  page,
  published,
} from './opened.contract.ts'

export function readingContract(open: Open): void {
  const on = freshStream(open)

  it('gives an empty page of an empty stream, and goes on from there', async () => {
    const empty = await page(on.one, 'OLDEST')
    expect(empty).toMatchObject({ entries: [], hasMore: false, next: empty.newest })
    expect(await page(on.one, 'NEWEST')).toEqual(empty)
    await published(on.other, 'CRM', 2)
    expect(names((await page(on.one, { after: empty.next })).entries)).toEqual(['CRM 1', 'CRM 2'])
  })

  it('begins with the oldest, after the newest, or after any entry', async () => {
    await published(on.one, 'CRM', 3)
    const { entries, next } = await page(on.other, 'OLDEST')
    expect(names(entries)).toEqual(['CRM 1', 'CRM 2', 'CRM 3'])
    for (const [index, { position }] of entries.entries()) {
      const rest = await page(on.other, { after: position })
      expect(rest.entries).toEqual(entries.slice(index + 1))
    }
    expect(await page(on.other, 'NEWEST')).toMatchObject({ entries: [], next })
    expect(entries.at(-1)?.position).toBe(next)
  })

  it('tells where a page begins, so that it can be read again', async () => {
    expect((await page(on.one, 'OLDEST')).start).toBe(await end(on.one))
    await published(on.one, 'CRM', 3)
    const first = await page(on.one, 'OLDEST', { entriesMax: 2 })
    expect(await page(on.other, { after: first.start }, { entriesMax: 2 })).toEqual(first)
    expect((await page(on.one, { after: first.next })).start).toBe(first.next)
  })

  it('gives every entry a position of its own', async () => {
    await published(on.one, 'CRM', 5)
    await published(on.other, 'ERP', 5)
    const { entries } = await page(on.one, 'OLDEST')
    const positions = entries.map(({ position }) => position)
    expect(new Set(positions).size).toBe(10)
    expect(positions.every((position) => /^\S+$/.test(position))).toBe(true)
  })

  it('gives what is read the same order for all, whoever appended it', async () => {
    await Promise.all([published(on.one, 'CRM', 20), published(on.other, 'ERP', 20)])
    const all = await kept(on.one)
    expect(all).toHaveLength(40)
    expect(await kept(on.other)).toEqual(all)
    await on.reopen()
    expect(await kept(on.one)).toEqual(all)
  })

  it('bounds a page by entries, and tells whether more follow', async () => {
    await published(on.one, 'CRM', 5)
    const first = await page(on.one, 'OLDEST', { entriesMax: 2 })
    expect([names(first.entries), first.hasMore]).toEqual([['CRM 1', 'CRM 2'], true])
    const second = await page(on.one, { after: first.next }, { entriesMax: 3 })
    expect([names(second.entries), second.hasMore]).toEqual([['CRM 3', 'CRM 4', 'CRM 5'], false])
    expect(first.newest).toBe(second.newest)
  })

  describe('with a limit in bytes', () => {
    it('gives as many entries as fit', async () => {
      await published(on.one, 'CRM', 4)
      const [a = 0, b = 0, c = 0] = (await page(on.one, 'OLDEST')).entries.map(({ bytes }) => bytes)
      expect(names((await page(on.one, 'OLDEST', { bytesMax: a + b })).entries)).toEqual(['CRM 1', 'CRM 2'])
      expect(names((await page(on.one, 'OLDEST', { bytesMax: a + b - 1 })).entries)).toEqual(['CRM 1'])
      const { next } = await page(on.one, 'OLDEST', { entriesMax: 1 })
      expect(names((await page(on.one, { after: next }, { bytesMax: b + c })).entries)).toEqual(['CRM 2', 'CRM 3'])
    })

    it('gives one that is larger alone, so that nobody is stuck before it', async () => {
      const changes = [change('A'), change('B', { note: 'ß'.repeat(10_000) }), change('C')]
      await appended(on.one, await leased(on.one), { changes })
      const pages: (readonly string[])[] = []
      for (let from: Parameters<typeof page>[1] = 'OLDEST', hasMore = true; hasMore; ) {
        const read = await page(on.other, from, { bytesMax: 500 })
        pages.push(names(read.entries))
        from = { after: read.next }
        hasMore = read.hasMore
      }
      expect(pages).toEqual([['A'], ['B'], ['C']])
    })
  })

  it('refuses a page of no entries', async () => {
    await expect(on.one.read({ from: 'OLDEST', entriesMax: 0, bytesMax: 1 })).rejects.toThrow(RangeError)
  })

  describe('tells a position that was never given out', () => {
    const reading = (after: string) => on.one.read({ from: { after }, entriesMax: 1, bytesMax: 1 })

    it('where it is made up', async () => {
      const position = await end(on.one)
      for (const text of ['', '0', '1', 'OLDEST', 'NEWEST', '$', ` ${position}`, `${position} `, `${position}.5`]) {
        expect(await reading(text)).toEqual({ read: 'INVALID' })
      }
    })

    it('where it is of another stream', async () => {
      const foreign = await on.foreign()
      await published(foreign, 'CRM', 2)
      await published(on.one, 'CRM', 2)
      const [first] = (await page(foreign, 'OLDEST')).entries
      expect(await reading(first?.position ?? '')).toEqual({ read: 'INVALID' })
      expect(await reading(await end(foreign))).toEqual({ read: 'INVALID' })
    })
  })
}
