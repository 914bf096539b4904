/** What is appended: every commit of a source once, in its order, whoever appends it and however often. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { System } from '../../../../schema/participant.ts'
import type { ChangeStream, SourceState } from '../stream.ts'
import { appended, commit, commits, freshStream, kept, leased, NOW, names, type Open, page } from './opened.contract.ts'

export function appendsContract(open: Open): void {
  const on = freshStream(open)

  it('keeps a change as it was given', async () => {
    const lease = await leased(on.one, 'CRM')
    const given = commit(1, 'A')
    await appended(on.one, { lease, after: 0, through: 1, commits: [given] })
    const { entries } = await page(on.other, 'OLDEST')
    expect(entries.map(({ change }) => change)).toEqual(given.changes)
    expect(entries.map(({ bytes }) => bytes)).toEqual([
      new TextEncoder().encode(JSON.stringify(given.changes[0])).length,
    ])
  })

  it('keeps the changes of a commit together and in their order', async () => {
    const crm = await leased(on.one, 'CRM')
    const erp = await leased(on.other, 'ERP')
    const several = (source: System, sequence: number) =>
      commit(sequence, ...['a', 'b', 'c'].map((part) => `${source} ${sequence}${part}`))
    await Promise.all(
      [1, 2, 3, 4, 5].flatMap((sequence) => [
        appended(on.one, { lease: crm, after: sequence - 1, through: sequence, commits: [several('CRM', sequence)] }),
        appended(on.other, { lease: erp, after: sequence - 1, through: sequence, commits: [several('ERP', sequence)] }),
      ]),
    )
    const all = await kept(on.one)
    expect(all).toHaveLength(30)
    for (let at = 0; at < all.length; at += 3) {
      const name = all[at]?.slice(0, -1)
      expect(all.slice(at, at + 3)).toEqual(['a', 'b', 'c'].map((part) => `${name}${part}`))
    }
  })

  it('tells how far a source is, also past commits that publish nothing', async () => {
    const lease = await leased(on.one, 'CRM')
    const answer = await appended(on.one, { lease, after: 0, through: 9, commits: [commit(4, 'A')] })
    expect(answer).toEqual({ append: 'APPENDED', through: 9, entries: 1 })
    expect(await on.other.source('CRM')).toMatchObject({ through: 9 })
    expect(await on.other.source('ERP')).toMatchObject({ through: 0 })
  })

  it('does nothing for what was appended before, by whichever holder', async () => {
    const first = await leased(on.one, 'CRM')
    await appended(on.one, { lease: first, after: 0, through: 3 })
    expect(await appended(on.one, { lease: first, after: 0, through: 3 })).toEqual({
      ...{ append: 'APPENDED', through: 3, entries: 0 },
    })
    const second = await leased(on.other, 'CRM', await on.other.source('CRM'))
    expect(await appended(on.other, { lease: second, after: 1, through: 2 })).toEqual({
      ...{ append: 'APPENDED', through: 3, entries: 0 },
    })
    expect(await kept(on.one)).toEqual(names3('CRM'))
  })

  it('adds only what is new of an append that overlaps with an earlier one', async () => {
    const lease = await leased(on.one, 'CRM')
    await appended(on.one, { lease, after: 0, through: 2 })
    expect(await appended(on.one, { lease, after: 1, through: 3 })).toEqual({
      ...{ append: 'APPENDED', through: 3, entries: 1 },
    })
    expect(await kept(on.one)).toEqual(names3('CRM'))
  })

  it('refuses an append that would leave a commit out', async () => {
    const lease = await leased(on.one, 'CRM')
    await appended(on.one, { lease, after: 0, through: 2 })
    expect(await appended(on.one, { lease, after: 3, through: 4 })).toEqual({ append: 'GAP', through: 2 })
    expect(await kept(on.one)).toEqual(['CRM 1', 'CRM 2'])
  })

  it('refuses numbers that make no sense, and goes on', async () => {
    const lease = await leased(on.one, 'CRM')
    for (const wrong of [
      { after: 2, through: 1, commits: [] },
      { after: -1, through: 1, commits: [] },
      { after: 0, through: 2, commits: [commit(2, 'A'), commit(1, 'B')] },
      { after: 0, through: 2, commits: [commit(1, 'A'), commit(1, 'B')] },
      { after: 0, through: 1, commits: commits('CRM', 1, 2) },
      { after: 1, through: 2, commits: commits('CRM', 0, 1) },
      { after: 0, through: 1, commits: [], now: 0.5 },
    ]) {
      await expect(appended(on.one, { lease, ...wrong })).rejects.toThrow(RangeError)
    }
    expect(await on.one.source('CRM')).toMatchObject({ through: 0 })
    await appended(on.one, { lease, after: 0, through: 1 })
  })

  it('survives the end of every process', async () => {
    const lease = await leased(on.one, 'CRM')
    await appended(on.one, { lease, after: 0, through: 3 })
    await on.reopen()
    expect(await kept(on.one)).toEqual(names3('CRM'))
    expect(await on.one.source('CRM')).toMatchObject({ through: 3 })
  })

  describe('by relays that stop anywhere, forget everything and repeat themselves', () => {
    const step = fc.record({
      relay: fc.nat({ max: 2 }),
      source: fc.constantFrom<System>('CRM', 'ERP'),
      action: fc.constantFrom('LOOK', 'ACQUIRE', 'APPEND', 'APPEND', 'APPEND', 'RELEASE'),
      /** How many commits before and after what it believes to be the next one. */
      back: fc.nat({ max: 2 }),
      count: fc.nat({ max: 4 }),
    })

    it('loses and doubles nothing, and keeps the order of each source', async () => {
      const streams = [on.one, on.other, await on.again()]
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          /** What each relay believes of each source, which may be long past. */
          const beliefs = new Map<string, SourceState>()
          for (const { relay, source, action, back, count } of steps) {
            const stream = streams[relay] ?? on.one
            const belief = beliefs.get(`${relay} ${source}`) ?? (await stream.source(source))
            const holder = `relay ${relay}`
            const next = await act(stream, belief, { action, holder, back, count })
            beliefs.set(`${relay} ${source}`, next)
          }
          const all = await everything(on.one)
          for (const source of ['CRM', 'ERP'] as const) {
            const { through } = await on.other.source(source)
            expect(all.filter((name) => name.startsWith(source))).toEqual(
              commits(source, 0, through).flatMap(({ changes }) => changes.map(({ id }) => id)),
            )
          }
        }),
        { numRuns: 30 },
      )
    })
  })
}

interface Act {
  readonly action: string
  readonly holder: string
  readonly back: number
  readonly count: number
}

/** What the relay believes afterwards. */
async function act(
  stream: ChangeStream,
  belief: SourceState,
  { action, holder, back, count }: Act,
): Promise<SourceState> {
  switch (action) {
    case 'ACQUIRE':
      return (await stream.acquire({ source: belief.source, holder, instead: belief })).state
    case 'APPEND': {
      const after = Math.max(0, belief.through - back)
      const answer = await stream.append({
        ...{ lease: belief, after, through: after + count, now: NOW },
        commits: commits(belief.source, after, after + count),
      })
      return answer.append === 'FENCED' ? belief : { ...belief, through: answer.through }
    }
    case 'RELEASE':
      await stream.release(belief)
      return belief
    default:
      return stream.source(belief.source)
  }
}

async function everything(stream: ChangeStream): Promise<readonly string[]> {
  const all: string[] = []
  for (let from: Parameters<typeof page>[1] = 'OLDEST'; ; ) {
    const { entries, next, hasMore } = await page(stream, from)
    all.push(...names(entries))
    if (!hasMore) return all
    from = { after: next }
  }
}

function names3(source: System): readonly string[] {
  return [1, 2, 3].map((sequence) => `${source} ${sequence}`)
}
