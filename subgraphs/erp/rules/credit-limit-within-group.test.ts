import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Change } from '../../kit/participant/rule.ts'
import { creditLimitWithinGroup } from './credit-limit-within-group.ts'

const GROUP_KEY = recordKey(['usmf', 'RETAIL'])

function customer(CreditLimit: string | null, values: Row = {}): Row {
  return { dataAreaId: 'usmf', CustomerAccount: 'C-000001', CustomerGroupId: 'RETAIL', CreditLimit, ...values }
}

function group(MaximumCreditLimit: string | null, values: Row = {}): Row {
  return { dataAreaId: 'usmf', CustomerGroupId: 'RETAIL', MaximumCreditLimit, ...values }
}

function customerChange(before: Row | null, after: Row | null): Change {
  return { table: 'CustomersV3', key: recordKey(['usmf', 'C-000001']), before, after }
}

function groupChange(before: Row | null, after: Row | null): Change {
  return { table: 'CustomerGroups', key: GROUP_KEY, before, after }
}

function refusals(change: Change, rows: readonly Row[]): readonly (string | null)[] {
  return creditLimitWithinGroup.check(change, [rows]).map(({ column }) => column)
}

describe('a write to a customer', () => {
  it('reads the group that the customer would be in', () => {
    const reads = creditLimitWithinGroup.reads(customerChange(null, customer('10.00')))
    expect(reads).toEqual([{ read: 'RECORD', table: 'CustomerGroups', key: GROUP_KEY }])
  })

  it.each([
    ['changes neither limit nor group', customer('10.00'), customer('10.00', { SalesMemo: 'New note' })],
    ['leaves the limit empty', null, customer(null)],
    ['leaves the group empty', null, customer('10.00', { CustomerGroupId: null })],
    ['deletes it', customer('10.00'), null],
  ])('reads nothing where it %s', (_, before, after) => {
    expect(creditLimitWithinGroup.reads(customerChange(before, after))).toEqual([])
    expect(creditLimitWithinGroup.check(customerChange(before, after), [])).toEqual([])
  })

  it.each([
    ['10.00', '10.00'],
    ['9.99', '10.00'],
    ['99999999999999.98', '99999999999999.99'],
    ['99999999999999.99', null],
  ])('allows a limit of %s under a maximum of %s', (limit, maximum) => {
    expect(refusals(customerChange(null, customer(limit)), [group(maximum)])).toEqual([])
  })

  it.each([
    ['10.01', '10.00'],
    ['9.00', '8.99'],
    ['99999999999999.99', '99999999999999.98'],
  ])('refuses a limit of %s under a maximum of %s', (limit, maximum) => {
    expect(refusals(customerChange(null, customer(limit)), [group(maximum)])).toEqual(['CreditLimit'])
  })

  it('leaves a missing group to the check of references', () => {
    expect(refusals(customerChange(null, customer('10.00')), [])).toEqual([])
  })
})

describe('a write to a customer group', () => {
  it('reads every customer of the group under its own lock when the maximum is lowered', () => {
    const reads = creditLimitWithinGroup.reads(groupChange(group('20.00'), group('10.00')))
    expect(reads).toEqual([
      {
        read: 'ROWS',
        table: 'CustomersV3',
        where: { dataAreaId: 'usmf', CustomerGroupId: 'RETAIL' },
        limit: Number.MAX_SAFE_INTEGER,
        guard: { table: 'CustomerGroups', key: GROUP_KEY },
      },
    ])
  })

  it('reads them too when a group gets its first maximum', () => {
    expect(creditLimitWithinGroup.reads(groupChange(group(null), group('10.00')))).toHaveLength(1)
  })

  it.each([
    ['raises the maximum', group('10.00'), group('20.00')],
    ['removes the maximum', group('10.00'), group(null)],
    ['changes something else', group('10.00'), group('10.00', { Description: 'Shops' })],
    ['creates the group', null, group('10.00')],
    ['deletes the group', group('10.00'), null],
  ])('reads nothing where it %s', (_, before, after) => {
    expect(creditLimitWithinGroup.reads(groupChange(before, after))).toEqual([])
    expect(creditLimitWithinGroup.check(groupChange(before, after), [])).toEqual([])
  })

  it('allows a maximum that no customer exceeds', () => {
    const lowered = groupChange(group('20.00'), group('10.00'))
    expect(refusals(lowered, [customer('10.00'), customer('0.00'), customer(null)])).toEqual([])
  })

  it('refuses a maximum below the limit of a customer, and names one', () => {
    const lowered = groupChange(group('20.00'), group('10.00'))
    const customers = [customer('10.00'), customer('10.01', { CustomerAccount: 'C-000002' }), customer('11.00')]
    const [violation, ...more] = creditLimitWithinGroup.check(lowered, [customers])
    expect(more).toEqual([])
    expect(violation?.column).toBe('MaximumCreditLimit')
    expect(violation?.message).toContain('C-000002, 10.01 and 1 more')
  })
})
