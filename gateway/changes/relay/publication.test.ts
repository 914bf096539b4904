import { describe, expect, it } from 'vitest'
import { encodeId, nativeKeys } from '../../../maps/identity.ts'
import type { EntityKey, TableMap, UnifiedRecord } from '../../../maps/model.ts'
import type { WriteImage } from '../../../schema/participant.ts'
import {
  NEVER_WRITTEN,
  type RecordKey,
  type Row,
  type System,
  type TransactionId,
  type Version,
} from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import { heldAt, SHIPPED, shippedMap, versionAt } from '../../sync/shipped.fixture.ts'
import type { Change } from '../stream/stream.ts'
import { commit } from './merge.fixture.ts'
import type { Commit } from './merge.ts'
import { publication } from './publication.ts'

const CUSTOMER = shippedMap('Customer')
const KEY = ['usmf', 'C-1']
const group = encodeId('CustomerGroup', ['usmf', 'RETAIL'])
const known: UnifiedRecord = { company: 'usmf', number: 'C-1', name: 'Fabrikam', group, onHold: 'ALL' }

const rowOf = (map: TableMap, system: System, values: UnifiedRecord, also: Row = {}): Row =>
  heldAt(1, map, system, values, also).row ?? {}
const customerIn = (system: System, values: UnifiedRecord = {}, also: Row = {}) =>
  rowOf(CUSTOMER, system, { ...known, ...values }, also)

interface Images {
  readonly before?: Row | null
  readonly after?: Row | null
  readonly base?: Version
  readonly revision?: number
}

function written(table: string, key: RecordKey, { before = null, after = null, ...given }: Images): WriteImage {
  const operation = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE'
  const base = given.base ?? (before === null ? NEVER_WRITTEN : versionAt(1))
  return { operation, table, key, before, after, base, revision: given.revision ?? base.revision + 1 }
}

const record = (map: TableMap, key: EntityKey, system: System, images: Images): WriteImage =>
  written(map.sides[system].table.table, nativeKeys(map, key)[system], images)
const customer = (system: System, images: Images) => record(CUSTOMER, KEY, system, images)

/** What the writes of the systems publish, as one transaction. */
function published(writes: Partial<Record<System, readonly WriteImage[]>>) {
  const systems = (['CRM', 'ERP'] as const).filter((system) => writes[system] !== undefined)
  const commits = systems.map((system): Commit => {
    const { row, ...rest } = commit(system, 1, 't', Object.fromEntries(systems.map((one) => [one, []])))
    return { ...rest, row: { ...row, writes: writes[system] ?? [] } }
  })
  return publication(SHIPPED, commits)
}

function only(changes: readonly Change[]): Change {
  const [change, ...others] = changes
  if (change === undefined || others.length > 0) throw new Error(`${changes.length} changes`)
  return change
}

describe('A change', () => {
  it('shows a record made in both systems as GraphQL does, with the own fields of both', () => {
    const change = only(
      published({
        CRM: [customer('CRM', { after: customerIn('CRM', { leadSource: 'WEB' }) })],
        ERP: [customer('ERP', { after: customerIn('ERP', { salesTaxGroup: 'CA' }) })],
      }),
    )
    expect(change).toMatchObject({
      ...{ entity: 'Customer', id: encodeId('Customer', KEY), company: 'usmf', operation: 'CREATE' },
      ...{ systems: ['CRM', 'ERP'], revision: 1, before: null },
    })
    expect(change.after).toMatchObject({
      ...known,
      leadSource: 'WEB',
      salesTaxGroup: 'CA',
      creditLimit: '0.00',
      email: null,
    })
    expect(Object.keys(change.after ?? {}).toSorted()).toEqual([...CUSTOMER.field.keys()].toSorted())
    const filled = Object.entries(change.after ?? {}).filter(([, value]) => value !== null)
    expect(change.changedFields.toSorted()).toEqual(filled.map(([name]) => name).toSorted())
    expect(change.changedFields).toContain('group')
  })

  it('names transaction, origin, actor and the moment at which the last system had committed', () => {
    const [crm, erp] = [commit('CRM', 1, 't', { CRM: [], ERP: [] }), commit('ERP', 1, 't', { CRM: [], ERP: [] })]
    const about = { origin: 'ERP', actor: 'kim' } as const
    const writes = [customer('CRM', { after: customerIn('CRM') })]
    const changes = publication(SHIPPED, [
      { ...crm, row: { ...crm.row, ...about, completedAt: 5, writes } },
      { ...erp, row: { ...erp.row, ...about, completedAt: 7 } },
    ])
    expect(only(changes)).toMatchObject({ transactionId: 't' as TransactionId, ...about, at: 7 })
  })

  it('tells what changed, before and after', () => {
    const images = (system: System) => ({
      before: customerIn(system),
      after: customerIn(system, { name: 'Contoso', onHold: 'NO' }),
    })
    const change = only(published({ CRM: [customer('CRM', images('CRM'))], ERP: [customer('ERP', images('ERP'))] }))
    expect(change).toMatchObject({ operation: 'UPDATE', revision: 2, changedFields: ['name', 'onHold'] })
    expect(change).toMatchObject({ before: { name: 'Fabrikam' }, after: { name: 'Contoso' } })
  })

  it('shows what both systems hold as the one shows it from which it is read', () => {
    const memo = 'x'.repeat(1_200)
    const change = only(
      published({
        CRM: [customer('CRM', { before: customerIn('CRM'), after: customerIn('CRM', { memo }) })],
        ERP: [customer('ERP', { before: customerIn('ERP'), after: customerIn('ERP', { memo }) })],
      }),
    )
    expect(change.after).toMatchObject({ memo })
    const groups = shippedMap('CustomerGroup')
    const ofGroup = (system: System) =>
      record(groups, ['usmf', 'RETAIL'], system, {
        after: rowOf(groups, system, { company: 'usmf', code: 'RETAIL', description: `as the ${system} has it` }),
      })
    expect(only(published({ CRM: [ofGroup('CRM')], ERP: [ofGroup('ERP')] }))).toMatchObject({
      ...{ entity: 'CustomerGroup', after: { description: 'as the ERP has it', maximumCreditLimit: null } },
    })
  })

  it('of one system alone leaves out what only the other could tell', () => {
    const change = only(
      published({
        ERP: [
          customer('ERP', {
            ...{ before: customerIn('ERP'), after: customerIn('ERP', { salesTaxGroup: 'CA' }), revision: 1 },
          }),
        ],
      }),
    )
    expect(change).toMatchObject({
      operation: 'UPDATE',
      systems: ['ERP'],
      revision: 1,
      changedFields: ['salesTaxGroup'],
    })
    expect(change.after).toMatchObject({ ...known, salesTaxGroup: 'CA' })
    expect(change.after).not.toHaveProperty('leadSource')
  })

  it('of one system alone leaves out a reference that only the other can tell, and shows that there is none', () => {
    const orders = shippedMap('SalesOrder')
    const inErp = (values: UnifiedRecord) =>
      rowOf(orders, 'ERP', { company: 'usmf', number: 'S-1', customer: encodeId('Customer', KEY), ...values })
    const taxed = (before: Row, after: Row) =>
      only(published({ ERP: [record(orders, ['usmf', 'S-1'], 'ERP', { before, after, revision: 1 })] }))
    const change = taxed(inErp({}), inErp({ salesTaxGroup: 'CA' }))
    expect(change).toMatchObject({ changedFields: ['salesTaxGroup'], after: { number: 'S-1', salesTaxGroup: 'CA' } })
    expect(change.before).not.toHaveProperty('customer')
    expect(change.after).not.toHaveProperty('customer')
    const none = taxed(inErp({ customer: null }), inErp({ customer: null, salesTaxGroup: 'CA' }))
    expect(none).toMatchObject({ before: { customer: null }, after: { customer: null } })
  })

  it('of which only the revision moved has no changed field', () => {
    const same = (system: System) => customer(system, { before: customerIn(system), after: customerIn(system) })
    expect(only(published({ CRM: [same('CRM')], ERP: [same('ERP')] }))).toMatchObject({
      ...{ operation: 'UPDATE', revision: 2, changedFields: [] },
    })
  })

  it('of a delete shows what was there', () => {
    const gone = (system: System) => customer(system, { before: customerIn(system) })
    const change = only(published({ CRM: [gone('CRM')], ERP: [gone('ERP')] }))
    expect(change).toMatchObject({ operation: 'DELETE', revision: 2, before: known, after: null })
    expect(change.changedFields).toContain('name')
    expect(change.changedFields).not.toContain('email')
  })
})

describe('For its entity, a record', () => {
  const LEFT = { customertypecode: 1 }

  it('is updated when it is completed on its second side', () => {
    const crm = customer('CRM', { before: customerIn('CRM'), after: customerIn('CRM') })
    const erp = customer('ERP', { after: customerIn('ERP', { salesTaxGroup: 'CA' }) })
    expect(only(published({ CRM: [crm], ERP: [erp] }))).toMatchObject({
      ...{ operation: 'UPDATE', changedFields: ['salesTaxGroup'] },
    })
  })

  it('is created when it enters the map, whatever it was before', () => {
    const crm = customer('CRM', { before: customerIn('CRM', {}, LEFT), after: customerIn('CRM') })
    const erp = customer('ERP', { after: customerIn('ERP') })
    expect(only(published({ CRM: [crm], ERP: [erp] }))).toMatchObject({ operation: 'CREATE', before: null })
  })

  it('is deleted when it leaves the map where it is read from', () => {
    const crm = customer('CRM', { before: customerIn('CRM'), after: customerIn('CRM', {}, LEFT) })
    expect(only(published({ CRM: [crm] }))).toMatchObject({ operation: 'DELETE', after: null })
  })

  it('loses what a system alone knew when it leaves the map there, and is still read from the other', () => {
    const taxed = customerIn('ERP', { salesTaxGroup: 'CA' })
    const erp = customer('ERP', { before: taxed, after: { ...taxed, PartyType: 'Person' }, revision: 1 })
    const change = published({ ERP: [erp] }).find(({ entity }) => entity === 'Customer')
    expect(change).toMatchObject({ operation: 'UPDATE', changedFields: ['salesTaxGroup'], after: { name: 'Fabrikam' } })
    const crm = customer('CRM', { before: customerIn('CRM') })
    const both = published({ CRM: [crm], ERP: [erp] }).find(({ entity }) => entity === 'Customer')
    expect(both).toMatchObject({ operation: 'DELETE' })
  })

  it('is nothing while no map holds it', () => {
    const crm = customer('CRM', {
      before: customerIn('CRM', {}, LEFT),
      after: customerIn('CRM', { name: 'New' }, LEFT),
    })
    expect(published({ CRM: [crm] })).toEqual([])
    expect(published({ CRM: [customer('CRM', { after: customerIn('CRM', {}, LEFT) })] })).toEqual([])
  })

  it('is nothing where its table has no map', () => {
    const tasks = written('tasks', recordKey(['1']), { after: { subject: 'Call' } })
    expect(published({ CRM: [tasks] })).toEqual([])
    expect(published({ CRM: [] })).toEqual([])
  })

  it('is of the one of several maps over its table that holds it', () => {
    const person = shippedMap('Person')
    const values = { company: 'usmf', number: 'P-1', name: 'Ann' }
    const after = rowOf(person, 'ERP', values)
    expect(only(published({ ERP: [record(person, ['usmf', 'P-1'], 'ERP', { after })] })).entity).toBe('Person')
  })
})

describe('A part', () => {
  const [order, line] = [shippedMap('SalesOrder'), shippedMap('SalesOrderLine')]
  const [orderKey, lineKey] = [
    ['usmf', 'SO-1'],
    ['usmf', 'SO-1', '1'],
  ]
  const orderRow = (also: Row = {}) => rowOf(order, 'CRM', { company: 'usmf', number: 'SO-1' }, also)
  const lineRow = (quantity: string) =>
    rowOf(line, 'CRM', { company: 'usmf', orderNumber: 'SO-1', lineNumber: 1, quantity })
  const orderIn = (images: Images) => record(order, orderKey, 'CRM', images)
  const lineIn = (images: Images) => record(line, lineKey, 'CRM', images)
  const entities = (changes: readonly Change[]) => changes.map(({ entity, operation }) => `${operation} ${entity}`)
  const ELSEWHERE = { msdyn_ordertype: 1 }

  it('is published with its whole, in the order of the writes', () => {
    const changes = published({
      CRM: [
        orderIn({ before: orderRow(), after: orderRow() }),
        lineIn({ before: lineRow('1.00'), after: lineRow('2.00') }),
      ],
    })
    expect(entities(changes)).toEqual(['UPDATE SalesOrder', 'UPDATE SalesOrderLine'])
    expect(changes.map(({ changedFields }) => changedFields)).toEqual([[], ['quantity']])
  })

  it('is its entity only with a whole that the map holds', () => {
    const loose = { base: NEVER_WRITTEN, revision: 0 }
    const changed = lineIn({ before: lineRow('1.00'), after: lineRow('2.00'), ...loose })
    expect(published({ CRM: [changed] })).toEqual([])
    const elsewhere = orderIn({ before: orderRow(ELSEWHERE), after: orderRow(ELSEWHERE), ...loose })
    expect(published({ CRM: [elsewhere, changed] })).toEqual([])
    expect(
      entities(published({ CRM: [lineIn({ before: lineRow('1.00'), after: lineRow('2.00'), revision: 1 })] })),
    ).toEqual(['UPDATE SalesOrderLine'])
  })

  it('is created when its whole enters the map', () => {
    const entering = orderIn({ before: orderRow(ELSEWHERE), after: orderRow(), base: NEVER_WRITTEN })
    const along = lineIn({ before: lineRow('1.00'), after: lineRow('1.00'), base: NEVER_WRITTEN })
    expect(entities(published({ CRM: [entering, along] }))).toEqual(['CREATE SalesOrder', 'CREATE SalesOrderLine'])
  })

  it('is deleted with its whole', () => {
    const gone = published({ CRM: [orderIn({ before: orderRow() }), lineIn({ before: lineRow('1.00') })] })
    expect(entities(gone)).toEqual(['DELETE SalesOrder', 'DELETE SalesOrderLine'])
  })
})
