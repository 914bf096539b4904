import { describe, expect, it } from 'vitest'
import { grouped, NO_FAILURES } from './failure-groups.ts'
import { failed, numbersTo } from './job.fixture.ts'

describe('Failed rows', () => {
  it('are counted by code and field, with the first ones as samples', () => {
    const first = grouped(NO_FAILURES, [failed(1), failed(2, 'DUPLICATE'), failed(3)])
    const { groups, others } = grouped(
      first,
      numbersTo(4, 9).map((row) => failed(row)),
    )
    expect(groups).toMatchObject([
      { code: 'VALIDATION', field: 'name', rows: 8 },
      { code: 'DUPLICATE', field: 'name', rows: 1, samples: [{ row: 2, message: 'DUPLICATE of row 2' }] },
    ])
    expect(groups[0]?.samples.map(({ row }) => row)).toEqual([1, 3, 4, 5, 6])
    expect(others).toBe(0)
  })

  it('with several reasons are in several groups, once in each', () => {
    const [reason] = failed(1).reasons
    const [other] = failed(1, 'RULE', null).reasons
    const row = { ...failed(1), reasons: [reason, other, reason].filter((one) => one !== undefined) }
    expect(grouped(NO_FAILURES, [row]).groups).toMatchObject([{ rows: 1 }, { code: 'RULE', field: null, rows: 1 }])
  })

  it('of ever new kinds are counted together, once there are too many kinds', () => {
    const rows = numbersTo(1, 60).map((row) => failed(row, 'VALIDATION', `field ${row}`))
    const { groups, others } = grouped(NO_FAILURES, rows)
    expect([groups.length, others]).toEqual([50, 10])
    expect(grouped({ groups, others }, [failed(61, 'VALIDATION', 'field 1')])).toMatchObject({ others: 10 })
  })

  it('keep no message of any length', () => {
    const [reason] = failed(1).reasons
    if (reason === undefined) throw new Error('A failed row has a reason')
    const row = { ...failed(1), reasons: [{ ...reason, message: 'x'.repeat(5_000) }] }
    expect(grouped(NO_FAILURES, [row]).groups[0]?.samples[0]?.message).toHaveLength(300)
  })
})
