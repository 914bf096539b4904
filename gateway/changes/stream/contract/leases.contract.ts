/** Who may append: at most one for each source, whatever others believe. */

import { describe, expect, it } from 'vitest'
import { appended, freshStream, kept, leased, type Open } from './opened.contract.ts'

export function leasesContract(open: Open): void {
  const on = freshStream(open)

  it('knows nothing of a source at first', async () => {
    expect(await on.one.source('ERP')).toEqual({ source: 'ERP', through: 0, epoch: 0, holder: null, beat: 0 })
  })

  it('grants a free lease, and tells everybody', async () => {
    const { acquire, state } = await on.one.acquire({ source: 'CRM', holder: 'first', instead: null })
    expect([acquire, state]).toMatchObject(['GRANTED', { source: 'CRM', through: 0, epoch: 1, holder: 'first' }])
    expect(await on.other.source('CRM')).toEqual(state)
  })

  it('keeps the sources apart', async () => {
    await leased(on.one, 'CRM')
    await leased(on.other, 'ERP')
  })

  it('refuses a held lease, and tells whose it is', async () => {
    await on.one.acquire({ source: 'CRM', holder: 'first', instead: null })
    const answer = await on.other.acquire({ source: 'CRM', holder: 'second', instead: null })
    expect(answer).toMatchObject({ acquire: 'HELD', state: { epoch: 1, holder: 'first' } })
  })

  it('grants it again to its holder, whose answer may have been lost', async () => {
    await on.one.acquire({ source: 'CRM', holder: 'first', instead: null })
    const answer = await on.one.acquire({ source: 'CRM', holder: 'first', instead: null })
    expect(answer).toMatchObject({ acquire: 'GRANTED', state: { epoch: 2, holder: 'first' } })
  })

  it('is given to one of two who ask at once', async () => {
    const ask = (stream: typeof on.one, holder: string) => stream.acquire({ source: 'CRM', holder, instead: null })
    const answers = await Promise.all([ask(on.one, 'a'), ask(on.other, 'b'), ask(on.one, 'c'), ask(on.other, 'd')])
    expect(answers.filter(({ acquire }) => acquire === 'GRANTED')).toHaveLength(1)
  })

  describe('of a holder that is believed dead', () => {
    it('is given to one of two who ask at once', async () => {
      await leased(on.one, 'CRM')
      const instead = await on.one.source('CRM')
      const answers = await Promise.all(
        [on.one, on.other].map((stream, index) => stream.acquire({ source: 'CRM', holder: `heir ${index}`, instead })),
      )
      expect(answers.map(({ acquire }) => acquire).toSorted()).toEqual(['GRANTED', 'HELD'])
      expect(await on.one.source('CRM')).toMatchObject({ epoch: 2 })
    })

    it('is refused when the holder has given a sign of life since', async () => {
      const lease = await leased(on.one, 'CRM')
      const instead = await on.other.source('CRM')
      expect(await on.one.renew(lease)).toBe(true)
      expect(await on.other.acquire({ source: 'CRM', holder: 'heir', instead })).toMatchObject({ acquire: 'HELD' })
      const later = await on.other.source('CRM')
      await appended(on.one, { lease, after: 0, through: 1 })
      expect(await on.other.acquire({ source: 'CRM', holder: 'heir', instead: later })).toMatchObject({
        acquire: 'HELD',
      })
    })

    it('leaves the old holder nothing, whatever it believes', async () => {
      const old = await leased(on.one, 'CRM')
      const heir = await leased(on.other, 'CRM', await on.other.source('CRM'))
      expect(await on.one.renew(old)).toBe(false)
      expect(await appended(on.one, { lease: old, after: 0, through: 1 })).toMatchObject({
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
      const lease = await leased(on.one, 'CRM')
      await on.one.release(lease)
      await on.one.release(lease)
      expect(await on.one.renew(lease)).toBe(false)
      expect(await appended(on.one, { lease, after: 0, through: 1 })).toMatchObject({ append: 'FENCED' })
      expect(await leased(on.other, 'CRM')).toMatchObject({ epoch: 2 })
    })
  })

  it('outlives every process', async () => {
    const lease = await leased(on.one, 'CRM')
    await on.reopen()
    expect(await on.one.renew(lease)).toBe(true)
  })
}
