import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Change } from '../../kit/participant/rule.ts'
import { paymentTermAllowedByGroup } from './payment-term-allowed-by-group.ts'

const GROUP = { table: 'CustomerGroups', key: recordKey(['usmf', 'RETAIL']) }
const OF_GROUP = {
  read: 'ROWS',
  where: { dataAreaId: 'usmf', CustomerGroupId: 'RETAIL' },
  limit: Number.MAX_SAFE_INTEGER,
  guard: GROUP,
}

function customer(PaymentTerms: string | null, values: Row = {}): Row {
  return { dataAreaId: 'usmf', CustomerAccount: 'C-000001', CustomerGroupId: 'RETAIL', PaymentTerms, ...values }
}

function allowed(PaymentTermsName: string): Row {
  return { dataAreaId: 'usmf', CustomerGroupId: 'RETAIL', PaymentTermsName }
}

function customerChange(before: Row | null, after: Row | null): Change {
  return { table: 'CustomersV3', key: recordKey(['usmf', 'C-000001']), before, after }
}

function listChange(before: Row | null, after: Row | null): Change {
  return { table: 'CustomerGroupPaymentTerms', key: recordKey(['usmf', 'RETAIL', 'NET30']), before, after }
}

function refusals(change: Change, ...answers: readonly (readonly Row[])[]): readonly (string | null)[] {
  return paymentTermAllowedByGroup.check(change, answers).map(({ column }) => column)
}

describe('a write to a customer', () => {
  it('reads the list of its group under the shared lock of the group', () => {
    const change = customerChange(null, customer('NET30'))
    expect(paymentTermAllowedByGroup.reads(change)).toEqual([{ ...OF_GROUP, table: 'CustomerGroupPaymentTerms' }])
    expect(paymentTermAllowedByGroup.exclusive?.(change)).toEqual([])
  })

  it.each([
    ['changes neither terms nor group', customer('NET30'), customer('NET30', { SalesMemo: 'New note' })],
    ['leaves the terms empty', null, customer(null)],
    ['leaves the group empty', null, customer('NET30', { CustomerGroupId: null })],
    ['deletes it', customer('NET30'), null],
  ])('reads nothing where it %s', (_, before, after) => {
    expect(paymentTermAllowedByGroup.reads(customerChange(before, after))).toEqual([])
    expect(refusals(customerChange(before, after))).toEqual([])
  })

  it('allows any terms where the group has no list', () => {
    expect(refusals(customerChange(null, customer('NET30')), [])).toEqual([])
  })

  it('allows terms on the list of the group', () => {
    expect(refusals(customerChange(null, customer('NET30')), [allowed('NET14'), allowed('NET30')])).toEqual([])
  })

  it('refuses terms that are not on the list, and says what is', () => {
    const change = customerChange(customer('NET30'), customer('NET60'))
    const [violation, ...more] = paymentTermAllowedByGroup.check(change, [[allowed('NET14'), allowed('NET30')]])
    expect(more).toEqual([])
    expect(violation?.column).toBe('PaymentTerms')
    expect(violation?.message).toContain('allows NET14, NET30')
  })
})

describe('a write to the list of a group', () => {
  it.each([
    ['added', null, allowed('NET30')],
    ['removed', allowed('NET30'), null],
  ])('holds the group exclusively and reads list and customers when terms are %s', (_, before, after) => {
    const change = listChange(before, after)
    expect(paymentTermAllowedByGroup.exclusive?.(change)).toEqual([GROUP])
    expect(paymentTermAllowedByGroup.reads(change)).toEqual([
      { ...OF_GROUP, table: 'CustomerGroupPaymentTerms' },
      { ...OF_GROUP, table: 'CustomersV3' },
    ])
  })

  it('refuses a first entry that shuts a customer out', () => {
    const customers = [customer('NET30'), customer('NET60')]
    expect(refusals(listChange(null, allowed('NET30')), [allowed('NET30')], customers)).toEqual(['PaymentTermsName'])
  })

  it('refuses to remove the terms of a customer from a list that goes on', () => {
    expect(refusals(listChange(allowed('NET30'), null), [allowed('NET14')], [customer('NET30')])).toEqual([
      'PaymentTermsName',
    ])
  })

  it('allows to remove the last entry, which allows every terms again', () => {
    expect(refusals(listChange(allowed('NET30'), null), [], [customer('NET30')])).toEqual([])
  })

  it('does not mind customers without terms', () => {
    expect(refusals(listChange(null, allowed('NET14')), [allowed('NET14')], [customer(null)])).toEqual([])
  })
})
