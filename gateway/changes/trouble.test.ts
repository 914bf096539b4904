import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../test/coordinator/manual-clock.ts'
import { createKeptLog } from '../../test/coordinator/two-systems.ts'
import { createTrouble } from './trouble.ts'

describe('Trouble', () => {
  const { signal: never } = new AbortController()
  const fails = new Error('no')

  it('is said once for as long as it lasts', async () => {
    const [clock, log] = [createManualClock(0), createKeptLog()]
    const trouble = createTrouble('sing', { clock, log })
    for (let time = 0; time < 3; time += 1) {
      const met = trouble.met(fails, never)
      clock.skip(10_000)
      await met
    }
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { err: fails } }])
    trouble.over()
    void trouble.met(fails, never)
    expect(log.lines).toHaveLength(2)
  })

  it('waits longer each time, up to a bound, and begins again when it was over', async () => {
    const clock = createManualClock(0)
    const trouble = createTrouble('sing', { clock, log: createKeptLog() })
    const waitedMs = async () => {
      const begin = clock.now()
      const met = trouble.met(fails, never)
      clock.skip(100_000)
      await met
      return clock.now() - begin
    }
    const waits: number[] = []
    while (waits.length < 8) waits.push(await waitedMs())
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 3_200, 3_200])
    trouble.over()
    expect(await waitedMs()).toBe(100)
  })

  it('does not wait any longer when it is told to stop', async () => {
    const clock = createManualClock(0)
    const stop = new AbortController()
    const met = createTrouble('sing', { clock, log: createKeptLog() }).met(fails, stop.signal)
    stop.abort()
    await met
    expect(clock.armed()).toBe(0)
  })
})
