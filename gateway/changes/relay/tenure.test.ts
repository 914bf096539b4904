import { beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../../../test/coordinator/manual-clock.ts'
import { createKeptLog } from '../../../test/coordinator/two-systems.ts'
import { alive, granted, isGranted, isHeld, UNTOUCHED } from '../stream/lease.ts'
import type { ChangeStream, RelayState } from '../stream/stream.ts'
import { createTrouble } from '../trouble.ts'
import { acquired, renewed } from './tenure.ts'

describe('The tenure of a relay', () => {
  let state: RelayState
  let clock: ManualClock
  let stop: AbortController
  beforeEach(() => {
    state = UNTOUCHED
    clock = createManualClock(1_000)
    stop = new AbortController()
  })

  const stream: Pick<ChangeStream, 'relay' | 'acquire' | 'renew'> = {
    relay: async () => state,
    async acquire(request) {
      if (!isGranted(state, request)) return { acquire: 'HELD', state }
      state = granted(state, request)
      return { acquire: 'GRANTED', state }
    },
    async renew(lease) {
      if (!isHeld(state, lease)) return false
      state = alive(state)
      return true
    },
  }
  const tenure = (holder: string, isAlone = false) => acquired({ stream, clock, holder, isAlone, signal: stop.signal })
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  /** Lets time pass in small steps, and whoever waits for it act. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100)
      await settled()
    }
  }

  it('begins at once where the lease is free', async () => {
    expect(await tenure('first')).toMatchObject({ holder: 'first', epoch: 1 })
  })

  it('begins at once in the place of whoever left the lease behind, where nobody else can be at work', async () => {
    await tenure('killed')
    expect(await tenure('first', true)).toMatchObject({ holder: 'first', epoch: 2 })
  })

  it('waits for as long as another gives signs of life, and begins some seconds after the last', async () => {
    const first = await tenure('first')
    const living = new AbortController()
    const trouble = createTrouble('renew', { clock, log: createKeptLog() })
    void renewed(first ?? UNTOUCHED, { stream, clock, signal: living.signal }, trouble)
    const waiting = tenure('second')
    await pass(60_000)
    expect(state).toMatchObject({ holder: 'first', epoch: 1 })
    living.abort()
    await pass(4_000)
    expect(state).toMatchObject({ holder: 'first' })
    await pass(3_000)
    expect(await waiting).toMatchObject({ holder: 'second', epoch: 2 })
  })

  it.each([3_600_000, -3_600_000])('begins neither sooner nor later because the time is set by %i ms', async (byMs) => {
    await tenure('killed')
    const waiting = tenure('second')
    await settled()
    clock.set(byMs)
    await pass(4_000)
    expect(state).toMatchObject({ holder: 'killed' })
    await pass(3_000)
    expect(await waiting).toMatchObject({ holder: 'second' })
  })

  it('begins soon after another has left', async () => {
    await tenure('first')
    const waiting = tenure('second')
    state = { ...state, holder: null }
    await pass(600)
    expect(await waiting).toMatchObject({ holder: 'second' })
  })

  it('is over when the lease is lost, and not for want of an answer', async () => {
    const first = await tenure('first')
    const log = createKeptLog()
    let isAway = true
    const renew: ChangeStream['renew'] = (lease) =>
      isAway ? Promise.reject(new Error('no answer')) : stream.renew(lease)
    let isOver = false
    const renewing = renewed(
      first ?? UNTOUCHED,
      { stream: { ...stream, renew }, clock, signal: stop.signal },
      createTrouble('renew', { clock, log }),
    ).then(() => {
      isOver = true
    })
    await pass(10_000)
    isAway = false
    await pass(10_000)
    expect([isOver, log.lines.length]).toEqual([false, 1])
    await tenure('second', true)
    await pass(3_000)
    await renewing
  })

  it('never begins after it was told to stop', async () => {
    await tenure('first')
    const waiting = tenure('second')
    stop.abort()
    expect(await waiting).toBeNull()
  })
})
