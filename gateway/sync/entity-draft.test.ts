import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeId } from '../../maps/identity.ts'
import type { MappedField, TableMap, UnifiedRecord } from '../../maps/model.ts'
import { unify } from '../../maps/translate.ts'
import { type RecordState, type Row, SYSTEMS, type System } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'
import type { Plan } from '../coordinator/coordinator.ts'
import { draftEntity } from './entity-draft.ts'
import { keysOf } from './key.ts'
import { readKey, readOperations } from './operation.ts'
import type { SideStates } from './record-draft.ts'
import {
  ABSENT,
  created,
  deletedAt,
  heldAt,
  legsIn,
  planned,
  refusalsIn,
  SHIPPED,
  setIn,
  shippedMap,
} from './shipped.fixture.ts'
import type { TransactOperation } from './write.ts'

const CUSTOMER = shippedMap('Customer')
const ID = encodeId('Customer', ['usmf', 'C-1'])
const GROUP = encodeId('CustomerGroup', ['usmf', 'RETAIL'])
const KEY = { company: 'usmf', number: 'C-1' }
const CONTOSO: UnifiedRecord = { ...KEY, name: 'Contoso', phone: '1', group: GROUP }

function plan(asked: Partial<TransactOperation>, held: Partial<SideStates>, map = CUSTOMER): Plan | null {
  const none = { id: ID, input: {}, as: null, expectedRevision: null, at: [] }
  const operation: TransactOperation = { entity: map.entity, operation: 'UPDATE', ...none, ...asked }
  const [read] = readOperations(SHIPPED, [{ ...readKey(SHIPPED, operation), map }])
  if (read === undefined) throw new RangeError('An operation was not read')
  const { key, at } = read
  const states = { CRM: ABSENT, ERP: ABSENT, ...held }
  return planned([draftEntity(SHIPPED, read, { map, key, keys: keysOf(map, key), states, at })])
}

function held(revision: number, system: System, values: UnifiedRecord = {}, also: Row = {}): RecordState {
  return heldAt(revision, CUSTOMER, system, { ...CONTOSO, ...values }, also)
}

function inBoth(revision: number, values: UnifiedRecord = {}): SideStates {
  return { CRM: held(revision, 'CRM', values), ERP: held(revision, 'ERP', values) }
}

const NOTHING: SideStates = { CRM: ABSENT, ERP: ABSENT }
const CRM_ONLY: SideStates = { CRM: held(2, 'CRM'), ERP: ABSENT }
const ERP_ONLY: SideStates = { CRM: ABSENT, ERP: held(2, 'ERP') }
const BOTH = inBoth(2)
const APART: SideStates = { CRM: held(2, 'CRM'), ERP: held(5, 'ERP') }
const DELETED: SideStates = { CRM: deletedAt(3), ERP: deletedAt(4) }
const NEW = { ...CONTOSO, group: { id: GROUP } }
const CHANGE = { name: 'Contoso Ltd' }

describe('what becomes of a record', () => {
  it.each([
    ['CREATE', 'no side', NEW, NOTHING, { CRM: 'CREATE 1', ERP: 'CREATE 1' }],
    ['CREATE', 'no side any more', NEW, DELETED, { CRM: 'CREATE 5', ERP: 'CREATE 5' }],
    ['UPSERT', 'no side', NEW, NOTHING, { CRM: 'CREATE 1', ERP: 'CREATE 1' }],
    ['UPSERT', 'the CRM alone', NEW, CRM_ONLY, { CRM: 'UPDATE 3', ERP: 'CREATE 3' }],
    ['UPSERT', 'the ERP alone', NEW, ERP_ONLY, { CRM: 'CREATE 3', ERP: 'UPDATE 3' }],
    ['UPSERT', 'both sides, as asked', NEW, BOTH, null],
    ['UPSERT', 'both sides, otherwise', { ...NEW, phone: '2' }, BOTH, { CRM: 'UPDATE 3', ERP: 'UPDATE 3' }],
    ['UPDATE', 'both sides', CHANGE, BOTH, { CRM: 'UPDATE 3', ERP: 'UPDATE 3' }],
    ['UPDATE', 'both sides, as asked', { name: 'Contoso' }, BOTH, null],
    ['UPDATE', 'both sides, where nothing is given', {}, BOTH, null],
    ['UPDATE', 'both sides at different versions', CHANGE, APART, { CRM: 'UPDATE 6', ERP: 'UPDATE 6' }],
    ['UPDATE', 'the CRM alone', CHANGE, CRM_ONLY, { CRM: 'UPDATE 3', ERP: 'CREATE 3' }],
    ['UPDATE', 'both sides, of a field of the ERP', { warehouse: '11' }, BOTH, { ERP: 'UPDATE 2' }],
    ['UPDATE', 'both sides, of a field of the CRM', { tickerSymbol: 'CTSO' }, BOTH, { CRM: 'UPDATE 2' }],
    [
      'UPDATE',
      'both sides, of a field of each',
      { warehouse: '11', tickerSymbol: 'CTSO' },
      BOTH,
      { CRM: 'UPDATE 2', ERP: 'UPDATE 2' },
    ],
    ['DELETE', 'both sides', {}, BOTH, { CRM: 'DELETE 3', ERP: 'DELETE 3' }],
    ['DELETE', 'both sides at different versions', {}, APART, { CRM: 'DELETE 6', ERP: 'DELETE 6' }],
    ['DELETE', 'the ERP alone, with the CRM held to that', {}, ERP_ONLY, { CRM: 'CHECK 0', ERP: 'DELETE 3' }],
  ] as const)('%s, held by %s', (operation, _, input, states, legs) => {
    const made = plan({ operation, input }, states)
    expect(legsIn(made)).toEqual(legs)
    expect(refusalsIn(made)).toEqual([])
  })

  it('is told of the map set, the record and the versions that the plan rests on', () => {
    const made = plan({ input: CHANGE }, APART)
    expect(made).toMatchObject({ mapSet: SHIPPED.id, subject: { entity: 'Customer', id: ID } })
    const key = recordKey(['usmf', 'C-1'])
    expect(made?.legs.flatMap(({ writes }) => writes)).toMatchObject([
      { table: 'accounts', key, base: APART.CRM.version },
      { table: 'CustomersV3', key, base: APART.ERP.version },
    ])
  })
})

describe('what is written', () => {
  it('is the given value, in the terms of each side', () => {
    const made = plan({ input: { name: 'Contoso Ltd', onHold: 'ALL', paymentTermsBaseDays: 3 } }, BOTH)
    expect(setIn(made, 'CRM')).toEqual({
      name: 'Contoso Ltd',
      msdyn_onholdstatus: 806380002,
      msdyn_paymenttermsbasedays: 3,
    })
    expect(setIn(made, 'ERP')).toEqual({
      OrganizationName: 'Contoso Ltd',
      OnHoldStatus: 'All',
      PaymentTermsBaseDays: 3,
    })
  })

  it('is a null where the caller clears', () => {
    const made = plan({ input: { phone: null } }, BOTH)
    expect(setIn(made, 'CRM')).toEqual({ telephone1: null })
    expect(setIn(made, 'ERP')).toEqual({ PrimaryContactPhone: null })
  })

  it('is only what differs', () => {
    const made = plan({ input: { name: 'Contoso', phone: '2', creditLimit: '0' } }, BOTH)
    expect(setIn(made, 'CRM')).toEqual({ telephone1: '2' })
    expect(setIn(made, 'ERP')).toEqual({ PrimaryContactPhone: '2' })
  })

  it('includes the fields that one side alone keeps where mapped ones change too', () => {
    const made = plan({ input: { phone: '2', warehouse: '11' } }, BOTH)
    expect(setIn(made, 'CRM')).toEqual({ telephone1: '2' })
    expect(setIn(made, 'ERP')).toEqual({ PrimaryContactPhone: '2', WarehouseId: '11' })
  })

  it('completes the side that lacks the record with what the other holds and what is given', () => {
    const crm = held(2, 'CRM', { email: 'a@contoso.example', tickerSymbol: 'CTSO' })
    const made = plan({ operation: 'UPSERT', input: { ...KEY, phone: '2' } }, { CRM: crm })
    expect(setIn(made, 'CRM')).toEqual({ telephone1: '2' })
    expect(setIn(made, 'ERP')).toMatchObject({
      dataAreaId: 'usmf',
      CustomerAccount: 'C-1',
      PartyType: 'Organization',
      OrganizationName: 'Contoso',
      PrimaryContactPhone: '2',
      PrimaryContactEmail: 'a@contoso.example',
      CustomerGroupId: 'RETAIL',
      LanguageId: 'en-us',
    })
  })

  it('brings sides at different versions together, on the values of the side that the map reads', () => {
    const states = { CRM: held(2, 'CRM', { phone: '2' }), ERP: held(5, 'ERP', { phone: '5', fax: '5' }) }
    const made = plan({ input: { email: 'a@contoso.example' } }, states)
    expect(setIn(made, 'CRM')).toEqual({ emailaddress1: 'a@contoso.example' })
    expect(setIn(made, 'ERP')).toEqual({
      PrimaryContactEmail: 'a@contoso.example',
      PrimaryContactPhone: '2',
      PrimaryContactFax: null,
    })
  })

  it('brings them together even where nothing is given', () => {
    const states = { CRM: held(2, 'CRM', { phone: '2' }), ERP: held(5, 'ERP', { phone: '5' }) }
    const made = plan({ input: {} }, states)
    expect(legsIn(made)).toEqual({ CRM: 'UPDATE 6', ERP: 'UPDATE 6' })
    expect(setIn(made, 'ERP')).toEqual({ PrimaryContactPhone: '2' })
  })
})

describe('a create', () => {
  const create = (input: TransactOperation['input'], map = CUSTOMER) =>
    plan({ operation: 'CREATE', input }, NOTHING, map)

  it('sets the defaults of the map on both sides', () => {
    const made = create(NEW)
    expect(setIn(made, 'CRM')).toMatchObject({
      msdyn_language: 192350015,
      creditlimit: '0.00',
      msdyn_onholdstatus: 806380000,
      msdyn_onetimecustomer: false,
    })
    expect(setIn(made, 'ERP')).toMatchObject({
      LanguageId: 'en-us',
      CreditLimit: '0.00',
      OnHoldStatus: 'No',
      IsOneTimeCustomer: 'No',
    })
  })

  it('sets the default of a column on both sides, that of the side which the map reads first', () => {
    const made = create(NEW, withColumnDefault(withoutDefaults(CUSTOMER), 'CRM', 'msdyn_language', 192350004))
    expect(setIn(made, 'CRM')).toMatchObject({ msdyn_language: 192350004, creditlimit: '0.00' })
    expect(setIn(made, 'ERP')).toMatchObject({ LanguageId: 'de', CreditLimit: '0.00' })
  })

  it('sets the default of the other column where the side that the map reads has none', () => {
    const made = create(NEW, withColumnDefault(CUSTOMER, 'ERP', 'PartyCountry', 'CH'))
    expect(setIn(made, 'CRM')).toMatchObject({ msdyn_partycountry: 'CH' })
    expect(setIn(made, 'ERP')).toMatchObject({ PartyCountry: 'CH' })
  })

  it('prefers what is given to a default, and a default to a null', () => {
    const made = create({ ...NEW, language: 'DE', creditLimit: null })
    expect(setIn(made, 'CRM')).toMatchObject({ msdyn_language: 192350004, creditlimit: '0.00' })
    expect(setIn(made, 'ERP')).toMatchObject({ LanguageId: 'de', CreditLimit: '0.00' })
  })

  it('sets the constants of each side, which an update never does', () => {
    const made = create(NEW)
    expect(setIn(made, 'CRM')).toMatchObject({ customertypecode: 3, address1_addresstypecode: 2 })
    expect(setIn(made, 'ERP')).toMatchObject({ PartyType: 'Organization' })
    const states = { CRM: held(2, 'CRM', {}, { address1_addresstypecode: 4 }), ERP: held(2, 'ERP') }
    expect(setIn(plan({ input: CHANGE }, states), 'CRM')).toEqual({ name: 'Contoso Ltd' })
  })

  it('without a whole key names no record and leaves the refusal to the systems', () => {
    const made = create({ company: 'usmf', name: 'Contoso', group: { id: GROUP } })
    expect(made).toMatchObject({ subject: null, refusals: [] })
    expect(setIn(made, 'CRM')).toMatchObject({ msdyn_company: 'usmf', accountnumber: null })
    expect(setIn(made, 'ERP')).toMatchObject({ dataAreaId: 'usmf', CustomerAccount: null })
  })
})

describe('a refusal', () => {
  const stranger: RecordState = held(0, 'CRM', {}, { customertypecode: 1 })

  it.each([
    ['a create of what the CRM holds', 'CREATE', NEW, CRM_ONLY, ['DUPLICATE input.number']],
    ['a create of what the ERP holds', 'CREATE', NEW, ERP_ONLY, ['DUPLICATE input.number']],
    ['a create of what both hold', 'CREATE', NEW, BOTH, ['DUPLICATE input.number', 'DUPLICATE input.number']],
    ['a create under the number of another account', 'CREATE', NEW, { CRM: stranger }, ['DUPLICATE input.number']],
    ['an upsert under the number of another account', 'UPSERT', NEW, { CRM: stranger }, ['DUPLICATE input.number']],
    ['an update of nothing', 'UPDATE', CHANGE, NOTHING, ['NOT_FOUND id']],
    ['an update of an account that is no customer', 'UPDATE', CHANGE, { CRM: stranger }, ['NOT_FOUND id']],
    ['a delete of nothing', 'DELETE', {}, NOTHING, ['NOT_FOUND id']],
    ['a delete of an account that is no customer', 'DELETE', {}, { CRM: stranger }, ['NOT_FOUND id']],
    [
      'a reference to another company',
      'UPDATE',
      { group: { company: 'demf', code: 'RETAIL' } },
      BOTH,
      ['REFERENCE input.group'],
    ],
  ] as const)('meets %s', (_, operation, input, states, refusals) => {
    expect(refusalsIn(plan({ operation, input }, states))).toEqual(refusals)
  })

  it('of a duplicate names the table and the column that hold the number', () => {
    const made = plan({ operation: 'CREATE', input: NEW }, ERP_ONLY)
    expect(made?.refusals).toMatchObject([{ system: 'ERP', table: 'CustomersV3', column: 'CustomerAccount' }])
  })

  it('still has both systems asked, which then add their own', () => {
    const made = plan({ input: CHANGE }, NOTHING)
    expect(made?.legs).toEqual(SYSTEMS.map((system) => ({ system, writes: [] })))
  })

  it('of an unreadable id stands alone', () => {
    const made = plan({ id: 'garbage', input: CHANGE }, NOTHING)
    expect(made?.subject).toBeNull()
    expect(refusalsIn(made)).toEqual(['NOT_FOUND id'])
  })

  it.each([
    ['UPDATE', CHANGE, BOTH, 2, []],
    ['UPDATE', CHANGE, BOTH, 1, ['STALE options.expectedRevision']],
    ['UPDATE', { name: 'Contoso' }, BOTH, 1, ['STALE options.expectedRevision']],
    ['UPDATE', CHANGE, APART, 2, []],
    ['UPDATE', CHANGE, APART, 5, ['STALE options.expectedRevision']],
    ['UPDATE', CHANGE, ERP_ONLY, 2, []],
    ['UPDATE', CHANGE, NOTHING, 1, ['NOT_FOUND id']],
    ['DELETE', {}, BOTH, 3, ['STALE options.expectedRevision']],
    ['UPSERT', NEW, NOTHING, 0, []],
    ['UPSERT', NEW, NOTHING, 1, ['STALE options.expectedRevision']],
    ['UPSERT', NEW, DELETED, 0, []],
  ] as const)(
    'of %s %j tells an expected revision that is not held (case %#)',
    (operation, input, states, expectedRevision, refusals) => {
      expect(refusalsIn(plan({ operation, input, expectedRevision }, states))).toEqual(refusals)
    },
  )
})

describe('the law of an update', () => {
  const texts = CUSTOMER.fields.filter(
    (field): field is MappedField =>
      field.kind === 'mapped' && field.type.kind === 'string' && field.direction === 'BOTH',
  )
  const values = fc
    .subarray(texts)
    .chain((some) => fc.record(Object.fromEntries(some.map((field) => [field.name, textOf(field)]))))
  const revisions = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))

  it('leaves both sides with equal mapped values, whatever they held and whatever texts are given', () => {
    fc.assert(
      fc.property(values, values, values, revisions, (inCrm, inErp, input, [crm, erp]) => {
        const states = {
          CRM: held(crm, 'CRM', inCrm),
          ERP: held(erp, 'ERP', crm === erp ? inCrm : inErp),
        }
        const made = plan({ input }, states)
        const [left, right] = SYSTEMS.map((system) => mappedValues(system, rowAfterwards(made, system, states)))
        expect(left).toEqual(right)
        expect(left).toMatchObject(input)
      }),
    )
  })

  function textOf(field: MappedField) {
    const lengths = SYSTEMS.map((system) => CUSTOMER.sides[system].table.columns[field.columns[system]]?.maxLength ?? 0)
    const text = fc
      .string({ unit: 'grapheme', maxLength: 12 })
      .map((value) => [...value].slice(0, Math.min(...lengths)).join(''))
    return field.required ? text : fc.option(text)
  }
})

/** The row as a system would hold it once its leg is applied. */
function rowAfterwards(made: Plan | null, system: System, states: SideStates): Row {
  const before = states[system].row
  const set = setIn(made, system) ?? {}
  return before === null ? created(CUSTOMER, system, set) : { ...before, ...set }
}

function mappedValues(system: System, row: Row): UnifiedRecord {
  const values = Object.entries(unify(SHIPPED, CUSTOMER, system, row))
  return Object.fromEntries(values.filter(([name]) => CUSTOMER.field.get(name)?.kind !== 'own'))
}

function withoutDefaults(map: TableMap): TableMap {
  return {
    ...map,
    fields: map.fields.map((field) => (field.kind === 'key' ? field : { ...field, default: undefined })),
  }
}

function withColumnDefault(map: TableMap, system: System, name: string, value: string | number): TableMap {
  const { table } = map.sides[system]
  const column = table.columns[name]
  if (column === undefined) throw new RangeError(`${table.table} has no column ${name}`)
  const columns = { ...table.columns, [name]: { ...column, default: value } }
  return { ...map, sides: { ...map.sides, [system]: { ...map.sides[system], table: { ...table, columns } } } }
}
