import { describe, expect, it } from 'vitest'
import type { Violation } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import { refusal } from './refusal.ts'
import { SHIPPED, shippedMap } from './shipped.fixture.ts'
import type { TransactOperation } from './write.ts'
import { type EntityArguments, entityErrors, nativeErrors, requestErrors } from './write-errors.ts'

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
    path: ['input'],
    retryable: false,
  }
  return { ...violation, ...more }
}

const SILENT: Violation = {
  ...found('ERP', null),
  code: 'TIMEOUT',
  system: null,
  write: null,
  table: null,
  path: null,
  retryable: true,
}

/** One write of a customer, by itself. */
function asked(operation: TransactOperation['operation'], given: readonly string[] = []): EntityArguments {
  const input = Object.fromEntries(given.map((field) => [field, null]))
  const one = { entity: 'Customer', operation, id: null, input, as: null, expectedRevision: null, at: [] }
  return { mapSet: SHIPPED, operations: [one] }
}

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
    ['DELETE', [], 'a column', found('ERP', 'InvoiceAccount', { path: ['id'] }), ['id']],
    ['DELETE', [], 'no column', found('CRM', null, { path: ['id'] }), ['id']],
  ] as const)('%s of %j stands at its place: %s', (operation, given, _, violation, path) => {
    expect(entityErrors(asked(operation, given), [violation]).map((error) => error.path)).toEqual([path])
  })

  it('stays where the planner found it', () => {
    const planned = refusal('STALE', 'no', ['options', 'expectedRevision'])
    expect(entityErrors(asked('UPDATE'), [planned])).toEqual([
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
    const locked = found('ERP', 'PrimaryContactPhone', { code: 'LOCKED', retryable: true })
    expect(entityErrors(asked('UPDATE', ['phone']), [locked])).toEqual([
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
    ['CRM', 'a column of its own', found('CRM', 'telephone1'), ['input', 'telephone1']],
    ['CRM', 'the same field in the ERP', found('ERP', 'PrimaryContactPhone'), ['input', 'telephone1']],
    ['ERP', 'the same field in the CRM', found('CRM', 'telephone1'), ['input', 'PrimaryContactPhone']],
    ['ERP', 'the key', found('CRM', 'accountnumber'), ['input', 'CustomerAccount']],
    ['CRM', 'a field that the ERP alone keeps', found('ERP', 'WarehouseId'), ['input']],
    ['CRM', 'no column', found('ERP', null), ['input']],
    ['CRM', 'a column, at a delete', found('ERP', 'InvoiceAccount', { path: [] }), []],
    ['CRM', 'no column, at a delete', found('CRM', null, { path: [] }), []],
    ['CRM', 'what the planner found', refusal('NOT_FOUND', 'no', ['accountnumber']), ['accountnumber']],
    ['CRM', 'what the planner found', refusal('RULE', 'no', ['input', 'name']), ['input', 'name']],
  ] as const)('speaks the terms of the %s: %s', (system, _, violation, path) => {
    expect(nativeErrors(SHIPPED, system, [violation]).map((error) => error.path)).toEqual([path])
  })

  it('keeps the system, table and column that said no', () => {
    const errors = nativeErrors(SHIPPED, 'CRM', [found('ERP', 'PrimaryContactPhone')])
    expect(errors).toMatchObject([{ system: 'ERP', table: 'CustomersV3', column: 'PrimaryContactPhone' }])
  })
})

describe('errors together', () => {
  const place = asked('CREATE')
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
    expect(nativeErrors(SHIPPED, 'ERP', mixed).map(({ message }) => message)).toEqual(messages)
    expect(requestErrors(mixed).map(({ message }) => message)).toEqual(messages)
  })

  it('are each told once, even where two writes met them', () => {
    const twice = [found('CRM', 'name'), found('CRM', 'name', { write: 1 }), found('ERP', 'OrganizationName')]
    expect(entityErrors(place, twice).map(({ system }) => system)).toEqual(['CRM', 'ERP'])
  })

  it('never tell of fencing: the caller is told to try again', () => {
    const fenced = [found('CRM', null, { code: 'FENCED', retryable: true })]
    for (const errors of [entityErrors(place, fenced), nativeErrors(SHIPPED, 'CRM', fenced), requestErrors(fenced)]) {
      expect(errors).toMatchObject([{ code: 'SYSTEM_UNAVAILABLE', retryable: true }])
    }
  })

  it('of a whole request stand at no place, unless they name one', () => {
    const mismatch = refusal('IDEMPOTENCY_MISMATCH', 'no', ['options', 'idempotencyKey'])
    expect(requestErrors([SILENT, mismatch]).map(({ path }) => path)).toEqual([[], ['options', 'idempotencyKey']])
    expect(requestErrors([])).toEqual([])
  })
})
