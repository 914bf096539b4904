/** Imports into a system's own table, taken back: also what no map has, and nothing that anybody has written since. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { undoDefinition } from '../../gateway/imports/api/undo.ts'
import type { ImportTarget, JobDefinition } from '../../gateway/imports/job/definition.ts'
import type { JobId } from '../../gateway/imports/job/job.ts'
import type { RecordObject } from '../../gateway/imports/source/source.ts'
import type { Row, System } from '../../schema/record.ts'
import { COMPANY, customer, OPTIONS, row } from '../rows/company.ts'
import { type Importing, openImporting } from './importing.ts'

const ERP_CUSTOMERS = { kind: 'NATIVE', system: 'ERP', table: 'CustomersV3' } as const
const CRM_ACCOUNTS = { kind: 'NATIVE', system: 'CRM', table: 'accounts' } as const

describe('An import into a native table that is taken back', () => {
  let importing: Importing
  let number: string
  let count = 0
  beforeAll(async () => {
    importing = await openImporting()
    importing.worker()
  }, 60_000)
  afterAll(() => importing[Symbol.asyncDispose]())
  beforeEach(() => {
    count += 1
    number = `N-${count}`
  })

  const held = async () =>
    (
      await Promise.all([importing.company.holds('CRM', 'accounts'), importing.company.holds('ERP', 'CustomersV3')])
    ).map((records) => records.map((record) => ({ ...(record as object), revision: null })))
  const imported = async (
    target: ImportTarget,
    operation: JobDefinition['operation'],
    rows: readonly RecordObject[],
  ): Promise<JobId> => {
    const id = await importing.create({ target, operation }, rows)
    expect(await importing.ended(id)).toMatchObject({ phase: { state: 'COMPLETED' } })
    return id
  }
  const undone = async (id: JobId) => {
    const definition = undoDefinition(await importing.job(id), { idempotencyKey: null, actor: 'ada' })
    const undo = await importing.create(definition)
    await importing.ended(undo)
    return importing.outcomes(undo)
  }
  const natively = async (system: System, table: string, set: Row) => {
    const key = JSON.stringify([COMPANY, number]) as never
    const { errors } = await importing.company.app.sync.writeNative({
      ...{ system, table, operation: 'UPDATE', key, set, parts: [], actor: null, options: OPTIONS },
    })
    expect(errors).toEqual([])
  }
  const made = async () => {
    const { errors } = await importing.company.one(row('CREATE', 'Customer', customer(number)))
    expect(errors).toEqual([])
  }
  const erp = (more: RecordObject = {}) => ({ dataAreaId: COMPANY, CustomerAccount: number, ...more })
  const crm = (more: RecordObject = {}) => ({ msdyn_company: COMPANY, accountnumber: number, name: number, ...more })

  it('gives back columns that no map has, along with those that both systems share', async () => {
    await made()
    await natively('ERP', 'CustomersV3', { AddressCity: 'Oslo' })
    const before = await held()
    const id = await imported(ERP_CUSTOMERS, 'UPDATE', [erp({ AddressCity: 'Bergen', PrimaryContactPhone: '1' })])
    expect(await held()).not.toEqual(before)
    expect(await undone(id)).toMatchObject([{ outcome: 'UPDATED' }])
    expect(await held()).toEqual(before)
  })

  it('gives a deleted record back with the columns that its system alone had', async () => {
    await made()
    await natively('ERP', 'CustomersV3', { AddressCity: 'Oslo' })
    const before = await held()
    const id = await imported(ERP_CUSTOMERS, 'DELETE', [erp()])
    expect(await undone(id)).toMatchObject([{ outcome: 'CREATED' }])
    expect(await held()).toEqual(before)
  })

  it('refuses a deleted record that no one write gives back whole, and says for which columns', async () => {
    await made()
    await natively('ERP', 'CustomersV3', { AddressCity: 'Oslo' })
    await natively('CRM', 'accounts', { leadsourcecode: 3 })
    const id = await imported(ERP_CUSTOMERS, 'DELETE', [erp()])
    const [outcome] = await undone(id)
    expect(outcome).toMatchObject({ outcome: 'FAILED', reasons: [{ code: 'CANNOT_UNDO' }] })
    expect(JSON.stringify(outcome)).toContain('ERP AddressCity')
  })

  it('goes no way by which the other system would be given less than it had', async () => {
    await made()
    await natively('CRM', 'accounts', { description: 'x'.repeat(1_500) })
    await natively('ERP', 'CustomersV3', { AddressCity: 'Oslo' })
    const id = await imported(ERP_CUSTOMERS, 'DELETE', [erp()])
    expect(await undone(id)).toMatchObject([{ outcome: 'FAILED', reasons: [{ code: 'CANNOT_UNDO' }] }])
  })

  it('leaves a record alone that was made and then changed where no map looks', async () => {
    const id = await imported(CRM_ACCOUNTS, 'CREATE', [crm({ customertypecode: 3, msdyn_customergroupid: 'TRADE' })])
    await natively('ERP', 'CustomersV3', { AddressCity: 'Oslo' })
    const before = await held()
    expect(await undone(id)).toMatchObject([
      {
        outcome: 'FAILED',
        reasons: [{ code: 'CHANGED_SINCE', system: 'ERP', message: expect.stringContaining('AddressCity') }],
      },
    ])
    expect(await held()).toEqual(before)
  })

  it('takes back what one system alone holds: made, changed and deleted', async () => {
    const nothing = await held()
    const created = await imported(CRM_ACCOUNTS, 'CREATE', [crm({ customertypecode: 10 })])
    const before = await held()
    const changed = await imported(CRM_ACCOUNTS, 'UPDATE', [crm({ telephone1: '7' })])
    expect(await undone(changed)).toMatchObject([{ outcome: 'UPDATED' }])
    expect(await held()).toEqual(before)
    const deleted = await imported(CRM_ACCOUNTS, 'DELETE', [crm()])
    expect(await held()).toEqual(nothing)
    expect(await undone(deleted)).toMatchObject([{ outcome: 'CREATED' }])
    expect(await held()).toEqual(before)
    expect(created).toBeDefined()
  })

  it('does not delete a record that was there before it came into its map', async () => {
    await imported(CRM_ACCOUNTS, 'CREATE', [crm({ customertypecode: 10, telephone1: '5' })])
    const id = await imported(CRM_ACCOUNTS, 'UPDATE', [crm({ customertypecode: 3, msdyn_customergroupid: 'TRADE' })])
    const before = await held()
    expect(await undone(id)).toMatchObject([{ outcome: 'FAILED', reasons: [{ code: 'RULE' }] }])
    expect(await held()).toEqual(before)
  })

  it('takes back what one system alone was given, as long as nobody has changed it', async () => {
    const nothing = await held()
    const created = await imported(CRM_ACCOUNTS, 'CREATE', [crm({ customertypecode: 10 })])
    await natively('CRM', 'accounts', { telephone1: '8' })
    expect(await undone(created)).toMatchObject([{ outcome: 'FAILED', reasons: [{ code: 'CHANGED_SINCE' }] }])
    await natively('CRM', 'accounts', { telephone1: null })
    expect(await undone(created)).toMatchObject([{ outcome: 'DELETED' }])
    expect(await held()).toEqual(nothing)
  })
})
