import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { queued, running } from '../job/job.fixture.ts'
import type { Job, JobId } from '../job/job.ts'
import type { AuditEntry } from '../store/audit.ts'
import type { AuditRequest } from '../store/job-store.ts'
import { watchJob } from './watch.ts'

/** One job whose changes a test makes, and others whose changes are heard of as well. */
function watched(first: Job | null) {
  const clock = createManualClock(0)
  let kept = first === null ? null : { job: first, number: 1, change: 1 }
  let newest = 1
  const entries: AuditEntry[] = []
  const enter = (after: Job['phase']['state']) => {
    const [number, before] = [entries.length + 1, entries.at(-1)?.after ?? null]
    if (before === after) return
    entries.push({ number, at: 0, by: 'WORKER', actor: null, action: 'STARTED', before, after })
  }
  if (first !== null) enter(first.phase.state)
  /** What happens while the job is being read. */
  let meanwhile: () => void = () => undefined
  let looks = 0
  const waiters = new Set<() => void>()
  const abort = new AbortController()
  const wake = () => {
    for (const waiter of waiters) waiter()
  }
  const jobs = {
    newest: async () => newest,
    find: async () => {
      looks += 1
      const found = kept
      meanwhile()
      return found
    },
    audit: async (_: JobId, { after, limit }: AuditRequest) =>
      entries.filter(({ number }) => number > after).slice(0, limit),
    waitBeyond: (change: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const settle = () => {
          if (signal.aborted) reject(signal.reason)
          else if (newest > change) resolve()
          else return
          waiters.delete(settle)
        }
        waiters.add(settle)
        signal.addEventListener('abort', settle)
        settle()
      }),
  }
  const results = watchJob({ jobs, clock }, 'job' as JobId, abort.signal)
  return {
    ...{ clock, abort, results, looks: () => looks, waiting: () => waiters.size },
    /** It was in other states, unseen, before it came to this one. */
    become(job: Job, ...through: readonly Job['phase']['state'][]) {
      for (const state of [...through, job.phase.state]) enter(state)
      newest += 1
      kept = { job, number: 1, change: newest }
      wake()
    },
    whileItIsRead(happening: () => void) {
      meanwhile = () => {
        meanwhile = () => undefined
        happening()
      }
    },
    others() {
      newest += 1
      wake()
    },
  }
}

const cancelled: Job = { ...queued(3), phase: { state: 'CANCELLED', endedAt: 5 } }
const at = (batches: number): Job => ({ ...running(3), batches })

describe('a job that is watched', () => {
  it('is shown as it is, and then as it comes to another state, at once', async () => {
    const { results, become } = watched(queued(3))
    expect((await results.next()).value).toMatchObject({ phase: { state: 'QUEUED' } })
    const next = results.next()
    become(at(0))
    expect((await next).value).toMatchObject({ phase: { state: 'RUNNING' } })
  })

  it('is shown in each state that it was in, however short', async () => {
    const { results, become } = watched(queued(3))
    await results.next()
    become(cancelled, 'VALIDATING', 'PAUSED', 'VALIDATING', 'RUNNING')
    const states: unknown[] = []
    for await (const { phase } of results) states.push(phase)
    expect(states).toEqual([
      { state: 'VALIDATING' },
      { state: 'PAUSED', before: 'VALIDATING' },
      { state: 'VALIDATING' },
      { state: 'RUNNING' },
      cancelled.phase,
    ])
  })

  it('is shown in no state out of order, where it comes to another while it is read', async () => {
    const { results, become, whileItIsRead } = watched(queued(3))
    await results.next()
    whileItIsRead(() => become(cancelled, 'VALIDATING'))
    become(at(0), 'VALIDATING')
    const states: string[] = []
    for await (const { phase } of results) states.push(phase.state)
    expect(states).toEqual(['VALIDATING', 'RUNNING', 'VALIDATING', 'CANCELLED'])
  })

  it('is shown at most once a second for its numbers alone, and then as it is by then', async () => {
    const { results, become, clock, waiting } = watched(at(0))
    await results.next()
    let shown: Job | null = null
    const next = results.next().then(({ value }) => {
      shown = value ?? null
    })
    for (const batches of [1, 2, 3]) {
      await expect.poll(waiting).toBe(1)
      clock.advance(333)
      become(at(batches))
    }
    await expect.poll(waiting).toBe(1)
    expect(shown).toBeNull()
    clock.advance(1)
    await next
    expect(shown).toMatchObject({ batches: 3 })
  })

  it('is shown a last time when it is over, and no more', async () => {
    const { results, become } = watched(at(0))
    await results.next()
    become(at(1))
    become(cancelled)
    expect((await results.next()).value).toMatchObject({ phase: { state: 'CANCELLED' } })
    expect(await results.next()).toEqual({ done: true, value: undefined })
  })

  it('is not shown for what other jobs come to', async () => {
    const { results, others, become, looks } = watched(at(0))
    await results.next()
    const next = results.next()
    others()
    await expect.poll(looks).toBeGreaterThan(2)
    become(cancelled)
    expect((await next).value).toMatchObject({ phase: { state: 'CANCELLED' } })
  })

  it('is no longer watched when the signal is given', async () => {
    const { results, abort, clock, waiting } = watched(at(0))
    await results.next()
    const next = results.next()
    await expect.poll(waiting).toBe(1)
    abort.abort()
    expect(await next).toEqual({ done: true, value: undefined })
    expect([waiting(), clock.armed()]).toEqual([0, 0])
  })

  it('is no longer watched when the signal is given while it is read', async () => {
    const { results, abort, clock, waiting, whileItIsRead } = watched(at(0))
    await results.next()
    whileItIsRead(() => abort.abort())
    expect(await results.next()).toEqual({ done: true, value: undefined })
    expect([waiting(), clock.armed()]).toEqual([0, 0])
  })

  it('may be none', async () => {
    expect(await watched(null).results.next()).toEqual({ done: true, value: undefined })
  })
})
