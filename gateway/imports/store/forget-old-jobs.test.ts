import { describe, expect, it } from 'vitest'
import { StoreFailed } from '../../../schema/process/store-faults.ts'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { forgetOldJobs } from './forget-old-jobs.ts'
import type { Forgotten } from './job-store.ts'

const HOUR = 3_600_000
const NOTHING: Forgotten = { jobs: 0, uploads: [], hasMore: false }

/** A store that answers so, and afterwards that there is nothing. */
function forgetting(answers: readonly (Forgotten | Error)[]) {
  const clock = createManualClock(10 * HOUR)
  const left = [...answers]
  const asked: number[] = []
  const deleted: string[] = []
  const said: string[] = []
  const say = (_: unknown, message: string) => void said.push(message)
  const jobs = {
    forget: async (endedBefore: number) => {
      asked.push(endedBefore)
      const answer = left.shift() ?? NOTHING
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const uploads = {
    delete: async (id: string) => {
      deleted.push(id)
      return { ok: true, value: null } as const
    },
  }
  const running = forgetOldJobs({ jobs, uploads, keepMs: HOUR, clock, log: { info: say, warn: say } })
  const rests = () => expect.poll(() => clock.armed()).toBe(1)
  return { clock, asked, deleted, said, running, rests }
}

describe('Old imports', () => {
  it('are forgotten when their time is over, and looked for again each hour', async () => {
    const { clock, asked, rests, running, said } = forgetting([])
    await rests()
    clock.advance(HOUR)
    await rests()
    expect(asked).toEqual([9 * HOUR, 10 * HOUR])
    expect(said).toEqual([])
    await running[Symbol.asyncDispose]()
    expect(clock.armed()).toBe(0)
  })

  it('go bit by bit, with their files', async () => {
    const { clock, asked, deleted, said, rests, running } = forgetting([
      { jobs: 2, uploads: ['a', 'b'], hasMore: true },
      { jobs: 0, uploads: [], hasMore: true },
    ])
    for (const steps of [1, 2]) {
      await rests()
      expect(asked).toHaveLength(steps)
      clock.advance(100)
    }
    await rests()
    expect(asked).toHaveLength(3)
    expect([deleted, said]).toEqual([['a', 'b'], ['old imports were forgotten']])
    await running[Symbol.asyncDispose]()
  })

  it('are forgotten later where the store gives no answer', async () => {
    const { clock, asked, said, rests, running } = forgetting([new StoreFailed('disk'), NOTHING])
    await rests()
    clock.advance(100)
    await expect.poll(() => asked.length).toBe(2)
    await rests()
    expect(said).toEqual([
      'it is not possible to forget old imports; it will be tried again',
      'it is possible again to forget old imports',
    ])
    await running[Symbol.asyncDispose]()
  })
})
