import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Write } from '../../../schema/participant.ts'
import { NEVER_WRITTEN, type RecordKey, type RecordState, type Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import {
  check,
  computations,
  create,
  remove,
  rules,
  tables,
  transactionId,
  update,
  version,
} from '../stores/contract/system.contract.ts'
import { openCase } from './case.ts'
import { effectsOfImages } from './effect.ts'
import { footprint } from './footprint.ts'
import { type Answer, gathered, type Read } from './gathering.ts'
import { inspect, recordsOf } from './inspect.ts'
import { modelSystem } from './system-model.ts'
import { imageOf } from './write-image.ts'

const system = modelSystem('ERP', tables, rules, computations)
const BASE = version(1, 'seed')
const ABSENT: RecordState = { version: NEVER_WRITTEN, row: null, localVersion: 0, updatedAt: null }

const COMPANY = 'record companies ["usmf"]'
const GROUP_A = 'record groups ["usmf","A"]'
const GROUP_B = 'record groups ["usmf","B"]'
const C1 = 'record customers ["usmf","C1"]'
const C2 = 'record customers ["usmf","C2"]'
const P1 = 'record payments ["usmf","P1"]'
const O1 = 'record orders ["usmf","O1"]'
const O1_LINE_1 = 'record lines ["usmf","O1",1]'
const EURO = 'record currencies ["EUR"]'
const email = (address: string) => `unique customers company,email ["usmf","${address}"]`

/** The records that are there before: all others have never been. */
const standing: ReadonlyMap<string, Row> = new Map([
  [C1, { company: 'usmf', number: 'C1', name: 'One', email: 'a@b.c', group: 'A', limit: '5.00' }],
  [C2, { company: 'usmf', number: 'C2', name: 'Two', email: null, group: null, limit: '5.00' }],
  [GROUP_A, { company: 'usmf', group: 'A', maximum: '10.00' }],
  [P1, { company: 'usmf', payment: 'P1', customer: 'C1', amount: '1.00' }],
  [EURO, { code: 'EUR', factor: 1 }],
  [O1, { company: 'usmf', order: 'O1', currency: 'EUR', total: '1.00', size: 'Small' }],
  [O1_LINE_1, { company: 'usmf', order: 'O1', line: 1, quantity: 1, price: '1.00', amount: '1.00' }],
])

function answer({ table, by }: Read): Answer {
  const found = [...standing].flatMap(([resource, row]) => {
    const isOfTable = resource.startsWith(`record ${table} `)
    const key = resource.slice(`record ${table} `.length) as RecordKey
    const isMeant =
      'key' in by ? by.key === key : Object.entries(by.where).every(([name, value]) => row[name] === value)
    return isOfTable && isMeant ? [{ key, row }] : []
  })
  return { keys: found.map(({ key }) => key), rows: found.map(({ row }) => row) }
}

function effectsOf(writes: readonly Write[]) {
  const inspection = inspect(system, { id: transactionId('t1'), writes })
  const states = recordsOf(inspection).map(({ table, key }): RecordState => {
    const row = standing.get(`record ${table} ${key}`)
    return row === undefined ? ABSENT : { version: BASE, row, localVersion: 0, updatedAt: 1 }
  })
  return gathered(openCase(system, { writes, refusals: [] }, inspection, states), answer).effects
}

/** What the writes lock, by resource. */
function locked(...writes: readonly Write[]): Record<string, string> {
  return Object.fromEntries(footprint(effectsOf(writes)).map(({ resource, mode }) => [resource, mode]))
}

const customer = (set: Row) => update('customers', ['usmf', 'C2'], set, BASE)
const newCustomer = (number: string, set: Row = {}) => create('customers', ['usmf', number], { name: 'New', ...set })
const group = (name: string) => update('groups', ['usmf', name], { maximum: '9.00' }, BASE)
const payment = { customer: 'C1', amount: '1.00' }

describe('A write locks exclusively', () => {
  it('the record that it updates, and nothing else where nothing else is concerned', () => {
    expect(locked(customer({ name: 'Other' }))).toEqual({ [C2]: 'EXCLUSIVE' })
  })

  it('the record that it creates, though it is not there yet', () => {
    expect(locked(create('companies', ['frmf']))).toEqual({ 'record companies ["frmf"]': 'EXCLUSIVE' })
  })

  it('the record that it deletes, and none that the record named', () => {
    expect(locked(remove('groups', ['usmf', 'A'], BASE))).toEqual({ [GROUP_A]: 'EXCLUSIVE' })
  })

  it('the record that it checks, there or not, and nothing that follows from it', () => {
    expect(locked(check('payments', ['usmf', 'P1'], BASE))).toEqual({ [P1]: 'EXCLUSIVE' })
    expect(locked(check('customers', ['usmf', 'C3'], NEVER_WRITTEN))).toEqual({
      'record customers ["usmf","C3"]': 'EXCLUSIVE',
    })
  })

  it('the record alone where it was meant for another state of it, so that the refusal is a settled one', () => {
    const stale = update('payments', ['usmf', 'P1'], { amount: '2.00' }, version(7, 'other'))
    expect(locked(stale)).toEqual({ [P1]: 'EXCLUSIVE' })
  })

  it('a unique value that it claims', () => {
    expect(locked(customer({ email: 'x@y.z' }))).toEqual({ [C2]: 'EXCLUSIVE', [email('x@y.z')]: 'EXCLUSIVE' })
    expect(locked(newCustomer('C3', { email: 'x@y.z' }))).toMatchObject({ [email('x@y.z')]: 'EXCLUSIVE' })
  })

  it('a unique value that it gives up, by a change, by emptying it or by a delete', () => {
    const changed = locked(update('customers', ['usmf', 'C1'], { email: 'x@y.z' }, BASE))
    expect(changed).toMatchObject({ [email('a@b.c')]: 'EXCLUSIVE', [email('x@y.z')]: 'EXCLUSIVE' })
    const emptied = locked(update('customers', ['usmf', 'C1'], { email: null }, BASE))
    expect(emptied).toEqual({ [C1]: 'EXCLUSIVE', [email('a@b.c')]: 'EXCLUSIVE', [GROUP_A]: 'SHARED' })
    const deleted = locked(remove('customers', ['usmf', 'C1'], BASE))
    expect(deleted).toEqual({ [C1]: 'EXCLUSIVE', [email('a@b.c')]: 'EXCLUSIVE' })
  })

  it('no unique value that stays, nor one with an empty column', () => {
    const kept = locked(update('customers', ['usmf', 'C1'], { email: 'a@b.c', name: 'Other' }, BASE))
    expect(kept).toEqual({ [C1]: 'EXCLUSIVE', [GROUP_A]: 'SHARED' })
    expect(locked(newCustomer('C3', { email: null }))).toEqual({
      'record customers ["usmf","C3"]': 'EXCLUSIVE',
      [COMPANY]: 'SHARED',
    })
  })

  it('what it is a part of, whether it comes, stays or goes', () => {
    const stays = update('lines', ['usmf', 'O1', 1], { price: '1.00' }, BASE)
    for (const write of [stays, remove('lines', ['usmf', 'O1', 1], BASE)]) {
      expect(locked(write)).toEqual({ [O1_LINE_1]: 'EXCLUSIVE', [O1]: 'EXCLUSIVE', [EURO]: 'SHARED' })
    }
    expect(locked(create('lines', ['usmf', 'O1', 2], { quantity: 1 }))).toMatchObject({ [O1]: 'EXCLUSIVE' })
  })

  it('what a rule names: the customer on both sides of a payment that moves', () => {
    const moved = locked(update('payments', ['usmf', 'P1'], { customer: 'C2' }, BASE))
    expect(moved).toEqual({ [P1]: 'EXCLUSIVE', [C1]: 'EXCLUSIVE', [C2]: 'EXCLUSIVE' })
    expect(locked(remove('payments', ['usmf', 'P1'], BASE))).toEqual({ [P1]: 'EXCLUSIVE', [C1]: 'EXCLUSIVE' })
  })
})

describe('A write locks shared', () => {
  it('the records that a create refers to', () => {
    const created = create('groups', ['usmf', 'B'], { maximum: '1.00' })
    expect(locked(created)).toEqual({ [GROUP_B]: 'EXCLUSIVE', [COMPANY]: 'SHARED' })
  })

  it('the record that a reference changes to, and not the one it leaves', () => {
    const moved = locked(update('customers', ['usmf', 'C1'], { group: 'B' }, BASE))
    expect(moved).toEqual({ [C1]: 'EXCLUSIVE', [GROUP_B]: 'SHARED' })
    expect(locked(update('customers', ['usmf', 'C1'], { group: null }, BASE))).toEqual({ [C1]: 'EXCLUSIVE' })
  })

  it('the record that a rule reads, though the reference to it stays', () => {
    const raised = locked(update('customers', ['usmf', 'C1'], { limit: '6.00' }, BASE))
    expect(raised).toEqual({ [C1]: 'EXCLUSIVE', [GROUP_A]: 'SHARED' })
  })

  it('what a computation looks at, though the reference to it stays', () => {
    expect(locked(update('orders', ['usmf', 'O1'], {}, BASE))).toEqual({ [O1]: 'EXCLUSIVE', [EURO]: 'SHARED' })
  })

  it('the guard of the rows that a rule reads', () => {
    const ruleOf = { name: 'few', description: 'A company has few groups.', check: () => [] }
    const guard = { table: 'companies', key: recordKey(['usmf']) }
    const reads = () => [{ read: 'ROWS', table: 'groups', where: { company: 'usmf' }, limit: 9, guard } as const]
    const guarded = tables.map((one) => (one.table === 'groups' ? { ...one, rules: ['few'] } : one))
    const guardedSystem = modelSystem('ERP', guarded, [...rules, { ...ruleOf, reads }], computations)
    const row = standing.get(GROUP_A) ?? null
    const image = { ...group('A'), before: row, after: row }
    expect(footprint(gathered(effectsOfImages(guardedSystem, [image]), answer))).toMatchObject([
      { resource: COMPANY, mode: 'SHARED' },
      { resource: GROUP_A, mode: 'EXCLUSIVE' },
    ])
  })
})

describe('Where a resource is wanted both ways, exclusive wins', () => {
  it('within one write: the customer of a payment is referred to, read and guarded', () => {
    const paid = locked(create('payments', ['usmf', 'P2'], payment))
    expect(paid).toEqual({ 'record payments ["usmf","P2"]': 'EXCLUSIVE', [C1]: 'EXCLUSIVE', [COMPANY]: 'SHARED' })
  })

  it.each([
    ['before', [group('A'), newCustomer('C3', { group: 'A' })], 0],
    ['after', [newCustomer('C3', { group: 'A' }), group('A')], 1],
  ])('among the writes: a group that is written %s it is referred to', (_when, writes, write) => {
    const lock = footprint(effectsOf(writes)).find(({ resource }) => resource === GROUP_A)
    expect(lock).toEqual({ resource: GROUP_A, mode: 'EXCLUSIVE', write })
  })
})

describe('The locks of a transaction', () => {
  const writes = [
    group('A'),
    customer({ email: 'x@y.z', group: 'A' }),
    remove('customers', ['usmf', 'C1'], BASE),
    newCustomer('C3', { email: 'a@b.c', group: 'B' }),
    update('payments', ['usmf', 'P1'], { customer: 'C2' }, BASE),
    create('payments', ['usmf', 'P2'], payment),
    update('lines', ['usmf', 'O1', 1], { price: '1.00' }, BASE),
    create('lines', ['usmf', 'O2', 1], { quantity: 1 }),
    create('orders', ['usmf', 'O2']),
  ]
  const some = fc.shuffledSubarray(writes)

  it('are sorted, each once, and the same in whatever order the writes come', () => {
    fc.assert(
      fc.property(some, (chosen) => {
        const resources = footprint(effectsOf(chosen)).map(({ resource }) => resource)
        expect(resources).toEqual([...new Set(resources)].sort())
        expect(locked(...chosen)).toEqual(locked(...writes.filter((write) => chosen.includes(write))))
      }),
    )
  })

  it('name a write of the transaction that needs them', () => {
    fc.assert(
      fc.property(some, (chosen) => {
        const effects = effectsOf(chosen)
        for (const lock of footprint(effects)) {
          const needing = footprint(effects.filter(({ index }) => index === lock.write))
          expect(needing).toContainEqual(lock)
        }
      }),
    )
  })

  it('follow from its images alone, as they must after a restart', () => {
    fc.assert(
      fc.property(some, (chosen) => {
        const effects = effectsOf(chosen)
        const images = effects.map(({ index, before, after }) => imageOf(chosen[index] ?? group('A'), before, after))
        expect(footprint(gathered(effectsOfImages(system, images), answer))).toEqual(footprint(effects))
      }),
    )
  })
})
