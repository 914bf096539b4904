import fc from 'fast-check'
import { expect, it } from 'vitest'
import { droppableAmong, type KeptEntry } from './retention.ts'

const drawn = fc.array(fc.record({ appendedAt: fc.nat(20), bytes: fc.integer({ min: 1, max: 10 }) }))
const limits = fc.record({ ageMsMax: fc.nat(20), bytesMax: fc.nat(100), now: fc.nat(30) })

it('Retention drops as few of the oldest entries as leave the rest small, and the oldest of the rest young', () => {
  fc.assert(
    fc.property(drawn, limits, (entries, retention) => {
      const kept: KeptEntry[] = []
      for (const entry of entries) kept.push({ ...entry, end: (kept.at(-1)?.end ?? 0) + entry.bytes })
      const fits = (rest: typeof entries) =>
        rest.reduce((sum, { bytes }) => sum + bytes, 0) <= retention.bytesMax &&
        retention.now - (rest[0]?.appendedAt ?? retention.now) <= retention.ageMsMax
      const dropped = droppableAmong(kept, kept.at(-1)?.end ?? 0, retention)
      const counts = Array.from({ length: entries.length + 1 }, (_, count) => count)
      expect(dropped).toBe(counts.find((count) => fits(entries.slice(count))))
    }),
  )
})
