import { describe, expect, it } from 'vitest'
import { encodeId } from '../../../maps/identity.ts'
import type { TransactionState } from '../../../schema/caller-view.ts'
import {
  NEVER_WRITTEN,
  type RecordRef,
  type RecordState,
  type System,
  type TransactionId,
  type Version,
} from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import {
  coordinatorKnowing,
  customerId,
  participantHolding,
  transactionView,
} from '../../../test/graph/sample-graph.ts'
import { customerMap } from '../../../test/graph/sample-maps.ts'
import { createRecordLoaders } from './record-loaders.ts'
import { compareSides, readSyncState } from './sync-state.ts'

const version = (revision: number, transaction: string): Version => ({
  revision,
  transaction: transaction as TransactionId,
})

const state = (given: Version, row: RecordState['row'] = {}): RecordState => ({
  version: given,
  row,
  localVersion: 0,
  updatedAt: null,
})

const one = version(1, 'a')

describe('two sides of one record', () => {
  it.each<[string, RecordState, RecordState, string]>([
    ['hold the same version', state(one), state(one), 'IN_STEP'],
    ['were never written', state(NEVER_WRITTEN), state(NEVER_WRITTEN), 'IN_STEP'],
    ['both lack it', state(NEVER_WRITTEN, null), state(NEVER_WRITTEN, null), 'IN_STEP'],
    ['both deleted it', state(one, null), state(one, null), 'IN_STEP'],
    ['hold different revisions', state(one), state(version(2, 'b')), 'DIVERGED'],
    ['hold one revision by two transactions', state(one), state(version(1, 'b')), 'DIVERGED'],
    ['were deleted by two transactions', state(one, null), state(version(1, 'b'), null), 'DIVERGED'],
    ['are one', state(one), state(NEVER_WRITTEN, null), 'ONE_SIDED'],
    ['are one, though of one version', state(one), state(one, null), 'ONE_SIDED'],
    ['are one, as the map does not hold the other', state(one, { hidden: true }), state(one), 'ONE_SIDED'],
  ])('that %s', (_, crm, erp, expected) => {
    expect(compareSides(customerMap, { CRM: crm, ERP: erp })).toBe(expected)
  })
})

describe('reading the state of records', () => {
  const key = (number: number) => recordKey(['usmf', `C-${number}`])

  /** Systems that hold customer 1 in the given versions, and count their reads. */
  function systems(crm: Version | null, erp: Version | null) {
    const reads: [System, readonly RecordRef[]][] = []
    const holding = (system: System, held: Version | null) =>
      participantHolding(system, new Map(held === null ? [] : [[key(1), held]]), (refs) => reads.push([system, refs]))
    const participants = new Map([
      ['CRM', holding('CRM', crm)],
      ['ERP', holding('ERP', erp)],
    ] as const)
    return { reads, loaders: createRecordLoaders(participants) }
  }

  const knowing = (id: string, state: TransactionState) => coordinatorKnowing([transactionView(id, { state })])

  it('asks each system once for all that one step asks for', async () => {
    const { reads, loaders } = systems(one, one)
    const ids = [1, 2, 3, 2].map(customerId)
    const states = await Promise.all(ids.map((id) => readSyncState(customerMap, id, loaders, coordinatorKnowing([]))))
    expect(states).toEqual(['IN_STEP', 'IN_STEP', 'IN_STEP', 'IN_STEP'])
    expect(reads.map(([system, refs]) => [system, refs.length])).toEqual([
      ['CRM', 4],
      ['ERP', 4],
    ])
    expect(reads[0]?.[1][0]).toEqual({ table: 'accounts', key: key(1) })
    expect(reads[1]?.[1][0]).toEqual({ table: 'Customers', key: key(1) })
  })

  it('sees what was written since the step before', async () => {
    const { reads, loaders } = systems(one, one)
    await readSyncState(customerMap, customerId(1), loaders, coordinatorKnowing([]))
    await readSyncState(customerMap, customerId(1), loaders, coordinatorKnowing([]))
    expect(reads).toHaveLength(4)
  })

  it('is PENDING while the newer side’s transaction is being applied', async () => {
    const { loaders } = systems(version(2, 'b'), one)
    expect(await readSyncState(customerMap, customerId(1), loaders, knowing('b', 'COMMITTING'))).toBe('PENDING')
  })

  it('is PENDING, too, for a create that has reached one side', async () => {
    const { loaders } = systems(null, one)
    expect(await readSyncState(customerMap, customerId(1), loaders, knowing('a', 'COMMITTING'))).toBe('PENDING')
  })

  it('is read once more when that transaction is over', async () => {
    const { reads, loaders } = systems(version(2, 'b'), one)
    expect(await readSyncState(customerMap, customerId(1), loaders, knowing('b', 'COMMITTED'))).toBe('DIVERGED')
    expect(reads).toHaveLength(4)
  })

  it('is ONE_SIDED for a record that one system never heard of', async () => {
    const { loaders } = systems(NEVER_WRITTEN, null)
    expect(await readSyncState(customerMap, customerId(1), loaders, coordinatorKnowing([]))).toBe('ONE_SIDED')
  })

  it('asks nobody about the id of another entity', async () => {
    const { reads, loaders } = systems(one, one)
    const id = encodeId('CustomerGroup', ['usmf', 'RETAIL'])
    expect(await readSyncState(customerMap, id, loaders, coordinatorKnowing([]))).toBe('IN_STEP')
    expect(reads).toEqual([])
  })
})
