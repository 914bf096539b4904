import { beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../../../test/coordinator/manual-clock.ts'
import { createTail, type Tail } from './tail.ts'

describe('A tail', () => {
  const { signal: never } = new AbortController()
  let clock: ManualClock
  let tail: Tail
  /** Looks under way, each waiting for its answer. */
  let looks: PromiseWithResolvers<number>[]

  beforeEach(() => {
    clock = createManualClock(0)
    looks = []
    tail = createTail({
      clock,
      lookEveryMs: 50,
      look: () => {
        const look = Promise.withResolvers<number>()
        looks.push(look)
        return look.promise
      },
    })
  })

  it('never looks while nobody waits', async () => {
    expect(clock.armed()).toBe(0)
    const stop = new AbortController()
    const waiting = tail.waitBeyond(0, stop.signal)
    expect(clock.armed()).toBe(1)
    stop.abort()
    await expect(waiting).rejects.toThrow()
    expect(clock.armed()).toBe(0)
  })

  it('looks once for all who wait, and not again before it has the answer', async () => {
    const waiting = Array.from({ length: 1_000 }, () => tail.waitBeyond(0, never))
    clock.advance(10_000)
    expect(looks).toHaveLength(1)
    looks[0]?.resolve(1)
    await Promise.all(waiting)
    expect(clock.armed()).toBe(0)
  })

  it('looks again until something has come', async () => {
    const waiting = tail.waitBeyond(3, never)
    clock.advance(50)
    looks[0]?.resolve(3)
    while (clock.armed() === 0) await Promise.resolve()
    clock.advance(50)
    looks[1]?.resolve(4)
    await waiting
  })

  it('wakes those for whom something has come, and only those', async () => {
    const stop = new AbortController()
    const [here, there] = [tail.waitBeyond(1, never), tail.waitBeyond(2, stop.signal)]
    tail.reach(2)
    await here
    stop.abort(new Error('still waiting'))
    await expect(there).rejects.toThrow('still waiting')
    expect(looks).toHaveLength(0)
  })

  it('forgets nothing that it was told before', async () => {
    tail.reach(5)
    tail.reach(2)
    await tail.waitBeyond(4, never)
  })

  it('passes on why a look failed, and looks again for the next', async () => {
    const waiting = tail.waitBeyond(0, never)
    clock.advance(50)
    looks[0]?.reject(new Error('no answer'))
    await expect(waiting).rejects.toThrow('no answer')
    const next = tail.waitBeyond(0, never)
    while (clock.armed() === 0) await Promise.resolve()
    clock.advance(50)
    looks[1]?.resolve(1)
    await next
  })
})
