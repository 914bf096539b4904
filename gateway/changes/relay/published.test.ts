import { beforeEach, describe, expect, it } from 'vitest'
import type { System } from '../../../schema/record.ts'
import { createManualClock, type ManualClock } from '../../../test/coordinator/manual-clock.ts'
import { Silence } from '../../coordinator/silence.ts'
import { settled } from '../feed/opened-feed.fixture.ts'
import type { Published } from '../feed/published.ts'
import { UNTOUCHED } from '../stream/lease.ts'
import { createPublished } from './published.ts'

describe('Waiting for what is committed to reach the stream', () => {
  let clock: ManualClock
  /** How far the systems are, and how far the stream is. */
  let committed: Record<System, number>
  let through: Record<System, number>
  let looks: { last: number; relay: number }
  /** What the systems answer only then. */
  let gate: Promise<void>
  let published: Published
  beforeEach(() => {
    clock = createManualClock(0)
    committed = { CRM: 3, ERP: 2 }
    through = { CRM: 3, ERP: 2 }
    looks = { last: 0, relay: 0 }
    gate = Promise.resolve()
    published = createPublished({
      stream: {
        async relay() {
          looks.relay += 1
          const reach = (system: System) => ({ through: through[system], ahead: [] })
          return { ...UNTOUCHED, progress: { CRM: reach('CRM'), ERP: reach('ERP') } }
        },
      },
      outboxes: (['CRM', 'ERP'] as const).map((system) => ({
        system,
        async last() {
          looks.last += 1
          const last = committed[system]
          await gate
          return last
        },
      })),
      clock,
      withinMs: 30_000,
    })
  })

  /** What came of a wait so far. */
  const watched = (signal = new AbortController().signal) => {
    const seen: { outcome: unknown } = { outcome: 'waits' }
    published(signal).then(
      () => {
        seen.outcome = 'published'
      },
      (error: unknown) => {
        seen.outcome = error
      },
    )
    return seen
  }
  const later = async () => {
    await settled()
    clock.skip(10)
    await settled()
  }

  it('is over at once where nothing is on its way', async () => {
    await published(new AbortController().signal)
    expect([looks, clock.armed()]).toEqual([{ last: 2, relay: 1 }, 0])
  })

  it('goes on until both systems are through, but for what they commit meanwhile', async () => {
    through = { CRM: 1, ERP: 1 }
    const wait = watched()
    await later()
    committed = { CRM: 9, ERP: 9 }
    through = { CRM: 3, ERP: 1 }
    await later()
    expect(wait.outcome).toBe('waits')
    through = { CRM: 3, ERP: 2 }
    await later()
    expect([wait.outcome, clock.armed()]).toEqual(['published', 0])
  })

  it('is one wait for however many there are: who comes during a look at the systems shares the next', async () => {
    through.CRM = 1
    const waits = Array.from({ length: 100 }, () => watched())
    await later()
    await later()
    expect(looks).toEqual({ last: 4, relay: 4 })
    through.CRM = 3
    await later()
    expect(waits.every(({ outcome }) => outcome === 'published')).toBe(true)
    expect(clock.armed()).toBe(0)
  })

  it('has a look at the systems that began after it did', async () => {
    const answered = Promise.withResolvers<void>()
    gate = answered.promise
    const first = watched()
    await settled()
    committed.CRM = 4
    const [second, third] = [watched(), watched()]
    answered.resolve()
    await settled()
    expect([first.outcome, second.outcome, third.outcome]).toEqual(['published', 'waits', 'waits'])
    expect(looks.last).toBe(4)
    through.CRM = 4
    await later()
    expect([second.outcome, third.outcome]).toEqual(['published', 'published'])
  })

  it('ends in time with what it waited for, each by itself', async () => {
    through.CRM = 2
    const first = watched()
    await settled()
    clock.advance(20_000)
    const second = watched()
    await settled()
    clock.advance(10_000)
    await settled()
    expect(first.outcome).toEqual(
      new Silence(
        'The snapshot waited 30 s for the commits of the CRM to reach the change stream, in vain: one of them may be in doubt. Go on from the cursor.',
      ),
    )
    expect(second.outcome).toBe('waits')
    through.CRM = 3
    await later()
    expect([second.outcome, clock.armed()]).toEqual(['published', 0])
  })

  it('ends in time also where a system does not tell how far it is', async () => {
    gate = new Promise(() => {})
    const wait = watched()
    await settled()
    clock.advance(30_000)
    await settled()
    expect(wait.outcome).toEqual(
      new Silence(
        'The snapshot waited 30 s for the CRM and the ERP to tell the last commit, in vain. Go on from the cursor.',
      ),
    )
  })

  it('fails where nobody can tell, and not for those who come afterwards', async () => {
    const failure = new Error('no answer')
    gate = Promise.reject(failure)
    const [one, other] = [watched(), watched()]
    await settled()
    expect([one.outcome, other.outcome, clock.armed()]).toEqual([failure, failure, 0])
    gate = Promise.resolve()
    await published(new AbortController().signal)
  })

  it('is left by one who asked, and looks no more when all have left', async () => {
    through.ERP = 0
    const [stop, stopLast] = [new AbortController(), new AbortController()]
    const [one, other] = [watched(stop.signal), watched(stopLast.signal)]
    await later()
    stop.abort('enough')
    await settled()
    expect([one.outcome, other.outcome]).toEqual(['enough', 'waits'])
    stopLast.abort('enough')
    await settled()
    expect([other.outcome, clock.armed()]).toEqual(['enough', 0])
    expect(watched(stop.signal)).toBeDefined()
    expect(clock.armed()).toBe(0)
  })
})
