import { describe, expect, it } from 'vitest'
import { StoreFailed } from '../../../schema/process/store-faults.ts'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { SystemSilent } from '../../sync/silence.ts'
import { following, running, taking } from '../job/job.fixture.ts'
import type { Job } from '../job/job.ts'
import { createStumbles } from './stumbles.ts'

function stumbling() {
  const clock = createManualClock(0)
  const said: string[] = []
  const say = (_: unknown, message: string) => said.push(message)
  const stumbles = createStumbles({ clock, log: { info: say, warn: say, error: say } })
  const { signal } = new AbortController()
  return {
    ...{ stumbles, said },
    /** Breaks off so many times, and tells how long the pauses were. */
    async met(job: Job, times: number, error: unknown = new TypeError('a slip')) {
      const pauses: number[] = []
      for (let time = 1; time <= times; time += 1) {
        const waited = stumbles.met(job, error, signal)
        const from = clock.now()
        while (clock.armed() > 0) clock.advance(100)
        await waited
        pauses.push(clock.now() - from)
      }
      return pauses
    },
  }
}

const job = running(9)

describe('A job whose work breaks off', () => {
  it('is tried again after ever longer pauses, and given up after eight times', async () => {
    const { stumbles, met, said } = stumbling()
    expect(await met(job, 7)).toEqual([100, 200, 400, 800, 1_600, 3_200, 3_200])
    expect(stumbles.faultOf(job.id)).toBeNull()
    await met(job, 1)
    expect(stumbles.faultOf(job.id)).toMatchObject({ code: 'INTERNAL' })
    expect(JSON.stringify(stumbles.faultOf(job.id))).not.toContain('a slip')
    expect(said).toEqual([
      'it is not possible to work at the import job; it will be tried again',
      'an import is given up',
    ])
  })

  it('is counted anew where it came further in between, and where it once went well', async () => {
    const { stumbles, met } = stumbling()
    await met(job, 7)
    await met(following(job, taking(job, 3)), 7)
    expect(stumbles.faultOf(job.id)).toBeNull()
    stumbles.over(job.id)
    await met(following(job, taking(job, 3)), 7)
    expect(stumbles.faultOf(job.id)).toBeNull()
  })

  it.each([
    ['a store', new StoreFailed('The job store gave no answer')],
    ['a system', new SystemSilent('ERP', new Error('no route'))],
  ])('is never given up for %s that gives no answer', async (_, error) => {
    const { stumbles, met } = stumbling()
    await met(job, 50, error)
    expect(stumbles.faultOf(job.id)).toBeNull()
  })

  it('is given up once: until it is known what became of what it sent, it is tried again', async () => {
    const { stumbles, met, said } = stumbling()
    await met({ ...job, fault: { code: 'INTERNAL', message: '' } }, 50)
    expect(stumbles.faultOf(job.id)).toBeNull()
    expect(said).not.toContain('an import is given up')
  })
})
