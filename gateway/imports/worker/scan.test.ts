import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { placeAfter, running } from '../job/job.fixture.ts'
import { FILE_START } from '../source/source.ts'
import { readRowOf, writing } from './read-row.fixture.ts'
import { faulty, type ReadRow } from './read-row.ts'
import { scanSource } from './scan.ts'

const INCOMPLETE = [{ code: 'INCOMPLETE', field: null, system: null, message: 'Another row is at fault.' }]
const joint = (row: number) => readRowOf(row, { ...faulty(INCOMPLETE), isJoint: true })

function scanned(rows: readonly ReadRow[], takenRows: number, onProgress = async () => true) {
  const source = {
    begin: FILE_START,
    async *rows() {
      yield* rows
    },
  }
  const job = { ...running(rows.length), taken: { place: placeAfter(takenRows), bytes: 0 } }
  let now = 0
  const clock = { ...createManualClock(0), now: () => (now += 10_000) }
  return scanSource(source, job, { clock, signal: new AbortController().signal, onProgress })
}

describe('The scan of a source', () => {
  it('counts its rows, and knows those that mean the same record', async () => {
    const scan = await scanned([writing(1, 'a'), writing(2, 'b'), writing(3, 'a')], 0)
    expect(scan?.rows).toBe(3)
    expect([1, 2, 3].map((row) => scan?.setAside.has(row))).toEqual([true, false, true])
  })

  it('knows which rows behind the place are at fault with rows before it', async () => {
    const rows = [writing(1), joint(2), joint(3), joint(4), writing(5), joint(6)]
    expect((await scanned(rows, 2))?.spoilt).toEqual({ to: 4, reasons: INCOMPLETE })
    expect((await scanned(rows, 4))?.spoilt).toBeNull()
    expect((await scanned(rows, 0))?.spoilt).toBeNull()
  })

  it('ends where it is told to', async () => {
    const rows = Array.from({ length: 100 }, (_, at) => writing(at + 1))
    expect(await scanned(rows, 0, async () => false)).toBeNull()
  })
})
