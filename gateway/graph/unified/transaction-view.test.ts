import { describe, expect, it } from 'vitest'
import type { LegView, TransactionView } from '../../../schema/caller-view.ts'
import type { WriteImage } from '../../../schema/participant.ts'
import { NEVER_WRITTEN, type RecordKey, type System, type TransactionId } from '../../../schema/record.ts'
import { Silence } from '../../coordinator/silence.ts'
import { legResolvers, writtenTransaction } from './transaction-view.ts'

const image = (name: string): WriteImage => ({
  operation: 'CREATE',
  table: 'accounts',
  key: '["1"]' as RecordKey,
  before: null,
  after: { name },
  base: NEVER_WRITTEN,
  revision: 1,
  at: [],
})

const leg = (system: System, state: LegView['state'], writes: readonly WriteImage[]): LegView => ({
  ...{ system, mode: 'SYNC', state, attempts: 1, lastError: null, writes },
})

const view = (...legs: readonly LegView[]): TransactionView => ({
  ...{ id: 't1' as TransactionId, state: 'COMMITTED', origin: 'GRAPH', actor: null },
  ...{ startedAt: 1, decidedAt: 2, completedAt: 3, subject: null, legs },
})

const told = view(
  leg('CRM', 'COMMITTED', [image('told to the CRM')]),
  leg('ERP', 'COMMITTED', [image('told to the ERP')]),
)

/** The records that a caller sees below the legs, given what the systems say of the transaction afterwards. */
async function shown(transaction: () => Promise<TransactionView | null>): Promise<readonly unknown[]> {
  const legs = writtenTransaction(told, false, { transaction })?.legs ?? []
  const writes = await Promise.all(legs.map((one) => legResolvers.writes(one)))
  return writes.flat().map(({ after }) => after)
}

describe('the writes of a transaction that was just answered', () => {
  it('are shown whole, as the systems keep them', async () => {
    const kept = view(leg('CRM', 'COMMITTED', [image('kept')]), leg('ERP', 'COMMITTED', [image('kept, too')]))
    expect(await shown(async () => kept)).toEqual([{ name: 'kept' }, { name: 'kept, too' }])
  })

  it('are shown as they were told to a system that has fallen silent since', async () => {
    const kept = view(leg('CRM', 'UNKNOWN', []), leg('ERP', 'COMMITTED', [image('kept')]))
    expect(await shown(async () => kept)).toEqual([{ name: 'told to the CRM' }, { name: 'kept' }])
    expect(await shown(() => Promise.reject(new Silence('nobody answers')))).toEqual([
      { name: 'told to the CRM' },
      { name: 'told to the ERP' },
    ])
  })

  it('are not made up where reading them fails for another reason', async () => {
    await expect(shown(() => Promise.reject(new Error('a fault of our own')))).rejects.toThrow('a fault of our own')
  })
})
