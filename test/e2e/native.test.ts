import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lockstep, startLockstep, type WriteError, write } from './lockstep.ts'

let lockstep: Lockstep
beforeAll(async () => {
  lockstep = await startLockstep()
}, 30_000)
afterAll(() => lockstep.stop())

interface NativePayload {
  readonly transaction: {
    readonly state: string
    readonly legs: readonly { readonly system: string; readonly state: string }[]
  } | null
  readonly errors: readonly WriteError[]
}

const NATIVE_PAYLOAD =
  '{ transaction { state legs { system state } } errors { code message path system table column } }'
const BOTH_COMMITTED = {
  errors: [],
  transaction: {
    state: 'COMMITTED',
    legs: [
      { system: 'CRM', state: 'COMMITTED' },
      { system: 'ERP', state: 'COMMITTED' },
    ],
  },
}

async function inCrm(field: string): Promise<NativePayload> {
  const { payload } = await lockstep.crm.request<{ payload: NativePayload }>(
    `mutation { payload: ${field} ${NATIVE_PAYLOAD} }`,
  )
  return payload
}

async function inErp(field: string): Promise<NativePayload> {
  const { payload } = await lockstep.erp.request<{ payload: NativePayload }>(
    `mutation { payload: ${field} ${NATIVE_PAYLOAD} }`,
  )
  return payload
}

async function account(number: string): Promise<Record<string, unknown> | null> {
  const { accountsByKey } = await lockstep.crm.request<{ accountsByKey: Record<string, unknown> | null }>(
    `{ accountsByKey(msdyn_company: "usmf", accountnumber: "${number}") { name creditlimit customertypecode msdyn_language description donotphone revision } }`,
  )
  return accountsByKey
}

async function customer(number: string): Promise<Record<string, unknown> | null> {
  const { CustomersV3ByKey } = await lockstep.erp.request<{ CustomersV3ByKey: Record<string, unknown> | null }>(
    `{ CustomersV3ByKey(dataAreaId: "usmf", CustomerAccount: "${number}") { OrganizationName CreditLimit LanguageId SalesMemo PartyType SalesDistrict revision } }`,
  )
  return CustomersV3ByKey
}

const crmCreate = (number: string, more = '') =>
  inCrm(
    `createAccounts(input: { msdyn_company: "usmf", accountnumber: "${number}", name: "Native ${number}", customertypecode: 3, msdyn_customergroupid: "RETAIL" ${more} })`,
  )

describe('a write made natively in the CRM', () => {
  it('takes the ERP along', async () => {
    expect(await crmCreate('NC-1', ', creditlimit: "10", msdyn_language: 192350015')).toEqual(BOTH_COMMITTED)
    expect(await customer('NC-1')).toMatchObject({
      OrganizationName: 'Native NC-1',
      CreditLimit: '10.00',
      LanguageId: 'en-us',
      revision: 1,
    })
    const changed = await inCrm(
      'updateAccounts(msdyn_company: "usmf", accountnumber: "NC-1", input: { name: "Renamed" })',
    )
    expect(changed).toEqual(BOTH_COMMITTED)
    expect(await customer('NC-1')).toMatchObject({ OrganizationName: 'Renamed', revision: 2 })
    expect(await account('NC-1')).toMatchObject({ name: 'Renamed', revision: 2 })
    expect(await inCrm('deleteAccounts(msdyn_company: "usmf", accountnumber: "NC-1")')).toEqual(BOTH_COMMITTED)
    expect([await account('NC-1'), await customer('NC-1')]).toEqual([null, null])
  })

  it('is refused as a whole when the ERP says no, and says why in the CRM’s terms', async () => {
    await crmCreate('NC-2')
    const refused = await inCrm(
      'updateAccounts(msdyn_company: "usmf", accountnumber: "NC-2", input: { creditlimit: "-5" })',
    )
    expect(refused.transaction?.state).toBe('REVERTED')
    expect(refused.errors).toMatchObject([
      { code: 'RULE', path: ['input', 'creditlimit'], system: 'ERP', table: 'CustomersV3', column: 'CreditLimit' },
    ])
    expect(await account('NC-2')).toMatchObject({ creditlimit: '0.00', revision: 1 })
  })

  it('concerns the CRM alone where it changes unmapped columns', async () => {
    await crmCreate('NC-3')
    const changed = await inCrm(
      'updateAccounts(msdyn_company: "usmf", accountnumber: "NC-3", input: { donotphone: true })',
    )
    expect(changed).toEqual({
      errors: [],
      transaction: { state: 'COMMITTED', legs: [{ system: 'CRM', state: 'COMMITTED' }] },
    })
    expect(await account('NC-3')).toMatchObject({ donotphone: true, revision: 1 })
  })

  it('concerns the CRM alone while the map’s filter does not hold the record, and the ERP from when it does', async () => {
    const outside = await inCrm(
      'createAccounts(input: { msdyn_company: "usmf", accountnumber: "NC-4", name: "A rival", customertypecode: 1, msdyn_customergroupid: "RETAIL" })',
    )
    expect(outside.transaction?.legs).toEqual([{ system: 'CRM', state: 'COMMITTED' }])
    expect(await customer('NC-4')).toBeNull()
    const entering = await inCrm(
      'updateAccounts(msdyn_company: "usmf", accountnumber: "NC-4", input: { customertypecode: 3 })',
    )
    expect(entering).toEqual(BOTH_COMMITTED)
    expect(await customer('NC-4')).toMatchObject({ OrganizationName: 'A rival', PartyType: 'Organization' })
    const leaving = await inCrm(
      'updateAccounts(msdyn_company: "usmf", accountnumber: "NC-4", input: { customertypecode: 1 })',
    )
    expect(leaving.transaction?.state).toBe('REVERTED')
    expect(leaving.errors).toMatchObject([{ code: 'RULE', path: ['input'] }])
    expect(await account('NC-4')).toMatchObject({ customertypecode: 3 })
  })

  it('does not join a record of the ERP that the map leaves alone', async () => {
    await inErp(
      'createCustomersV3(input: { dataAreaId: "usmf", CustomerAccount: "NC-7", PartyType: Person, OrganizationName: "A person", CustomerGroupId: "RETAIL" })',
    )
    await inCrm(
      'createAccounts(input: { msdyn_company: "usmf", accountnumber: "NC-7", name: "A rival", customertypecode: 1, msdyn_customergroupid: "RETAIL" })',
    )
    const entering = await inCrm(
      'updateAccounts(msdyn_company: "usmf", accountnumber: "NC-7", input: { customertypecode: 3 })',
    )
    expect(entering.transaction?.state).toBe('REVERTED')
    expect(entering.errors).toMatchObject([{ code: 'DUPLICATE', system: 'ERP', table: 'CustomersV3' }])
    expect(await customer('NC-7')).toMatchObject({ OrganizationName: 'A person', PartyType: 'Person' })
  })

  it('does not set what only the ERP may say', async () => {
    await crmCreate('NC-5')
    const refused = await inCrm(
      'updateAccounts(msdyn_company: "usmf", accountnumber: "NC-5", input: { address1_latitude: "1.5" })',
    )
    expect(refused.errors).toMatchObject([{ code: 'READ_ONLY', path: ['input', 'address1_latitude'], system: 'CRM' }])
  })

  it('names a text that has no partner in the ERP', async () => {
    const refused = await crmCreate('NC-6', ', address1_country: "Atlantis"')
    expect(refused.errors).toMatchObject([{ code: 'VALIDATION', path: ['input', 'address1_country'] }])
    expect([await account('NC-6'), await customer('NC-6')]).toEqual([null, null])
  })
})

describe('a write made natively in the ERP', () => {
  it('takes the CRM along', async () => {
    const created = await inErp(
      'createCustomersV3(input: { dataAreaId: "usmf", CustomerAccount: "NE-1", OrganizationName: "From the ERP", CustomerGroupId: "RETAIL", DeliveryAddressLatitude: "51.5" })',
    )
    expect(created).toEqual(BOTH_COMMITTED)
    expect(await account('NE-1')).toMatchObject({
      name: 'From the ERP',
      customertypecode: 3,
      msdyn_language: 192350015,
      revision: 1,
    })
    const changed = await inErp(
      'updateCustomersV3(dataAreaId: "usmf", CustomerAccount: "NE-1", input: { SalesMemo: "noted" })',
    )
    expect(changed).toEqual(BOTH_COMMITTED)
    expect(await account('NE-1')).toMatchObject({ description: 'noted', revision: 2 })
  })

  it('draws a number where none is given', async () => {
    const { payload } = await lockstep.erp.request<{
      payload: { record: { CustomerAccount: string } | null; errors: unknown[] }
    }>(
      `mutation { payload: createCustomersV3(input: { dataAreaId: "usmf", OrganizationName: "Numbered", CustomerGroupId: "RETAIL" }) {
         record { CustomerAccount } errors { code message } } }`,
    )
    expect(payload.errors).toEqual([])
    expect(payload.record?.CustomerAccount).toMatch(/^C-\d{6}$/)
    expect(await account(payload.record?.CustomerAccount ?? '')).toMatchObject({ name: 'Numbered' })
  })

  it('is refused when the CRM says no', async () => {
    await write(lockstep.graph, 'createCustomer', {
      input: { company: 'usmf', number: 'NE-2', name: 'Frozen', group: { code: 'RETAIL' }, onHold: 'ALL' },
    })
    const refused = await inErp(
      'updateCustomersV3(dataAreaId: "usmf", CustomerAccount: "NE-2", input: { OrganizationName: "Melted" })',
    )
    expect(refused.transaction?.state).toBe('REVERTED')
    expect(refused.errors).toMatchObject([{ code: 'RULE', system: 'CRM', table: 'accounts' }])
    expect(await customer('NE-2')).toMatchObject({ OrganizationName: 'Frozen' })
    const own = await inErp(
      'updateCustomersV3(dataAreaId: "usmf", CustomerAccount: "NE-2", input: { SalesDistrict: "NORTH" })',
    )
    expect(own).toMatchObject({ errors: [], transaction: { legs: [{ system: 'ERP', state: 'COMMITTED' }] } })
  })
})

describe('a write to an unmapped table', () => {
  it('concerns its own system alone, and is checked all the same', async () => {
    await crmCreate('NU-1')
    const created = await inCrm(
      'createTasks(input: { msdyn_company: "usmf", msdyn_tasknumber: "T-9001", subject: "Call back", regardingobjectid: "NU-1" })',
    )
    expect(created).toMatchObject({
      errors: [],
      transaction: { state: 'COMMITTED', legs: [{ system: 'CRM', state: 'COMMITTED' }] },
    })
    const refused = await inCrm(
      'createTasks(input: { msdyn_company: "usmf", msdyn_tasknumber: "T-9002", regardingobjectid: "NOBODY", prioritycode: 7 })',
    )
    expect(refused.transaction?.state).toBe('REVERTED')
    expect(refused.errors.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual(
      expect.arrayContaining([
        'REQUIRED input.subject',
        'VALIDATION input.prioritycode',
        'REFERENCE input.regardingobjectid',
      ]),
    )
  })
})
