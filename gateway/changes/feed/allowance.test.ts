import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { Allowance } from './allowance.ts'
import { settled } from './opened-feed.fixture.ts'

function allowanceOf(ms: number) {
  const clock = createManualClock(0)
  const usedUpAt: number[] = []
  return { clock, usedUpAt, allowance: new Allowance(clock, ms, () => usedUpAt.push(clock.now())) }
}

describe('An allowance', () => {
  it('is used up in one go', async () => {
    const { clock, usedUpAt, allowance } = allowanceOf(100)
    allowance.run()
    await settled()
    clock.advance(99)
    allowance.run()
    clock.advance(1)
    expect(usedUpAt).toEqual([100])
  })

  it('is used up in parts: what is left of it stays while it pauses', async () => {
    const { clock, usedUpAt, allowance } = allowanceOf(100)
    for (const ms of [60, 39]) {
      allowance.run()
      await settled()
      clock.advance(ms)
      allowance.pause()
      clock.advance(1_000)
    }
    expect([usedUpAt, clock.armed()]).toEqual([[], 0])
    allowance.run()
    await settled()
    clock.advance(1)
    expect(usedUpAt).toEqual([2_100])
  })

  it.each([3_600_000, -3_600_000])('is not touched by whoever sets the time by %i ms', async (byMs) => {
    const { clock, usedUpAt, allowance } = allowanceOf(100)
    allowance.run()
    await settled()
    clock.advance(60)
    clock.set(byMs)
    allowance.pause()
    allowance.run()
    await settled()
    clock.advance(39)
    expect(usedUpAt).toEqual([])
    clock.advance(1)
    expect(usedUpAt).toEqual([100 + byMs])
  })

  it('is there anew once it is renewed', async () => {
    const { clock, usedUpAt, allowance } = allowanceOf(100)
    allowance.run()
    await settled()
    clock.advance(99)
    allowance.renew()
    allowance.run()
    await settled()
    clock.advance(99)
    expect(usedUpAt).toEqual([])
    clock.advance(1)
    expect(usedUpAt).toEqual([199])
  })

  it('is not touched by whoever pauses in the turn in which it ran, however long that is', async () => {
    const { clock, usedUpAt, allowance } = allowanceOf(100)
    for (let turn = 0; turn < 10; turn += 1) {
      allowance.run()
      clock.advance(1_000)
      allowance.pause()
      await settled()
    }
    allowance.run()
    clock.advance(1_000)
    await settled()
    clock.advance(99)
    expect(usedUpAt).toEqual([])
    clock.advance(1)
    expect(usedUpAt).toEqual([11_100])
  })
})
