/** Who may append: at most one, whatever others believe. */

import { describe, expect, it } from 'vitest'
import { appended, freshStream, kept, leased, next, type Open } from './opened.contract.ts'

export function leasesContract(open: Open): void {
  const on = freshStream(open)

  it('is free at first, and nothing is dealt with', async () => {
    const nothing = { through: 0, ahead: [] }
    expect(await on.one.relay()).toEqual({
      ...{ progress: { CRM: nothing, ERP: nothing }, version: 0, epoch: 0, holder: null, beat: 0 },
    })
  })

  it('is granted while it is free, and everybody is told', async () => {
    const { acquire, state } = await on.one.acquire({ holder: 'first', instead: null })
    expect([acquire, state]).toMatchObject(['GRANTED', { version: 0, epoch: 1, holder: 'first' }])
    expect(await on.other.relay()).toEqual(state)
  })

  it('is refused while it is held, and the asker is told by whom', async () => {
    await on.one.acquire({ holder: 'first', instead: null })
    const answer = await on.other.acquire({ holder: 'second', instead: null })
    expect(answer).toMatchObject({ acquire: 'HELD', state: { epoch: 1, holder: 'first' } })
  })

  it('is granted again to its holder, whose answer may have been lost', async () => {
    await on.one.acquire({ holder: 'first', instead: null })
    const answer = await on.one.acquire({ holder: 'first', instead: null })
    expect(answer).toMatchObject({ acquire: 'GRANTED', state: { epoch: 2, holder: 'first' } })
  })

  it('is given to one of two who ask at once', async () => {
    const ask = (stream: typeof on.one, holder: string) => stream.acquire({ holder, instead: null })
    const answers = await Promise.all([ask(on.one, 'a'), ask(on.other, 'b'), ask(on.one, 'c'), ask(on.other, 'd')])
    expect(answers.filter(({ acquire }) => acquire === 'GRANTED')).toHaveLength(1)
  })

  describe('of a holder that is believed dead', () => {
    it('is given to one of two who ask at once', async () => {
      await leased(on.one)
      const instead = await on.one.relay()
      const answers = await Promise.all(
        [on.one, on.other].map((stream, index) => stream.acquire({ holder: `heir ${index}`, instead })),
      )
      expect(answers.map(({ acquire }) => acquire).toSorted()).toEqual(['GRANTED', 'HELD'])
      expect(await on.one.relay()).toMatchObject({ epoch: 2 })
    })

    it('is refused when the holder has given a sign of life since', async () => {
      const lease = await leased(on.one)
      const instead = await on.other.relay()
      expect(await on.one.renew(lease)).toBe(true)
      expect(await on.other.acquire({ holder: 'heir', instead })).toMatchObject({ acquire: 'HELD' })
      const later = await on.other.relay()
      await appended(on.one, lease, { changes: [] })
      expect(await on.other.acquire({ holder: 'heir', instead: later })).toMatchObject({
        acquire: 'HELD',
      })
    })

    it('leaves the old holder nothing, whatever it believes', async () => {
      const old = await leased(on.one)
      const heir = await leased(on.other, await on.other.relay())
      expect(await on.one.renew(old)).toBe(false)
      expect(await appended(on.one, old, next(old, 'CRM', 1))).toMatchObject({
        append: 'FENCED',
        state: { epoch: heir.epoch },
      })
      await on.one.release(old)
      expect(await on.other.renew(heir)).toBe(true)
      expect(await kept(on.one)).toEqual([])
    })
  })

  describe('that was released', () => {
    it('is free at once, and its former holder is fenced', async () => {
      const lease = await leased(on.one)
      await on.one.release(lease)
      await on.one.release(lease)
      expect(await on.one.renew(lease)).toBe(false)
      expect(await appended(on.one, lease, next(lease, 'CRM', 1))).toMatchObject({ append: 'FENCED' })
      expect(await leased(on.other)).toMatchObject({ epoch: 2 })
    })
  })

  it('outlives every process', async () => {
    const lease = await leased(on.one)
    await on.reopen()
    expect(await on.one.renew(lease)).toBe(true)
  })
}
