import { describe, expect, it } from 'vitest'
import { following, idOf, NOW, queued, running, waiting } from '../job/job.fixture.ts'
import type { Job, JobState } from '../job/job.ts'
import { standingOf } from './standing.ts'

const FIRST = idOf('first')
const follower = queued(3, { after: FIRST })
const ended = (
  state: Extract<JobState, 'COMPLETED' | 'COMPLETED_WITH_FAILURES' | 'FAILED' | 'CANCELLED' | 'EXPIRED'>,
): Job => ({
  ...{ ...running(3), id: FIRST },
  phase: { state, endedAt: NOW },
})

describe('A job of a package', () => {
  it('begins where it comes after no other', () => {
    expect(standingOf(queued(3), null)).toEqual({ standing: 'BEGINS' })
  })

  it.each([waiting(), queued(3), running(3), following(running(3), { event: 'PAUSE', at: NOW })])(
    'waits while the one before is $phase.state',
    (before) => {
      expect(standingOf(follower, before)).toEqual({ standing: 'WAITS' })
    },
  )

  it.each(['COMPLETED', 'COMPLETED_WITH_FAILURES'] as const)('begins where the one before is %s', (state) => {
    expect(standingOf(follower, ended(state))).toEqual({ standing: 'BEGINS' })
  })

  it.each(['FAILED', 'CANCELLED', 'EXPIRED'] as const)('never begins where the one before is %s', (state) => {
    expect(standingOf(follower, ended(state))).toEqual({
      standing: 'NEVER_BEGINS',
      fault: {
        code: 'PREDECESSOR_FAILED',
        message:
          `The import first, which comes before it in its package, is ${state}. ` +
          'Nothing of this one was begun. Import its file once more when that is mended.',
      },
    })
  })

  it('says why the one before has failed, and that nobody knows it any more', () => {
    const fault = { code: 'NO_ROWS', message: 'There is no row to import.' }
    const messages = [{ ...ended('FAILED'), fault }, null].map((before) => {
      const standing = standingOf(follower, before)
      return standing.standing === 'NEVER_BEGINS' ? standing.fault.message : null
    })
    expect(messages).toEqual([
      expect.stringContaining('is FAILED: There is no row to import. Nothing of this one'),
      expect.stringContaining('is forgotten by now. Nothing of this one'),
    ])
  })

  it('that has begun is seen to its end, whatever the one before is', () => {
    for (const before of [null, ended('FAILED'), running(3)]) {
      expect(standingOf(running(3, { after: FIRST }), before)).toEqual({ standing: 'BEGINS' })
    }
  })
})
