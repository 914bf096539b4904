import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import type { JobDefinition } from '../job/definition.ts'
import { placeAfter, running } from '../job/job.fixture.ts'
import { FILE_START } from '../source/source.ts'
import { readRowOf, writing } from './read-row.fixture.ts'
import { faulty, type ReadRow } from './read-row.ts'
import { scanSource } from './scan.ts'

const INCOMPLETE = [{ code: 'INCOMPLETE', field: null, system: null, message: 'Another row is at fault.' }]
const joint = (row: number) => readRowOf(row, { ...faulty(INCOMPLETE), isJoint: true })

interface Given {
  readonly onProgress?: () => Promise<boolean>
  readonly duplicates?: JobDefinition['duplicates']
  readonly joins?: boolean
}

function scanned(rows: readonly ReadRow[], takenRows: number, given: Given = {}) {
  const { onProgress = async () => true, duplicates = 'FAIL', joins = false } = given
  const source = {
    joins,
    begin: FILE_START,
    async *rows() {
      yield* rows
    },
  }
  const job = { ...running(rows.length, { duplicates }), taken: { place: placeAfter(takenRows), bytes: 0 } }
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

  const faultyOf = (row: number, record: string) =>
    readRowOf(row, faulty([{ code: 'VALIDATION', field: 'name', system: null, message: 'name is too long' }], record))

  it.each([
    ['FAIL', [true, true, false, true], 'DUPLICATE'],
    ['FIRST_WINS', [false, true, false, true], undefined],
    ['LAST_WINS', [true, true, false, false], undefined],
  ] as const)('chooses the same rows as %s says, whichever of them are at fault', async (duplicates, aside, code) => {
    const sound = [writing(1, 'a'), writing(2, 'a'), writing(3, 'b'), writing(4, 'a')]
    for (const at of [0, 1, 3]) {
      const scan = await scanned(sound.with(at, faultyOf(at + 1, 'a')), 0, { duplicates })
      expect([1, 2, 3, 4].map((row) => scan?.setAside.has(row))).toEqual(aside)
      expect(scan?.setAside.reason?.code).toBe(code)
    }
  })

  it('has all rows of parts fail whose record is in several places, whatever is said of duplicates', async () => {
    const rows = [writing(1, 'a'), readRowOf(2, { kind: 'WITH', first: 1 }), writing(3, 'b'), writing(4, 'a')]
    const scan = await scanned(rows, 0, { duplicates: 'LAST_WINS', joins: true })
    expect([1, 3, 4].map((row) => scan?.setAside.has(row))).toEqual([true, false, true])
    expect(scan?.setAside.reason?.code).toBe('DUPLICATE')
  })

  it('knows which rows behind the place are at fault with rows before it', async () => {
    const rows = [writing(1), joint(2), joint(3), joint(4), writing(5), joint(6)]
    expect((await scanned(rows, 2))?.spoilt).toEqual({ to: 4, reasons: INCOMPLETE })
    expect((await scanned(rows, 4))?.spoilt).toBeNull()
    expect((await scanned(rows, 0))?.spoilt).toBeNull()
  })

  it('ends where it is told to', async () => {
    const rows = Array.from({ length: 100 }, (_, at) => writing(at + 1))
    expect(await scanned(rows, 0, { onProgress: async () => false })).toBeNull()
  })
})
