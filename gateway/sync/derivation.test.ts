import { describe, expect, it } from 'vitest'
import type { Derivation } from '../../schema/participant.ts'
import { recordKey } from '../../schema/record-key.ts'
import { derivingSystems, undraftedRecords, withDerivations } from './derivation.ts'
import { keysOf } from './key.ts'
import type { RecordDraft } from './record-draft.ts'
import { ABSENT, SHIPPED, shippedMap, versionAt } from './shipped.fixture.ts'

const ORDER = shippedMap('SalesOrder')
const KEY = ['usmf', 'SO-1']
const HELD = { ...ABSENT, version: versionAt(2), row: { totalamount: '1.00', OrderTotalAmount: '1.00' } }

function order(more: Partial<RecordDraft> = {}): RecordDraft {
  return {
    ...{ map: ORDER, key: KEY, keys: keysOf(ORDER, KEY), states: { CRM: HELD, ERP: HELD }, at: ['input'] },
    sides: {
      CRM: { operation: 'UPDATE', set: {} },
      ERP: { operation: 'UPDATE', set: { HeaderChargesAmount: '2.00' } },
    },
    ...{ synchronised: 'IF_MAPPED', refusals: [] },
    ...more,
  }
}

const total = (amount: string): Derivation => ({
  table: 'SalesOrderHeaders',
  key: recordKey(KEY),
  set: { OrderTotalAmount: amount, OpenOrderCustomerAccountNumber: 'C-1' },
})

describe('what the ERP computes', () => {
  it('is put into both legs, in the terms of each', () => {
    const [derived] = withDerivations(SHIPPED, [order()], 'ERP', [total('3.00')])
    expect(derived?.sides).toEqual({
      CRM: { operation: 'UPDATE', set: { totalamount: '3.00' } },
      ERP: {
        operation: 'UPDATE',
        set: { HeaderChargesAmount: '2.00', OrderTotalAmount: '3.00', OpenOrderCustomerAccountNumber: 'C-1' },
      },
    })
  })

  it('is left out where it is held already', () => {
    const [derived] = withDerivations(SHIPPED, [order()], 'ERP', [total('1.00')])
    expect(derived?.sides.CRM).toEqual({ operation: 'UPDATE', set: {} })
  })

  it('names the records that nobody has asked to write', () => {
    const line = { table: 'SalesOrderLines', key: recordKey(['usmf', 'SO-1', 2]), set: { LineAmount: '1.00' } }
    const found = undraftedRecords(SHIPPED, [order()], 'ERP', [total('3.00'), line])
    expect(found.map(({ map, key }) => [map.entity, key])).toEqual([['SalesOrderLine', ['usmf', 'SO-1', '2']]])
  })
})

describe('who is asked to compute', () => {
  it('is the ERP for orders and their lines, and nobody for customers', () => {
    expect(derivingSystems(SHIPPED, [order()])).toEqual(['ERP'])
    expect(derivingSystems(SHIPPED, [order({ map: shippedMap('SalesOrderLine') })])).toEqual(['ERP'])
    expect(derivingSystems(SHIPPED, [order({ map: shippedMap('Customer') })])).toEqual([])
  })

  it('is nobody for a record that no map holds', () => {
    expect(derivingSystems(SHIPPED, [order({ synchronised: 'NEVER' })])).toEqual([])
  })
})
