import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import type { Sync } from '../../sync/write.ts'
import { watchTraffic } from './traffic.ts'

describe('traffic', () => {
  const write = { entity: 'Customer', operation: 'CREATE', id: null, input: {}, actor: null } as const
  const options = { idempotencyKey: null, expectedRevision: null, timeoutMs: null, dryRun: false }

  it('is there while others write and a moment after, and not for imports', async () => {
    const clock = createManualClock(0)
    const answer = Promise.withResolvers<never>()
    const never = () => answer.promise
    const sync: Sync = { write: never, transact: never, writeNative: never, writeRows: never }
    const watched = watchTraffic(sync, clock)
    void watched.traffic.unnoticed.write({ ...write, options }).catch(() => undefined)
    expect(watched.traffic.isBusy()).toBe(false)
    const written = watched.sync.write({ ...write, options })
    clock.advance(60_000)
    expect(watched.traffic.isBusy()).toBe(true)
    answer.reject(new Error('refused'))
    await expect(written).rejects.toThrow('refused')
    clock.advance(999)
    expect(watched.traffic.isBusy()).toBe(true)
    clock.advance(1)
    expect(watched.traffic.isBusy()).toBe(false)
  })
})
