import { describe, expect, test } from 'vitest'
import type { Violation, Write } from '../../schema/participant.ts'
import type { RecordKey, System } from '../../schema/record.ts'
import { outcomeOfBatch, requestOfBatch } from './batch.ts'
import type { BatchPlan, BatchRequest, MemberPlan, Outcome } from './coordinator.ts'

const reason = (system: System | null, more: Partial<Violation> = {}): Violation => ({
  ...{ code: 'VALIDATION', message: 'too long', system, write: null, table: null, column: null, path: null },
  ...{ retryable: false, ...more },
})

const write = (key: string): Write => ({
  ...{ operation: 'DELETE', table: 'customers', key: `["${key}"]` as RecordKey, revision: 2 },
  base: { revision: 1, transaction: null },
})

const batchOf = (members: readonly MemberPlan[], more: Partial<BatchRequest> = {}): BatchRequest => ({
  ...{ origin: 'GRAPH', actor: null, idempotencyKey: null, request: 'rows', systems: ['CRM', 'ERP'], timeoutMs: 1_000 },
  ...{ members: members.length, plan: async (): Promise<BatchPlan> => ({ mapSet: 'maps', members }) },
  ...more,
})
const NOTHING: MemberPlan = { legs: [], refusals: [] }

describe('the plan of a batch', () => {
  test("has every member's writes, each naming its member, in one leg for each system", async () => {
    const members: readonly MemberPlan[] = [
      { legs: [{ system: 'ERP', writes: [write('a')] }], refusals: [] },
      NOTHING,
      {
        legs: [
          { system: 'ERP', writes: [write('b'), write('c')] },
          { system: 'CRM', writes: [write('d')] },
        ],
        refusals: [reason(null)],
      },
    ]
    const plan = await requestOfBatch(batchOf(members)).plan(0)
    expect(plan).toMatchObject({ mapSet: 'maps', members: 3, refusals: [{ member: 2 }] })
    expect(plan?.legs.map(({ system, writes }) => [system, writes.map(({ key, member }) => [key, member])])).toEqual([
      ['CRM', [['["d"]', 2]]],
      [
        'ERP',
        [
          ['["a"]', 0],
          ['["b"]', 2],
          ['["c"]', 2],
        ],
      ],
    ])
  })

  test('must have the members that were announced', async () => {
    await expect(requestOfBatch(batchOf([NOTHING], { members: 2 })).plan(0)).rejects.toThrow(RangeError)
  })
})

describe('the outcome of each member', () => {
  const ofTwo = (outcome: Outcome, more: Partial<BatchRequest> = {}) =>
    outcomeOfBatch(batchOf([NOTHING, NOTHING], more), outcome).members
  const notStarted = (...violations: readonly Violation[]): Outcome => ({ outcome: 'NOT_STARTED', violations })
  const SILENT = reason('ERP', { code: 'SYSTEM_UNAVAILABLE', retryable: true })

  test('is a commit where there was nothing to write for anybody', () => {
    expect(ofTwo({ outcome: 'UNCHANGED' })).toEqual([{ outcome: 'COMMITTED' }, { outcome: 'COMMITTED' }])
  })

  test('is its own where nothing was begun because its planner refused it', () => {
    const refusal = reason(null, { member: 1 })
    expect(ofTwo(notStarted(refusal))).toEqual([
      { outcome: 'COMMITTED' },
      { outcome: 'REFUSED', violations: [refusal] },
    ])
  })

  test('is a refusal where nothing could be begun', () => {
    const refused = { outcome: 'REFUSED', violations: [SILENT] }
    expect(ofTwo(notStarted(SILENT))).toEqual([refused, refused])
  })

  test('is that nothing was begun now, under a key, which may have been used before', () => {
    const now = { outcome: 'NOT_STARTED', violations: [SILENT] }
    expect(ofTwo(notStarted(SILENT), { idempotencyKey: 'key' })).toEqual([now, now])
  })
})
