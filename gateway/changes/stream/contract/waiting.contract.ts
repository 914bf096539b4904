/** How a reader learns of what comes next. */

import { describe, expect, it } from 'vitest'
import { follow } from '../follow.ts'
import type { ReadAnswer } from '../stream.ts'
import { end, freshStream, names, type Open, page, published } from './opened.contract.ts'

export function waitingContract(open: Open): void {
  const on = freshStream(open)
  const { signal: never } = new AbortController()

  it('returns at once where entries follow already', async () => {
    const position = await end(on.one)
    await published(on.one, 'CRM', 1)
    await on.one.waitBeyond(position, never)
  })

  it('returns when somebody appends, here or in another process', async () => {
    for (const stream of [on.one, on.other]) {
      const position = await end(on.one)
      const waited = on.one.waitBeyond(position, never)
      await published(stream, 'CRM', 1)
      await waited
      expect((await page(on.one, { after: position })).entries).toHaveLength(1)
    }
  })

  it('wakes all who wait', async () => {
    const position = await end(on.one)
    const waiting = Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? on.one : on.other).waitBeyond(position, never),
    )
    await published(await on.again(), 'ERP', 1)
    await Promise.all(waiting)
  })

  it('does not wait at a position of another stream, because a read will tell', async () => {
    await on.one.waitBeyond(await end(await on.foreign()), never)
  })

  it('ends when it is told to, with the reason given', async () => {
    const position = await end(on.one)
    const stop = new AbortController()
    const waiting = [on.one.waitBeyond(position, stop.signal), on.one.waitBeyond(position, stop.signal)]
    stop.abort(new Error('enough'))
    expect(await Promise.allSettled(waiting)).toMatchObject(
      waiting.map(() => ({ status: 'rejected', reason: { message: 'enough' } })),
    )
    await expect(on.one.waitBeyond(position, stop.signal)).rejects.toThrow('enough')
  })

  it('ends when the stream is closed', async () => {
    const position = await end(on.one)
    const waiting = expect(on.one.waitBeyond(position, never)).rejects.toMatchObject({ name: 'StoreClosed' })
    await on.one.close()
    await waiting
    await expect(on.one.waitBeyond(position, never)).rejects.toMatchObject({ name: 'StoreClosed' })
  })

  describe('a follower', () => {
    it('gets everything once and in order while many append', async () => {
      const stop = new AbortController()
      const followed: string[] = []
      const limits = { entriesMax: 7, bytesMax: 10_000, signal: stop.signal }
      const appending = Promise.all([published(on.one, 'CRM', 40), published(on.other, 'ERP', 40)])
      for await (const answer of follow(on.one, { from: 'OLDEST', ...limits })) {
        expect(answer.read).toBe('PAGE')
        if (answer.read === 'PAGE') followed.push(...names(answer.entries))
        if (followed.length === 80) stop.abort()
      }
      await appending
      expect(followed).toEqual(names((await page(on.other, 'OLDEST')).entries))
    })

    it('is told first where it begins, and ends in the middle of a wait when it is told to', async () => {
      const stop = new AbortController()
      const answers: ReadAnswer[] = []
      await published(on.one, 'CRM', 2)
      const newest = await end(on.one)
      const limits = { entriesMax: 7, bytesMax: 10_000, signal: stop.signal }
      for await (const answer of follow(on.one, { from: 'NEWEST', ...limits })) {
        answers.push(answer)
        queueMicrotask(() => stop.abort())
      }
      expect(answers).toMatchObject([{ read: 'PAGE', entries: [], next: newest }])
    })

    it('that is slower than the retention is told so, and ends', async () => {
      const answers: ReadAnswer['read'][] = []
      const limits = { entriesMax: 1, bytesMax: 10_000, signal: never }
      await published(on.one, 'CRM', 3)
      for await (const answer of follow(on.one, { from: 'OLDEST', ...limits })) {
        answers.push(answer.read)
        await on.other.drop({ ageMsMax: 0, bytesMax: 0, now: 0 })
      }
      expect(answers).toEqual(['PAGE', 'EXPIRED'])
    })
  })

  it('answers what was asked before it is closed and nothing after, and closes as often as it is told to', async () => {
    const asked = on.one.acquire({ holder: 'first', instead: null })
    await on.one.close()
    await on.one.close()
    expect(await asked).toMatchObject({ acquire: 'GRANTED' })
    await expect(on.one.relay()).rejects.toMatchObject({ name: 'StoreClosed' })
    await expect(page(on.one, 'OLDEST')).rejects.toMatchObject({ name: 'StoreClosed' })
    expect(await on.other.relay()).toMatchObject({ holder: 'first' })
  })
}
