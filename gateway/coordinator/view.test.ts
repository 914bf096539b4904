import { describe, expect, test } from 'vitest'
import type { PlanDigest, TransactionRow, Violation } from '../../schema/participant.ts'
import {
  NEVER_WRITTEN,
  type RecordKey,
  type RecordState,
  type Row,
  type System,
  type TransactionId,
} from '../../schema/record.ts'
import { decisionOf, type Holding, type Holdings, imagesOfWrites, viewOf } from './view.ts'

const row = (change: Partial<TransactionRow> = {}): TransactionRow => ({
  id: 't1' as TransactionId,
  plan: 'p1' as PlanDigest,
  participants: ['CRM', 'ERP'],
  state: 'PREPARED',
  mapSet: 'maps-1',
  origin: 'GRAPH',
  actor: 'ada',
  startedAt: 100,
  decidedAt: 110,
  completedAt: null,
  deadline: 1_000,
  age: { at: 100, id: 't1' as TransactionId },
  idempotency: null,
  subject: { entity: 'Customer', id: 'c1' },
  writes: [],
  violations: [],
  sequence: null,
  ...change,
})
const prepared = row()
const committed = row({ state: 'COMMITTED', decidedAt: 120, completedAt: 130, sequence: 7 })
const aborted = row({ state: 'ABORTED', decidedAt: 105, completedAt: 105 })
const foreign = row({ plan: 'p2' as PlanDigest })
const holdings = (crm: Holding, erp: Holding): Holdings =>
  new Map<System, Holding>([
    ['CRM', crm],
    ['ERP', erp],
  ])

describe('what the rows of a transaction prove', () => {
  test.each<[string, Holding, Holding, string, string]>([
    ['both committed', committed, committed, 'COMMITTED', 'COMMITTED'],
    ['one committed, one to follow', committed, prepared, 'COMMITTED', 'COMMITTING'],
    ['one committed, one silent', committed, 'SILENT', 'COMMITTED', 'COMMITTING'],
    ['both prepared: that is the commit', prepared, prepared, 'COMMITTED', 'COMMITTING'],
    ['one prepared, one holding nothing yet', prepared, 'NOTHING', 'OPEN', 'PREPARING'],
    ['one prepared, one silent', 'SILENT', prepared, 'OPEN', 'PREPARING'],
    ['both aborted', aborted, aborted, 'ABORTED', 'REVERTED'],
    ['one aborted, one to follow', aborted, prepared, 'ABORTED', 'REVERTING'],
    ['one aborted, one that was never asked', aborted, 'NOTHING', 'ABORTED', 'REVERTED'],
    ['one aborted, one silent, which may hold locks', aborted, 'SILENT', 'ABORTED', 'REVERTING'],
    ['two plans: neither can be complete', prepared, foreign, 'ABORTED', 'REVERTING'],
  ])('%s', (_name, crm, erp, decision, state) => {
    expect(decisionOf(holdings(crm, erp))).toBe(decision)
    expect(viewOf(holdings(crm, erp))?.state).toBe(state)
  })

  test('a lone participant needs no other', () => {
    const lone = row({ participants: ['ERP'], state: 'COMMITTED', completedAt: 111 })
    const view = viewOf(holdings('NOTHING', lone))
    expect(view).toMatchObject({ state: 'COMMITTED', legs: [{ system: 'ERP', state: 'COMMITTED' }] })
  })

  test('nothing anywhere is no transaction', () => {
    expect(viewOf(holdings('NOTHING', 'SILENT'))).toBeNull()
  })
})

describe('times of a view', () => {
  test('a commit falls with the last yes and is complete with the last apply', () => {
    const late = row({ state: 'COMMITTED', decidedAt: 125, completedAt: 140 })
    expect(viewOf(holdings(committed, late))).toMatchObject({ startedAt: 100, decidedAt: 125, completedAt: 140 })
  })
  test('an abort falls with the first no', () => {
    const late = row({ state: 'ABORTED', decidedAt: 125, completedAt: 140 })
    expect(viewOf(holdings(aborted, late))).toMatchObject({ decidedAt: 105, completedAt: 140 })
  })
  test('the undecided has neither', () => {
    expect(viewOf(holdings(prepared, 'NOTHING'))).toMatchObject({ decidedAt: null, completedAt: null })
  })
})

describe('legs of a view', () => {
  test('tell the attempt, the reason and the writes of their own system', () => {
    const violation = { code: 'RULE', message: 'over the limit' } as Violation
    const idempotency = { key: 'k', digest: 'd', attempt: 2 }
    const refused = row({ state: 'ABORTED', violations: [violation], idempotency })
    expect(viewOf(holdings(prepared, refused))?.legs).toMatchObject([
      { system: 'CRM', state: 'PREPARED', lastError: null },
      { system: 'ERP', state: 'ABORTED', lastError: 'over the limit' },
    ])
    expect(viewOf(holdings('NOTHING', refused))?.legs[1]).toMatchObject({ attempts: 3 })
  })
  test('a fence that knew nothing of the transaction does not speak for it', () => {
    const wasFenced = { code: 'FENCED', message: 'ended' } as Violation
    const fence = row({ state: 'ABORTED', actor: null, subject: null, startedAt: 500, violations: [wasFenced] })
    const violation = { code: 'LOCKED', message: 'busy' } as Violation
    const full = row({ state: 'ABORTED', violations: [violation] })
    expect(viewOf(holdings(fence, full))).toMatchObject({ origin: 'GRAPH', actor: 'ada', startedAt: 100 })
  })
})

describe('an image of a write', () => {
  const held = (record: Row): RecordState => ({ version: NEVER_WRITTEN, row: record, localVersion: 0, updatedAt: null })
  const common = { table: 'accounts', key: '["usmf"]' as RecordKey, base: NEVER_WRITTEN, revision: 1 }
  test('sets its columns over the record before', () => {
    const write = { operation: 'UPDATE', set: { name: 'New' }, ...common } as const
    const images = imagesOfWrites([write], [held({ name: 'Old', fax: '1' })])
    expect(images).toMatchObject([{ before: { name: 'Old', fax: '1' }, after: { name: 'New', fax: '1' } }])
  })
  test('leaves nothing after a delete', () => {
    const images = imagesOfWrites([{ operation: 'DELETE', ...common }], [held({ name: 'Old' })])
    expect(images).toMatchObject([{ before: { name: 'Old' }, after: null }])
  })
  test('is none for a check', () => {
    const check = { operation: 'CHECK', ...common } as const
    const written = { operation: 'DELETE', ...common, table: 'contacts' } as const
    const images = imagesOfWrites([check, written], [held({ name: 'Old' }), held({ name: 'Ada' })])
    expect(images).toMatchObject([{ table: 'contacts', before: { name: 'Ada' } }])
  })
})
