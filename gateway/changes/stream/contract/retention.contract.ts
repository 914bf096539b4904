/** What a stream no longer keeps, and how those are told who still wanted it. */

import { describe, expect, it } from 'vitest'
import type { ChangeStream, Retention } from '../stream.ts'
import { end, freshStream, kept, NOW, names, type Open, page, published } from './opened.contract.ts'

const FOR_EVER = { ageMsMax: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER, now: NOW }

export function retentionContract(open: Open): void {
  const on = freshStream(open)

  /** Drops until nothing is left to drop; how many entries went. */
  const drop = async (stream: ChangeStream, retention: Partial<Retention>): Promise<number> => {
    let entries = 0
    for (let isDone = false; !isDone; ) {
      const dropped = await stream.drop({ ...FOR_EVER, ...retention })
      entries += dropped.entries
      isDone = dropped.isDone
    }
    return entries
  }

  it('keeps everything within the limits', async () => {
    await published(on.one, 'CRM', 3)
    expect(await drop(on.one, {})).toBe(0)
    expect(await drop(on.one, { ageMsMax: 0 })).toBe(0)
    expect(await kept(on.other)).toEqual(['CRM 1', 'CRM 2', 'CRM 3'])
  })

  it('drops what was appended too long ago, by the clock it is given', async () => {
    await published(on.one, 'CRM', 2, NOW)
    await published(on.one, 'CRM', 2, NOW + 1_000)
    expect(await drop(on.other, { ageMsMax: 1_000, now: NOW + 1_001 })).toBe(2)
    expect(await kept(on.one)).toEqual(['CRM 3', 'CRM 4'])
    expect(await drop(on.other, { ageMsMax: 1_000, now: NOW + 2_001 })).toBe(2)
    expect(await kept(on.one)).toEqual([])
  })

  it('drops from the oldest on only, whatever the clocks of those who append', async () => {
    await published(on.one, 'CRM', 1, NOW + 5_000)
    await published(on.other, 'CRM', 1, NOW)
    expect(await drop(on.one, { ageMsMax: 1_000, now: NOW + 3_000 })).toBe(0)
    expect(await drop(on.one, { ageMsMax: 1_000, now: NOW + 6_001 })).toBe(2)
  })

  it('drops what is too much', async () => {
    await published(on.one, 'CRM', 4)
    const { entries } = await page(on.one, 'OLDEST')
    const lastTwo = entries.slice(2).reduce((sum, { bytes }) => sum + bytes, 0)
    expect(await drop(on.one, { bytesMax: lastTwo })).toBe(2)
    expect(await drop(on.one, { bytesMax: lastTwo })).toBe(0)
    expect(await kept(on.other)).toEqual(['CRM 3', 'CRM 4'])
    expect(await drop(on.one, { bytesMax: lastTwo - 1 })).toBe(1)
    expect(await drop(on.one, { bytesMax: 0 })).toBe(1)
    expect(await kept(on.other)).toEqual([])
  })

  it('drops any number, step by step', async () => {
    await published(on.one, 'CRM', 5_000)
    expect(await drop(on.one, { bytesMax: 0 })).toBe(5_000)
    expect(await kept(on.one)).toEqual([])
  })

  describe('of entries that a reader', () => {
    it('had still to read: tells it, and where to begin instead', async () => {
      await published(on.one, 'CRM', 3)
      const { entries, next } = await page(on.one, 'OLDEST')
      await drop(on.other, { bytesMax: 0 })
      await published(on.other, 'CRM', 1)
      for (const { position } of entries.slice(0, -1)) {
        const answer = await on.one.read({ from: { after: position }, entriesMax: 10, bytesMax: 10_000 })
        expect(answer).toEqual({ read: 'EXPIRED', oldest: next })
      }
      expect(names((await page(on.one, { after: next })).entries)).toEqual(['CRM 4'])
      expect(names((await page(on.one, 'OLDEST')).entries)).toEqual(['CRM 4'])
    })

    it('has read: lets it go on without a gap', async () => {
      const start = await end(on.one)
      await published(on.one, 'CRM', 2)
      const { next } = await page(on.one, { after: start })
      await drop(on.one, { bytesMax: 0 })
      expect(await page(on.one, { after: next })).toMatchObject({ entries: [], hasMore: false })
      expect(await on.one.read({ from: { after: start }, entriesMax: 1, bytesMax: 1 })).toMatchObject({
        read: 'EXPIRED',
      })
    })
  })

  it('gives no position twice, and forgets nothing of the relay', async () => {
    await published(on.one, 'CRM', 3)
    const before = (await page(on.one, 'OLDEST')).entries.map(({ position }) => position)
    await drop(on.one, { bytesMax: 0 })
    await on.reopen()
    expect(await on.one.relay()).toMatchObject({ version: 1, progress: { CRM: { through: 3, ahead: [] } } })
    await published(on.one, 'CRM', 1)
    const after = (await page(on.one, 'OLDEST')).entries.map(({ position }) => position)
    expect(after).toHaveLength(1)
    expect(before).not.toContain(after[0])
  })
}
