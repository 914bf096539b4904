import { describe, expect, it } from 'vitest'
import type { System, Violation } from '../../schema/participant.ts'
import { refusal } from './refusal.ts'
import { shippedMap } from './shipped.fixture.ts'
import { type EntityPlace, entityErrors, nativeErrors, requestErrors } from './write-errors.ts'

const CUSTOMER = shippedMap('Customer')

/** What a system found wrong, at a column of its table or at no column. */
function found(system: System, column: string | null, more: Partial<Violation> = {}): Violation {
  const { table } = CUSTOMER.sides[system].table
  const violation: Violation = {
    code: 'VALIDATION',
    message: 'no',
    system,
    write: 0,
    table,
    column,
    path: null,
    retryable: false,
  }
  return { ...violation, ...more }
}

const SILENT: Violation = { ...found('ERP', null), code: 'TIMEOUT', system: null, table: null, retryable: true }

describe('an error of an entity write', () => {
  it.each([
    ['CREATE', ['name'], 'a given field', found('CRM', 'name'), ['input', 'name']],
    ['CREATE', ['name'], 'a given field, in the other system', found('ERP', 'OrganizationName'), ['input', 'name']],
    ['CREATE', [], 'a field left out', found('ERP', 'CustomerGroupId'), ['input', 'group']],
    ['CREATE', [], 'an own field', found('ERP', 'WarehouseId'), ['input', 'warehouse']],
    ['CREATE', [], 'the key', found('ERP', 'CustomerAccount'), ['input', 'number']],
    ['CREATE', [], 'an unmapped column', found('CRM', 'customertypecode'), ['input']],
    ['CREATE', [], 'no column', found('CRM', null), ['input']],
    ['CREATE', [], 'a column of another table', found('CRM', 'name', { table: 'tasks' }), ['input']],
    ['CREATE', [], 'no system', SILENT, []],
    ['UPSERT', [], 'a field left out', found('ERP', 'CustomerGroupId'), ['input', 'group']],
    ['UPSERT', [], 'the key', found('CRM', 'accountnumber'), ['input', 'number']],
    ['UPDATE', ['phone'], 'a given field', found('CRM', 'telephone1'), ['input', 'phone']],
    ['UPDATE', ['phone'], 'a field left out', found('ERP', 'CreditLimit'), ['input']],
    ['UPDATE', ['phone'], 'the key', found('ERP', 'CustomerAccount'), ['id']],
    ['UPDATE', [], 'no system', SILENT, []],
    ['DELETE', [], 'a column', found('ERP', 'InvoiceAccount'), ['id']],
    ['DELETE', [], 'no column', found('CRM', null), ['id']],
  ] as const)('%s of %j stands at its place: %s', (operation, given, _, violation, path) => {
    const place: EntityPlace = { map: CUSTOMER, operation, given: new Set(given) }
    expect(entityErrors(place, [violation]).map((error) => error.path)).toEqual([path])
  })

  it('stays where the planner found it', () => {
    const place: EntityPlace = { map: CUSTOMER, operation: 'UPDATE', given: new Set() }
    const planned = refusal('STALE', 'no', ['options', 'expectedRevision'])
    expect(entityErrors(place, [planned])).toEqual([
      {
        code: 'STALE',
        message: 'no',
        path: ['options', 'expectedRevision'],
        system: null,
        table: null,
        column: null,
        retryable: false,
      },
    ])
  })

  it('tells the system, table and column that said no, and whether to try again', () => {
    const place: EntityPlace = { map: CUSTOMER, operation: 'UPDATE', given: new Set(['phone']) }
    const locked = found('ERP', 'PrimaryContactPhone', { code: 'LOCKED', retryable: true })
    expect(entityErrors(place, [locked])).toEqual([
      {
        code: 'LOCKED',
        message: 'no',
        path: ['input', 'phone'],
        system: 'ERP',
        table: 'CustomersV3',
        column: 'PrimaryContactPhone',
        retryable: true,
      },
    ])
  })
})

describe('an error of a native write', () => {
  it.each([
    ['CRM', false, 'a column of its own', found('CRM', 'telephone1'), ['input', 'telephone1']],
    ['CRM', false, 'the same field in the ERP', found('ERP', 'PrimaryContactPhone'), ['input', 'telephone1']],
    ['ERP', false, 'the same field in the CRM', found('CRM', 'telephone1'), ['input', 'PrimaryContactPhone']],
    ['ERP', false, 'the key', found('CRM', 'accountnumber'), ['input', 'CustomerAccount']],
    ['CRM', false, 'a field that the ERP alone keeps', found('ERP', 'WarehouseId'), ['input']],
    ['CRM', false, 'no column', found('ERP', null), ['input']],
    ['CRM', true, 'a column, at a delete', found('ERP', 'InvoiceAccount'), []],
    ['CRM', true, 'no column, at a delete', found('CRM', null), []],
    ['CRM', true, 'what the planner found', refusal('NOT_FOUND', 'no', ['accountnumber']), ['accountnumber']],
    ['CRM', false, 'what the planner found', refusal('RULE', 'no', ['input', 'name']), ['input', 'name']],
  ] as const)('speaks the terms of the %s (delete: %s): %s', (system, isDelete, _, violation, path) => {
    expect(nativeErrors(CUSTOMER, system, isDelete, [violation]).map((error) => error.path)).toEqual([path])
  })

  it('keeps the system, table and column that said no', () => {
    const errors = nativeErrors(CUSTOMER, 'CRM', false, [found('ERP', 'PrimaryContactPhone')])
    expect(errors).toMatchObject([{ system: 'ERP', table: 'CustomersV3', column: 'PrimaryContactPhone' }])
  })
})

describe('errors together', () => {
  const place: EntityPlace = { map: CUSTOMER, operation: 'CREATE', given: new Set() }
  const planned = refusal('REQUIRED', 'planned', ['input', 'name'])
  const inOrder = [
    planned,
    found('CRM', 'name', { message: 'first in the CRM' }),
    found('CRM', 'fax', { message: 'second in the CRM' }),
    found('ERP', 'CreditLimit', { message: 'first in the ERP' }),
    found('ERP', 'OrganizationName', { message: 'second in the ERP' }),
  ]

  it('are the planner’s, then those of each system in the order in which it found them', () => {
    const [first, second, third, fourth, fifth] = inOrder
    const mixed = [fourth, second, first, fifth, third].filter((violation) => violation !== undefined)
    const messages = inOrder.map(({ message }) => message)
    expect(entityErrors(place, mixed).map(({ message }) => message)).toEqual(messages)
    expect(nativeErrors(CUSTOMER, 'ERP', false, mixed).map(({ message }) => message)).toEqual(messages)
    expect(requestErrors(mixed).map(({ message }) => message)).toEqual(messages)
  })

  it('are each told once, even where two writes met them', () => {
    const twice = [found('CRM', 'name'), found('CRM', 'name', { write: 1 }), found('ERP', 'OrganizationName')]
    expect(entityErrors(place, twice).map(({ system }) => system)).toEqual(['CRM', 'ERP'])
  })

  it('never tell of fencing: the caller is told to try again', () => {
    const fenced = [found('CRM', null, { code: 'FENCED', retryable: true })]
    for (const errors of [
      entityErrors(place, fenced),
      nativeErrors(CUSTOMER, 'CRM', false, fenced),
      requestErrors(fenced),
    ]) {
      expect(errors).toMatchObject([{ code: 'SYSTEM_UNAVAILABLE', retryable: true }])
    }
  })

  it('of a whole request stand at no place, unless they name one', () => {
    const mismatch = refusal('IDEMPOTENCY_MISMATCH', 'no', ['options', 'idempotencyKey'])
    expect(requestErrors([SILENT, mismatch]).map(({ path }) => path)).toEqual([[], ['options', 'idempotencyKey']])
    expect(requestErrors([])).toEqual([])
  })
})
