/** What is appended: once, in one order, together with how far the relay has come, whoever appends and however often. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { System } from '../../../../schema/record.ts'
import type { ChangeStream, Progress, RelayState } from '../stream.ts'
import {
  appended,
  change,
  changesOf,
  freshStream,
  kept,
  leased,
  names,
  next,
  type Open,
  page,
  published,
} from './opened.contract.ts'

export function appendsContract(open: Open): void {
  const on = freshStream(open)

  it('keeps a change as it was given', async () => {
    const given = change('A')
    await appended(on.one, await leased(on.one), { changes: [given] })
    const { entries } = await page(on.other, 'OLDEST')
    expect(entries.map(({ change }) => change)).toEqual([given])
    expect(entries.map(({ bytes }) => bytes)).toEqual([new TextEncoder().encode(JSON.stringify(given)).length])
  })

  it('keeps the changes of an append together and in their order', async () => {
    await Promise.all([published(on.one, 'CRM', 5), published(on.other, 'ERP', 5), published(on.one, 'CRM', 5)])
    const all = await kept(on.other)
    expect(all.filter((name) => name.startsWith('CRM'))).toEqual(names5('CRM', 0).concat(names5('CRM', 5)))
    const erp = all.indexOf('ERP 1')
    expect(all.slice(erp, erp + 5)).toEqual(names5('ERP', 0))
    expect(erp % 5).toBe(0)
  })

  it('tells how far the relay is, also past commits that publish nothing', async () => {
    const state = await leased(on.one)
    const progress: Progress = {
      CRM: {
        through: 9,
        ahead: [
          [11, 11],
          [14, 20],
        ],
      },
      ERP: { through: 0, ahead: [[2, 2]] },
    }
    const answer = await appended(on.one, state, { changes: [], progress })
    expect(answer).toMatchObject({ append: 'APPENDED', state: { progress, version: 1, epoch: state.epoch } })
    expect(await on.other.relay()).toEqual(answer.state)
    expect(await kept(on.one)).toEqual([])
  })

  it('does nothing for what was appended before, by whichever holder, and tells where to go on', async () => {
    const first = await leased(on.one)
    const append = next(first, 'CRM', 3)
    await appended(on.one, first, append)
    expect(await appended(on.one, first, append)).toMatchObject({
      ...{ append: 'OUTDATED', state: { version: 1, progress: append.progress } },
    })
    const second = await leased(on.other, await on.other.relay())
    expect(second).toMatchObject({ version: 1, progress: append.progress })
    expect(await appended(on.other, { ...second, version: 0 }, append)).toMatchObject({ append: 'OUTDATED' })
    expect(await kept(on.one)).toEqual(['CRM 1', 'CRM 2', 'CRM 3'])
  })

  it('takes one of two appends that go on from the same state', async () => {
    const state = await leased(on.one)
    const answers = await Promise.all([
      appended(on.one, state, next(state, 'CRM', 1)),
      appended(on.other, state, next(state, 'ERP', 1)),
    ])
    expect(answers.map(({ append }) => append).toSorted()).toEqual(['APPENDED', 'OUTDATED'])
    expect(await kept(on.one)).toHaveLength(1)
  })

  it('refuses an append that goes on from a state which is still to come', async () => {
    const state = await leased(on.one)
    expect(await appended(on.one, { ...state, version: 1 }, next(state, 'CRM', 1))).toMatchObject({
      ...{ append: 'OUTDATED', state: { version: 0 } },
    })
    expect(await kept(on.one)).toEqual([])
  })

  it('refuses numbers that make no sense, and goes on', async () => {
    const state = await leased(on.one)
    const reach = (through: number, ...ahead: readonly (readonly [number, number])[]) => ({
      progress: { ...state.progress, ERP: { through, ahead } },
    })
    for (const wrong of [
      { version: -1 },
      { version: 0.5 },
      { now: 0.5 },
      reach(-1),
      reach(0.5),
      reach(3, [3, 4]),
      reach(3, [4, 4]),
      reach(3, [6, 5]),
      reach(3, [5, 6], [7, 8]),
      reach(3, [8, 9], [5, 6]),
      reach(3, [5, 6.5]),
    ]) {
      await expect(appended(on.one, state, { changes: [change('A')], ...wrong })).rejects.toThrow(RangeError)
    }
    expect(await on.one.relay()).toEqual(state)
    expect(await appended(on.one, state, next(state, 'CRM', 1))).toMatchObject({ append: 'APPENDED' })
  })

  it('survives the end of every process', async () => {
    await published(on.one, 'CRM', 3)
    const state = await on.one.relay()
    await on.reopen()
    expect(await kept(on.one)).toEqual(['CRM 1', 'CRM 2', 'CRM 3'])
    expect(await on.one.relay()).toEqual(state)
  })

  describe('by relays that stop anywhere, forget everything and repeat themselves', () => {
    const step = fc.record({
      relay: fc.nat({ max: 2 }),
      system: fc.constantFrom<System>('CRM', 'ERP'),
      action: fc.constantFrom('LOOK', 'ACQUIRE', 'APPEND', 'APPEND', 'APPEND', 'RENEW', 'RELEASE'),
      count: fc.nat({ max: 4 }),
    })

    it('loses and doubles nothing, and keeps the order of each system', async () => {
      const streams = [on.one, on.other, await on.again()]
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          /** What each relay believes, which may be long past. */
          const beliefs = new Map<number, RelayState>()
          for (const { relay, ...act } of steps) {
            const stream = streams[relay] ?? on.one
            const belief = beliefs.get(relay) ?? (await stream.relay())
            beliefs.set(relay, await acted(stream, belief, { ...act, holder: `relay ${relay}` }))
          }
          const all = await everything(on.one)
          const { progress } = await on.other.relay()
          for (const system of ['CRM', 'ERP'] as const) {
            const expected = changesOf(system, 0, progress[system].through).map(({ id }) => id)
            expect(all.filter((name) => name.startsWith(system))).toEqual(expected)
          }
        }),
        { numRuns: 30 },
      )
    })
  })
}

interface Act {
  readonly action: string
  readonly system: System
  readonly holder: string
  readonly count: number
}

/** What the relay believes afterwards. */
async function acted(
  stream: ChangeStream,
  belief: RelayState,
  { action, system, holder, count }: Act,
): Promise<RelayState> {
  switch (action) {
    case 'ACQUIRE':
      return (await stream.acquire({ holder, instead: belief })).state
    case 'APPEND': {
      const { append, state } = await appended(stream, belief, next(belief, system, count))
      return append === 'FENCED' ? belief : { ...state, epoch: belief.epoch }
    }
    case 'RENEW':
      await stream.renew(belief)
      return belief
    case 'RELEASE':
      await stream.release(belief)
      return belief
    default:
      return stream.relay()
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

function names5(system: System, after: number): readonly string[] {
  return changesOf(system, after, after + 5).map(({ id }) => id)
}
