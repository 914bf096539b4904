/** Histories of two systems for the tests of the merge: who committed what, in which order on each side. */

import fc from 'fast-check'
import type { PlanDigest } from '../../../schema/participant.ts'
import { NEVER_WRITTEN, type System, type TransactionId } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Commit } from './merge.ts'

/** The records that a transaction writes in each system that takes part. */
export type Legs = Partial<Readonly<Record<System, readonly string[]>>>

export interface History {
  readonly legs: ReadonlyMap<string, Legs>
  /** Each system's commits, in their order. */
  readonly orders: Readonly<Record<System, readonly Commit[]>>
}

export function commit(system: System, sequence: number, id: string, legs: Legs): Commit {
  const row = {
    id: id as TransactionId,
    plan: 'plan' as PlanDigest,
    participants: (['CRM', 'ERP'] as const).filter((one) => legs[one] !== undefined),
    ...({ state: 'COMMITTED', mapSet: 'maps', origin: 'GRAPH', actor: null } as const),
    ...{ startedAt: 0, decidedAt: 0, completedAt: 0, deadline: 0, age: { at: 0, id: id as TransactionId } },
    ...{ idempotency: null, subject: null, violations: [], sequence },
    writes: (legs[system] ?? []).map((record) => ({
      ...({ operation: 'UPDATE', table: 'records', key: recordKey([record]) } as const),
      ...{ before: {}, after: {}, base: NEVER_WRITTEN, revision: 1 },
    })),
  }
  return { system, sequence, row, bytes: JSON.stringify(row.writes).length }
}

/** The systems' orders, each a list of transactions by name. */
export function historyOf(
  legs: Readonly<Record<string, Legs>>,
  crm: readonly string[],
  erp: readonly string[],
): History {
  const order = (system: System, ids: readonly string[]) =>
    ids.map((id, index) => commit(system, index + 1, id, legs[id] ?? {}))
  return { legs: new Map(Object.entries(legs)), orders: { CRM: order('CRM', crm), ERP: order('ERP', erp) } }
}

const records = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 3 })
const legs: fc.Arbitrary<Legs> = fc.oneof(fc.record({ CRM: records }), fc.record({ ERP: records }), {
  arbitrary: fc.record({ CRM: records, ERP: records }),
  weight: 3,
})
const swaps = fc.array(fc.nat({ max: 30 }), { maxLength: 60 })

/**
 * Transactions in the order in which they were decided, which each system commits in that order but for transactions
 * that have no record in common there: they change places at will.
 */
export const history: fc.Arbitrary<History> = fc
  .record({ all: fc.array(legs, { maxLength: 24 }), crm: swaps, erp: swaps })
  .map(({ all, crm, erp }) => {
    const named = Object.fromEntries(all.map((one, index) => [`t${index}`, one]))
    const order = (system: System, given: readonly number[]) => {
      const ids = Object.keys(named).filter((id) => named[id]?.[system] !== undefined)
      for (const at of given) swapApart(ids, at, (id) => named[id]?.[system] ?? [])
      return ids
    }
    return historyOf(named, order('CRM', crm), order('ERP', erp))
  })

function swapApart(ids: string[], at: number, recordsOf: (id: string) => readonly string[]): void {
  const [one, other] = [ids[at], ids[at + 1]]
  if (one === undefined || other === undefined) return
  const taken = new Set(recordsOf(one))
  if (recordsOf(other).some((record) => taken.has(record))) return
  ids.splice(at, 2, other, one)
}
