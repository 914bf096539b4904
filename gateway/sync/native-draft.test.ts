import { describe, expect, it } from 'vitest'
import { encodeId } from '../../maps/identity.ts'
import type { TableMap, UnifiedRecord } from '../../maps/model.ts'
import type { RecordState, Row, System } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'
import type { Plan } from '../coordinator/coordinator.ts'
import { keysOf, partialKey } from './key.ts'
import { draftNative, type NativeIntent, nativePath, rowAfter } from './native-draft.ts'
import type { SideStates } from './record-draft.ts'
import {
  ABSENT,
  heldAt,
  legsIn,
  planned,
  refusalsIn,
  SHIPPED,
  setIn,
  shippedMap,
  versionAt,
} from './shipped.fixture.ts'

const CUSTOMER = shippedMap('Customer')
const KEY = ['usmf', 'C-1']
const CONTOSO: UnifiedRecord = {
  company: 'usmf',
  number: 'C-1',
  name: 'Contoso',
  phone: '1',
  group: encodeId('CustomerGroup', ['usmf', 'RETAIL']),
}

function plan(
  write: Pick<NativeIntent, 'system' | 'operation'> & Partial<NativeIntent>,
  held: Partial<SideStates>,
  map = CUSTOMER,
): Plan | null {
  const at = write.operation === 'DELETE' ? [] : ['input']
  const subject = { map, key: KEY, keys: keysOf(map, KEY), states: { CRM: ABSENT, ERP: ABSENT, ...held }, at }
  const none = { set: {}, expectedRevision: null, isWholeHeld: true, kindOf: () => null }
  return planned([draftNative(SHIPPED, { ...none, subject, ...write })], [write.system])
}

function update(system: System, set: Row, states: Partial<SideStates>, map = CUSTOMER): Plan | null {
  return plan({ system, operation: 'UPDATE', set }, states, map)
}

function held(revision: number, system: System, values: UnifiedRecord = {}, also: Row = {}): RecordState {
  return heldAt(revision, CUSTOMER, system, { ...CONTOSO, ...values }, also)
}

const BOTH: SideStates = { CRM: held(2, 'CRM'), ERP: held(2, 'ERP') }
const APART: SideStates = { CRM: held(2, 'CRM', { phone: '2' }), ERP: held(5, 'ERP', { phone: '5' }) }
const PROSPECT = { CRM: held(0, 'CRM', {}, { customertypecode: 8 }) }
const PERSON = { ERP: held(0, 'ERP', {}, { PartyType: 'Person' }) }
const NOTHING: SideStates = { CRM: ABSENT, ERP: ABSENT }

const ACCOUNT: Row = { msdyn_company: 'USMF', accountnumber: 'c-1', name: 'Contoso', msdyn_customergroupid: 'RETAIL' }
const CUSTOMER_ACCOUNT: Row = { ...ACCOUNT, customertypecode: 3 }
const CUSTOMER_V3: Row = { dataAreaId: 'usmf', CustomerAccount: 'C-1', OrganizationName: 'Contoso' }

describe('whom a write concerns', () => {
  it.each([
    ['a create of a customer', 'CRM', 'CREATE', CUSTOMER_ACCOUNT, NOTHING, { CRM: 'CREATE 1', ERP: 'CREATE 1' }],
    ['a create by default of a customer', 'ERP', 'CREATE', CUSTOMER_V3, NOTHING, { CRM: 'CREATE 1', ERP: 'CREATE 1' }],
    ['a create of another account', 'CRM', 'CREATE', ACCOUNT, NOTHING, { CRM: 'CREATE 0' }],
    ['a create of a person', 'ERP', 'CREATE', { ...CUSTOMER_V3, PartyType: 'Person' }, NOTHING, { ERP: 'CREATE 0' }],
    ['a create of another account beside a customer', 'CRM', 'CREATE', ACCOUNT, { ERP: BOTH.ERP }, { CRM: 'CREATE 0' }],
    ['an update', 'CRM', 'UPDATE', { name: 'B' }, BOTH, { CRM: 'UPDATE 3', ERP: 'UPDATE 3' }],
    ['an update', 'ERP', 'UPDATE', { OrganizationName: 'B' }, BOTH, { CRM: 'UPDATE 3', ERP: 'UPDATE 3' }],
    ['an update that changes nothing', 'CRM', 'UPDATE', { name: 'Contoso' }, BOTH, null],
    ['an update of an own field', 'CRM', 'UPDATE', { tickersymbol: 'X' }, BOTH, { CRM: 'UPDATE 2' }],
    ['an update of an own field', 'ERP', 'UPDATE', { WarehouseId: '11' }, BOTH, { ERP: 'UPDATE 2' }],
    ['an update of an unmapped column', 'CRM', 'UPDATE', { address1_addresstypecode: 4 }, BOTH, { CRM: 'UPDATE 2' }],
    ['an update of another account', 'CRM', 'UPDATE', { name: 'B' }, PROSPECT, { CRM: 'UPDATE 0' }],
    ['an update of a person', 'ERP', 'UPDATE', { OrganizationName: 'B' }, PERSON, { ERP: 'UPDATE 0' }],
    ['an update of nothing about another account', 'CRM', 'UPDATE', { name: 'Contoso' }, PROSPECT, null],
    [
      'an update that completes the ERP',
      'CRM',
      'UPDATE',
      { name: 'B' },
      { CRM: BOTH.CRM },
      { CRM: 'UPDATE 3', ERP: 'CREATE 3' },
    ],
    [
      'an update of sides apart',
      'ERP',
      'UPDATE',
      { PrimaryContactFax: '1' },
      APART,
      { CRM: 'UPDATE 6', ERP: 'UPDATE 6' },
    ],
    ['an entry', 'CRM', 'UPDATE', { customertypecode: 3 }, PROSPECT, { CRM: 'UPDATE 1', ERP: 'CREATE 1' }],
    ['an entry', 'ERP', 'UPDATE', { PartyType: 'Organization' }, PERSON, { CRM: 'CREATE 1', ERP: 'UPDATE 1' }],
    ['a delete', 'CRM', 'DELETE', {}, BOTH, { CRM: 'DELETE 3', ERP: 'DELETE 3' }],
    ['a delete', 'ERP', 'DELETE', {}, APART, { CRM: 'DELETE 6', ERP: 'DELETE 6' }],
    ['a delete of what one side holds', 'ERP', 'DELETE', {}, { ERP: BOTH.ERP }, { CRM: 'CHECK 0', ERP: 'DELETE 3' }],
    ['a delete of another account', 'CRM', 'DELETE', {}, PROSPECT, { CRM: 'DELETE 0' }],
    [
      'a delete beside an account that is no customer',
      'ERP',
      'DELETE',
      {},
      { ...PROSPECT, ERP: BOTH.ERP },
      { CRM: 'CHECK 0', ERP: 'DELETE 3' },
    ],
  ] as const)('%s in the %s (%s)', (_, system, operation, set, states, legs) => {
    const made = plan({ system, operation, set }, states)
    expect(legsIn(made)).toEqual(legs)
    expect(refusalsIn(made)).toEqual([])
  })

  it('is told with the record and the version that each write rests on', () => {
    const made = update('CRM', { name: 'B' }, APART)
    expect(made).toMatchObject({
      mapSet: SHIPPED.id,
      subject: { entity: 'Customer', id: encodeId('Customer', KEY) },
    })
    expect(made?.legs.flatMap(({ writes }) => writes)).toMatchObject([
      { table: 'accounts', key: recordKey(KEY), base: versionAt(2) },
      { table: 'CustomersV3', key: recordKey(KEY), base: versionAt(5) },
    ])
  })
})

describe('a create', () => {
  it('leaves what was given as it stands, folds the key and writes the other side in its own terms', () => {
    const set = { ...CUSTOMER_ACCOUNT, address1_country: 'Germany', address1_addresstypecode: 4 }
    const made = plan({ system: 'CRM', operation: 'CREATE', set: { ...set, fax: null } }, NOTHING)
    expect(setIn(made, 'CRM')).toMatchObject({ ...set, msdyn_company: 'usmf', accountnumber: 'C-1' })
    expect(setIn(made, 'CRM')).not.toHaveProperty('fax')
    expect(setIn(made, 'ERP')).toMatchObject({
      dataAreaId: 'usmf',
      CustomerAccount: 'C-1',
      PartyType: 'Organization',
      OrganizationName: 'Contoso',
      DeliveryAddressCountryRegionISOCode: 'DE',
      CustomerGroupId: 'RETAIL',
      LanguageId: 'en-us',
      CreditLimit: '0.00',
    })
  })

  it('adds the constants to the other side alone', () => {
    const made = plan({ system: 'ERP', operation: 'CREATE', set: CUSTOMER_V3 }, NOTHING)
    expect(setIn(made, 'CRM')).toMatchObject({ customertypecode: 3, address1_addresstypecode: 2 })
    expect(setIn(made, 'ERP')).not.toHaveProperty('PartyType')
  })

  it('of another account sets what was given under the folded key, and nothing else', () => {
    const made = plan({ system: 'CRM', operation: 'CREATE', set: { ...ACCOUNT, fax: null } }, NOTHING)
    expect(setIn(made, 'CRM')).toEqual({ ...ACCOUNT, msdyn_company: 'usmf', accountnumber: 'C-1' })
  })
})

describe('an update', () => {
  it('writes the other side in its own terms', () => {
    expect(setIn(update('CRM', { msdyn_onholdstatus: 806380002, fax: '7' }, BOTH), 'ERP')).toEqual({
      OnHoldStatus: 'All',
      PrimaryContactFax: '7',
    })
    expect(setIn(update('ERP', { OnHoldStatus: 'All', PrimaryContactPhone: null }, BOTH), 'CRM')).toEqual({
      msdyn_onholdstatus: 806380002,
      telephone1: null,
    })
  })

  it('sets only what differs', () => {
    const made = update('CRM', { name: 'Contoso', creditlimit: '0', telephone1: '2' }, BOTH)
    expect(setIn(made, 'CRM')).toEqual({ telephone1: '2' })
    expect(setIn(made, 'ERP')).toEqual({ PrimaryContactPhone: '2' })
  })

  it('of sides apart brings them together on the values of the system that was written', () => {
    expect(setIn(update('ERP', { WarehouseId: '11' }, APART), 'CRM')).toEqual({ telephone1: '5' })
    expect(setIn(update('CRM', { tickersymbol: 'X' }, APART), 'ERP')).toEqual({ PrimaryContactPhone: '2' })
  })

  it('that enters the map takes along all that the record holds', () => {
    const made = update('CRM', { customertypecode: 3, fax: '7' }, PROSPECT)
    expect(setIn(made, 'CRM')).toEqual({ customertypecode: 3, fax: '7' })
    expect(setIn(made, 'ERP')).toMatchObject({
      OrganizationName: 'Contoso',
      PrimaryContactPhone: '1',
      PrimaryContactFax: '7',
      CustomerGroupId: 'RETAIL',
      PartyType: 'Organization',
    })
  })

  it('takes a field that flows from the ERP to the CRM in the ERP, and refuses it in the CRM', () => {
    const fromErp = update('ERP', { DeliveryAddressLatitude: '47.5' }, BOTH)
    expect(refusalsIn(fromErp)).toEqual([])
    expect(setIn(fromErp, 'CRM')).toEqual({ address1_latitude: '47.50000' })
    const fromCrm = update('CRM', { address1_latitude: '47.5', name: 'B' }, BOTH)
    expect(refusalsIn(fromCrm)).toEqual(['READ_ONLY input.address1_latitude'])
    expect(fromCrm?.refusals).toMatchObject([{ system: 'CRM', table: 'accounts', column: 'address1_latitude' }])
  })

  it('may repeat the value of a field that is read-only here', () => {
    const values = { deliveryLatitude: '47.50000' }
    const states = { CRM: held(2, 'CRM', values), ERP: held(2, 'ERP', values) }
    expect(refusalsIn(update('CRM', { address1_latitude: '47.5', name: 'B' }, states))).toEqual([])
  })

  it.each([
    ['ERP', { LanguageId: 'xx-yy' }, 'LanguageId'],
    ['CRM', { address1_country: 'Atlantis' }, 'address1_country'],
  ] as const)('in the %s refuses a text without a partner: %j', (system, set, column) => {
    expect(refusalsIn(update(system, set, BOTH))).toEqual([`VALIDATION input.${column}`])
  })

  it('lets such a text be where the record concerns nobody else', () => {
    expect(refusalsIn(update('CRM', { address1_country: 'Atlantis' }, PROSPECT))).toEqual([])
  })
})

describe('an update that leaves the map', () => {
  const leaving = (onLeave: TableMap['onLeave'], system: System, set: Row) =>
    update(system, set, BOTH, { ...CUSTOMER, onLeave })

  it.each([
    ['CRM', { customertypecode: 8 }],
    ['CRM', { customertypecode: null }],
    ['ERP', { PartyType: 'Person' }],
  ] as const)('in the %s by %j is refused, and tells the filter', (system, set) => {
    const made = leaving('REFUSE', system, set)
    expect(refusalsIn(made)).toEqual(['RULE input'])
    expect(made?.refusals[0]?.message).toContain(CUSTOMER.sides[system].filter)
  })

  it('leaves the other side alone where the map says UNLINK', () => {
    const made = leaving('UNLINK', 'CRM', { customertypecode: 8, name: 'B' })
    expect(legsIn(made)).toEqual({ CRM: 'UPDATE 2' })
    expect(setIn(made, 'CRM')).toEqual({ customertypecode: 8, name: 'B' })
    expect(refusalsIn(made)).toEqual([])
  })

  it('deletes the other side where the map says DELETE', () => {
    const made = leaving('DELETE', 'ERP', { PartyType: 'Person' })
    expect(legsIn(made)).toEqual({ CRM: 'DELETE 3', ERP: 'UPDATE 3' })
    expect(setIn(made, 'ERP')).toEqual({ PartyType: 'Person' })
    expect(refusalsIn(made)).toEqual([])
  })
})

describe('the state of the records', () => {
  it.each([
    ['UPDATE', 'CRM', 'accounts', 'accountnumber'],
    ['DELETE', 'ERP', 'CustomersV3', 'CustomerAccount'],
  ] as const)('refuses an %s in the %s of what is not there', (operation, system, table, column) => {
    const made = plan({ system, operation, set: {} }, NOTHING)
    expect(refusalsIn(made)).toContain(`NOT_FOUND ${column}`)
    expect(made?.refusals).toMatchObject([{ system, table }])
    expect(made?.legs.map((leg) => leg.system)).toContain(system)
  })

  it.each([
    ['a customer, held by the CRM', CUSTOMER_ACCOUNT, { CRM: BOTH.CRM }, ['accounts']],
    ['a customer, held by the ERP', CUSTOMER_ACCOUNT, { ERP: BOTH.ERP }, ['CustomersV3']],
    ['a customer, held by both', CUSTOMER_ACCOUNT, BOTH, ['accounts', 'CustomersV3']],
    ['a customer, whose number a person has', CUSTOMER_ACCOUNT, PERSON, ['CustomersV3']],
    ['another account, held by both', ACCOUNT, BOTH, ['accounts']],
  ])('refuses a create of %s', (_, set, states, tables) => {
    const made = plan({ system: 'CRM', operation: 'CREATE', set }, states)
    const duplicates = made?.refusals.filter(({ code }) => code === 'DUPLICATE')
    expect(duplicates?.map(({ table }) => table)).toEqual(tables)
    expect(duplicates?.map(({ path }) => path)).toEqual(tables.map(() => ['input', 'accountnumber']))
  })

  it.each([
    ['UPDATE', 2, []],
    ['UPDATE', 1, ['STALE options.expectedRevision']],
    ['DELETE', 2, []],
    ['DELETE', 3, ['STALE options.expectedRevision']],
  ] as const)('is compared by %s with the expected revision %i', (operation, expectedRevision, refusals) => {
    expect(refusalsIn(plan({ system: 'CRM', operation, set: { name: 'B' }, expectedRevision }, APART))).toEqual(
      refusals,
    )
  })
})

describe('rowAfter', () => {
  const { table } = CUSTOMER.sides.CRM

  it('fills a new row with defaults, also where a null is given', () => {
    expect(rowAfter(table, null, { name: 'A', donotemail: null })).toMatchObject({
      name: 'A',
      donotemail: false,
      creditlimit: '0.00',
      fax: null,
    })
  })

  it('changes what is given, brings it to the form of its column and keeps the rest', () => {
    const before = rowAfter(table, null, { name: 'A', fax: '1' })
    expect(rowAfter(table, before, { fax: null, creditlimit: '7.5' })).toEqual({
      ...before,
      fax: null,
      creditlimit: '7.50',
    })
  })
})

describe('native terms', () => {
  it('name a field by its column, and the whole input where the system has none', () => {
    expect(nativePath(CUSTOMER, 'CRM', 'name', ['input'])).toEqual(['input', 'name'])
    expect(nativePath(CUSTOMER, 'ERP', 'name', ['input'])).toEqual(['input', 'OrganizationName'])
    expect(nativePath(CUSTOMER, 'CRM', 'warehouse', ['input'])).toEqual(['input'])
    expect(nativePath(CUSTOMER, 'CRM', 'nothing', ['input'])).toEqual(['input'])
  })

  it('give the folded key of a row, or what there is of it', () => {
    expect(partialKey(CUSTOMER, 'CRM', ACCOUNT)).toEqual(['usmf', 'C-1'])
    expect(partialKey(CUSTOMER, 'CRM', { msdyn_company: 'usmf' })).toEqual(['usmf', null])
  })
})
