import { describe, expect, it } from 'vitest'
import type { TransactionQuery, TransactionRow } from '../../../schema/participant.ts'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { commit } from './merge.fixture.ts'
import { askedOutbox, heardOutbox } from './participant-outbox.ts'

/** A participant that commits when it is told to, and what it was asked. */
function participant() {
  const committed: TransactionRow[] = []
  const listeners: (() => void)[] = []
  const asked: TransactionQuery[] = []
  return {
    ...{ asked, committed },
    system: 'ERP' as const,
    look: async (query: TransactionQuery) => {
      asked.push(query)
      return query.by === 'LAST_COMMITTED' ? committed : []
    },
    onCommit: (listener: () => void) => void listeners.push(listener),
    commit: () => {
      for (const listener of listeners) listener()
    },
  }
}

describe('The outbox of a system', () => {
  const { signal: never } = new AbortController()

  it('reads what was committed after a sequence, no more than a few MiB at once', async () => {
    const erp = participant()
    await heardOutbox(erp).read(7, 3)
    await askedOutbox(erp, createManualClock(0)).read(7, 3)
    const query = { by: 'COMMITTED_AFTER', sequence: 7, limit: 3, bytesMax: 4 * 1_024 * 1_024 }
    expect(erp.asked).toEqual([query, query])
  })

  it('tells how far it goes without reading what was written', async () => {
    const erp = participant()
    const outboxes = [heardOutbox(erp), askedOutbox(erp, createManualClock(0))]
    const lasts = () => Promise.all(outboxes.map((outbox) => outbox.last()))
    expect(await lasts()).toEqual([0, 0])
    erp.committed.push(commit('ERP', 7, 't7', { ERP: [] }).row)
    expect(await lasts()).toEqual([7, 7])
    expect(new Set(erp.asked.map(({ by }) => by))).toEqual(new Set(['LAST_COMMITTED']))
  })

  describe('of this process', () => {
    it('wakes whoever waits for a commit, and asks nothing meanwhile', async () => {
      const erp = participant()
      const outbox = heardOutbox(erp)
      await outbox.read(0, 1)
      const waiting = [outbox.waitBeyond(0, never), outbox.waitBeyond(0, never)]
      erp.commit()
      await Promise.all(waiting)
      expect(erp.asked).toHaveLength(1)
    })

    it('forgets no commit that came after the read began', async () => {
      const erp = participant()
      const outbox = heardOutbox(erp)
      const reading = outbox.read(0, 1)
      erp.commit()
      await reading
      await outbox.waitBeyond(0, never)
    })

    it('wakes who comes to wait although another has read in between', async () => {
      const erp = participant()
      const outbox = heardOutbox(erp)
      erp.commit()
      await outbox.read(0, 1)
      await outbox.waitBeyond(0, never)
    })

    it('ends a wait with the reason given', async () => {
      const outbox = heardOutbox(participant())
      const stop = new AbortController()
      const waiting = outbox.waitBeyond(0, stop.signal)
      stop.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
      await expect(outbox.waitBeyond(0, stop.signal)).rejects.toThrow('enough')
    })
  })

  describe('of another process', () => {
    it('is to be asked again after a short while', async () => {
      const clock = createManualClock(0)
      const waiting = askedOutbox(participant(), clock).waitBeyond(0, never)
      clock.skip(100)
      await waiting
      expect(clock.now()).toBeGreaterThan(0)
    })

    it('ends a wait with the reason given', async () => {
      const clock = createManualClock(0)
      const stop = new AbortController()
      const waiting = askedOutbox(participant(), clock).waitBeyond(0, stop.signal)
      stop.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
      expect(clock.armed()).toBe(0)
    })
  })
})
