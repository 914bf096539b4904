import { describe, expect, it } from 'vitest'
import type { JobDefinition } from '../job/definition.ts'
import { following, placeAfter, running, taking } from '../job/job.fixture.ts'
import { going, unreadable, writing } from './read-row.fixture.ts'
import type { ReadRow } from './read-row.ts'
import { taken } from './take.ts'

const DUPLICATE = { code: 'DUPLICATE', field: null, system: null, message: 'Several rows mean this record.' }
const NOTHING = { writes: [], refers: [] }

function takenOf(
  next: readonly ReadRow[],
  {
    aside = [],
    reason = null,
    held = NOTHING,
    options = {},
    spoilt = null,
  }: {
    readonly aside?: readonly number[]
    readonly reason?: Parameters<typeof taken>[0]['setAside']['reason']
    readonly held?: Parameters<typeof taken>[0]['held']
    readonly options?: Partial<JobDefinition>
    readonly spoilt?: Parameters<typeof taken>[0]['spoilt']
  } = {},
) {
  const job = running(9, options)
  return taken({ job, next, setAside: { has: (row) => aside.includes(row), reason }, spoilt, held })
}

const settledOf = (found: ReturnType<typeof taken>) => found?.settled.map(({ row, outcome }) => [row, outcome])

describe('Rows that come next', () => {
  it('are taken together, up to the end of the last of them', () => {
    expect(takenOf([writing(1), writing(2), writing(3)])).toEqual({
      ...{ batch: 1, to: placeAfter(3), bytes: 30, sent: [1, 2, 3], settled: [] },
    })
  })

  it('are taken up to the first that has to wait for another of them', () => {
    const rows = [writing(1, 'a'), writing(2, 'b'), writing(3, 'a'), writing(4, 'c')]
    expect(takenOf(rows)).toMatchObject({ to: placeAfter(2), sent: [1, 2] })
    expect(takenOf([writing(1, 'a'), writing(2, 'b', ['a'])])).toMatchObject({ sent: [1] })
  })

  it('are not taken where the first of them has to wait for an open batch', () => {
    const rows = [writing(1, 'a', ['b']), writing(2)]
    expect(takenOf(rows, { held: { writes: ['a'], refers: [] } })).toBeNull()
    expect(takenOf(rows, { held: { writes: [], refers: ['a'] } })).toBeNull()
    expect(takenOf(rows, { held: { writes: ['b'], refers: [] } })).toBeNull()
    expect(takenOf(rows, { held: { writes: [], refers: ['b'] } })).toMatchObject({ sent: [1, 2] })
  })

  it('fail where they are at fault with rows that were taken before, and those that go with them', () => {
    const reasons = [{ code: 'INCOMPLETE', field: null, system: null, message: 'Another row is at fault.' }]
    const found = takenOf([writing(1), going(2, 1), writing(3)], { spoilt: { to: 2, reasons } })
    expect(found?.settled).toMatchObject([
      { row: 1, outcome: 'FAILED', reasons },
      { row: 2, outcome: 'FAILED', reasons },
    ])
    expect(found?.sent).toEqual([3])
  })

  it('fail without being sent where they cannot be read, and keep no other waiting', () => {
    const found = takenOf([unreadable(1), writing(2), unreadable(3)])
    expect(found).toMatchObject({ sent: [2], to: placeAfter(3) })
    expect(found?.settled).toMatchObject([
      { row: 1, outcome: 'FAILED', reasons: [{ code: 'BAD_QUOTE' }], uploaded: { cells: ['1'] } },
      { row: 3, outcome: 'FAILED' },
    ])
  })

  it('of one record fail, or are skipped for the one that wins', () => {
    const rows = [writing(1, 'a'), writing(2, 'b'), writing(3, 'a')]
    const failing = takenOf(rows, { aside: [1, 3], reason: DUPLICATE })
    expect(failing).toMatchObject({ sent: [2] })
    expect(failing?.settled).toMatchObject([1, 3].map((row) => ({ row, reasons: [{ code: 'DUPLICATE' }] })))
    const skipping = takenOf(rows, { aside: [1] })
    expect([skipping?.sent, settledOf(skipping)]).toEqual([[2, 3], [[1, 'SKIPPED']]])
  })

  it('of one record are skipped or fail just so where one of them cannot be read', () => {
    expect(settledOf(takenOf([unreadable(1), unreadable(2)], { aside: [1] }))).toEqual([
      [1, 'SKIPPED'],
      [2, 'FAILED'],
    ])
    const failing = takenOf([writing(1), unreadable(2)], { aside: [1, 2], reason: DUPLICATE })
    expect(failing?.settled).toMatchObject(['DUPLICATE', 'BAD_QUOTE'].map((code) => ({ reasons: [{ code }] })))
  })

  it('have the outcome of the row that they go with, each with what was uploaded of it', () => {
    const found = takenOf([writing(1), going(2, 1), unreadable(3), going(4, 3)])
    expect(found?.sent).toEqual([1, 2])
    expect(found?.settled).toMatchObject([
      { row: 3, uploaded: { cells: ['3'] } },
      { row: 4, outcome: 'FAILED', reasons: [{ code: 'BAD_QUOTE' }], uploaded: { cells: ['4'] } },
    ])
    const skipped = takenOf([writing(1), going(2, 1)], { aside: [1] })
    expect(settledOf(skipped)).toEqual([
      [1, 'SKIPPED'],
      [2, 'SKIPPED'],
    ])
  })

  it('are none of them sent where one has failed already and all are written or none', () => {
    const found = takenOf([writing(1), unreadable(2), writing(3)], { options: { atomicity: 'BATCH', batchRows: 3 } })
    expect(found?.sent).toEqual([])
    expect(settledOf(found)).toEqual([
      [2, 'FAILED'],
      [1, 'NOT_ATTEMPTED'],
      [3, 'NOT_ATTEMPTED'],
    ])
  })

  it('are all taken where they are one batch, though they refer to each other', () => {
    const rows = [writing(1, 'a'), writing(2, 'b', ['a']), writing(3, 'c', ['b'])]
    expect(takenOf(rows, { options: { atomicity: 'BATCH' } })).toMatchObject({ sent: [1, 2, 3] })
  })

  it('never end before what was taken, though a zipped file tells places only roughly', () => {
    const before = running(9)
    const job = following(before, { ...taking(before, 2), bytes: 55 })
    expect(
      taken({ job, next: [writing(3)], setAside: { has: () => false, reason: null }, held: NOTHING }),
    ).toMatchObject({
      ...{ batch: 2, bytes: 55, to: placeAfter(3) },
    })
  })
})
