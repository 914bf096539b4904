import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'
import { startRecovery } from './recovery.ts'

/** A clock that runs what is due when it is told to. */
function handClock() {
  const due: (() => void)[] = []
  return {
    pending: () => due.length,
    tick: () => due.shift()?.(),
    after: (_ms: number, run: () => void) => {
      due.push(run)
      return () => {
        due.splice(0, due.length, ...due.filter((other) => other !== run))
      }
    },
  }
}

const lines = () => {
  const written: string[] = []
  return { written, log: createLog('info', { write: (line: string) => written.push(line) }) }
}

describe('startRecovery', () => {
  it('searches again and again, and never twice at once', async () => {
    const clock = handClock()
    const searches: PromiseWithResolvers<{ resolved: []; unresolved: [] }>[] = []
    const recover = () => {
      const search = Promise.withResolvers<{ resolved: []; unresolved: [] }>()
      searches.push(search)
      return search.promise
    }
    startRecovery({ coordinator: { recover }, clock, intervalMs: 1_000, log: lines().log })
    expect(searches).toHaveLength(0)
    clock.tick()
    expect([searches.length, clock.pending()]).toEqual([1, 0])
    searches[0]?.resolve({ resolved: [], unresolved: [] })
    await expect.poll(clock.pending).toBe(1)
    clock.tick()
    expect(searches).toHaveLength(2)
  })

  it('logs a search that failed, and goes on', async () => {
    const clock = handClock()
    const { written, log } = lines()
    const recover = () => Promise.reject(new Error('no store'))
    startRecovery({ coordinator: { recover }, clock, intervalMs: 1_000, log })
    clock.tick()
    await expect.poll(clock.pending).toBe(1)
    expect(written.join('')).toContain('no store')
  })

  it('stops when the search under way is over', async () => {
    const clock = handClock()
    const search = Promise.withResolvers<{ resolved: []; unresolved: [] }>()
    const stop = startRecovery({
      coordinator: { recover: () => search.promise },
      clock,
      intervalMs: 1_000,
      log: lines().log,
    })
    clock.tick()
    const stopped = stop()
    search.resolve({ resolved: [], unresolved: [] })
    await stopped
    expect(clock.pending()).toBe(0)
  })
})
