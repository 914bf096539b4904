import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import { onHoldAllIsFrozen } from './on-hold-all-is-frozen.ts'

const NO_HOLD = 806380000
const HOLD_INVOICE = 806380001
const HOLD_ALL = 806380002

function account(msdyn_onholdstatus: number, name = 'Larkspur Instruments'): Row {
  return { msdyn_company: 'usmf', accountnumber: 'C-000001', name, msdyn_onholdstatus }
}

function messages(before: Row | null, after: Row | null): readonly string[] {
  const change = { table: 'accounts', key: recordKey(['usmf', 'C-000001']), before, after }
  expect(onHoldAllIsFrozen.reads(change)).toEqual([])
  return onHoldAllIsFrozen.check(change, []).map(({ message }) => message)
}

describe('an account on hold for everything', () => {
  it.each([
    ['a change of another column', account(HOLD_ALL, 'Renamed'), 'cannot be changed'],
    ['a deletion', null, 'cannot be deleted'],
  ])('refuses %s', (_, after, said) => {
    expect(messages(account(HOLD_ALL), after)).toEqual([expect.stringContaining(said)])
  })

  it.each([
    ['lifting the hold', account(NO_HOLD)],
    ['narrowing the hold', account(HOLD_INVOICE)],
    ['lifting the hold together with another change', account(NO_HOLD, 'Renamed')],
  ])('allows %s', (_, after) => {
    expect(messages(account(HOLD_ALL), after)).toEqual([])
  })
})

describe('any other account', () => {
  it.each([
    ['created on hold for everything', null, account(HOLD_ALL)],
    ['put on hold for everything', account(NO_HOLD), account(HOLD_ALL)],
    ['changed while invoices are on hold', account(HOLD_INVOICE), account(HOLD_INVOICE, 'Renamed')],
    ['deleted', account(NO_HOLD), null],
  ])('may be %s', (_, before, after) => {
    expect(messages(before, after)).toEqual([])
  })
})
