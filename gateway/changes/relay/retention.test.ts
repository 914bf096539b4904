import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { createKeptLog } from '../../../test/coordinator/two-systems.ts'
import type { Dropped, Retention } from '../stream/stream.ts'
import { createTrouble } from '../trouble.ts'
import { dropped } from './retention.ts'

const DONE: Dropped = { entries: 1, isDone: true }
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('What a relay keeps', () => {
  it('is what its settings say: the rest is dropped until nothing is left to drop, from time to time', async () => {
    const [clock, log, stop] = [createManualClock(1_000), createKeptLog(), new AbortController()]
    const answers: (Dropped | Error)[] = [{ ...DONE, isDone: false }, { ...DONE, isDone: false }, DONE, new Error('no')]
    const asked: Retention[] = []
    const stream = {
      async drop(retention: Retention) {
        asked.push(retention)
        const answer = answers.shift() ?? DONE
        if (answer instanceof Error) throw answer
        return answer
      },
    }
    const keep = { ageMsMax: 7, bytesMax: 8 }
    const dropping = dropped(keep, { stream, clock, signal: stop.signal }, createTrouble('drop', { clock, log }))
    await settled()
    expect(asked).toEqual(Array.from({ length: 3 }, () => ({ ...keep, now: 1_000 })))
    clock.skip(60_000)
    await settled()
    clock.skip(60_000)
    await settled()
    expect([asked.length, log.lines.length]).toEqual([5, 1])
    stop.abort()
    await dropping
    expect(clock.armed()).toBe(0)
  })
})
