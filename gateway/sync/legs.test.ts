import { describe, expect, it } from 'vitest'
import type { Row } from '../../schema/record.ts'
import { keysOf } from './key.ts'
import { draftedWrites, legsOf, mappedColumns } from './legs.ts'
import type { RecordDraft, SideDraft } from './record-draft.ts'
import { ABSENT, shippedMap, versionAt } from './shipped.fixture.ts'

const ORDER = shippedMap('SalesOrder')
const LINE = shippedMap('SalesOrderLine')

function draft(
  map: typeof ORDER,
  key: readonly string[],
  sides: RecordDraft['sides'],
  more: Partial<RecordDraft> = {},
): RecordDraft {
  const held = { ...ABSENT, version: versionAt(2), row: {} }
  const states = { CRM: held, ERP: held }
  return {
    map,
    key,
    keys: keysOf(map, key),
    states,
    at: ['input'],
    sides,
    synchronised: 'IF_MAPPED',
    refusals: [],
    ...more,
  }
}

const update = (set: Row = {}): SideDraft => ({ operation: 'UPDATE', set })
const order = (crm: Row, erp: Row, more: Partial<RecordDraft> = {}) =>
  draft(ORDER, ['usmf', 'SO-1'], { CRM: update(crm), ERP: update(erp) }, more)
const line = (crm: Row, erp: Row) => draft(LINE, ['usmf', 'SO-1', '1'], { CRM: update(crm), ERP: update(erp) })

/** Each write as `SYSTEM table revision`. */
function written(...drafts: readonly RecordDraft[]): readonly string[] {
  return legsOf(drafts).flatMap(({ system, writes }) =>
    writes.map(({ table, revision }) => `${system} ${table} ${revision}`),
  )
}

describe('who takes part in a write', () => {
  it.each([
    [
      'both systems, where a mapped column changes in one',
      order({ emailaddress: 'a' }, {}),
      ['CRM salesorders 3', 'ERP SalesOrderHeaders 3'],
    ],
    [
      'its own system, where only that system keeps the column',
      order({}, { SalesTaxGroupCode: 'FULL' }),
      ['ERP SalesOrderHeaders 2'],
    ],
    ['nobody, where nothing changes', order({}, {}), []],
    [
      'both, where the versions must be brought together',
      order({}, {}, { synchronised: 'ALWAYS' }),
      ['CRM salesorders 3', 'ERP SalesOrderHeaders 3'],
    ],
    [
      'its own system, where no map holds the record',
      order({ emailaddress: 'a' }, {}, { synchronised: 'NEVER' }),
      ['CRM salesorders 2'],
    ],
  ])('is %s', (_, one, wanted) => {
    expect(written(one)).toEqual(wanted)
  })

  it('is the whole as well, where a part changes on both sides', () => {
    expect(written(order({}, {}), line({ quantity: '2' }, { OrderedSalesQuantity: '2' }))).toEqual([
      'CRM salesorders 3',
      'CRM salesorderdetails 3',
      'ERP SalesOrderHeaders 3',
      'ERP SalesOrderLines 3',
    ])
  })

  it('is not the whole where a part changes nothing', () => {
    expect(written(order({}, {}), line({}, {}))).toEqual([])
  })
})

describe('what is known before it is decided who takes part', () => {
  it('is each write that changes something', () => {
    const writes = draftedWrites([order({}, { HeaderChargesAmount: '1.00' }), line({ quantity: '2' }, {})], 'ERP')
    expect(writes).toMatchObject([
      { operation: 'UPDATE', table: 'SalesOrderHeaders', set: { HeaderChargesAmount: '1.00' } },
    ])
  })
})

describe('mapped columns', () => {
  it('hold the fields of both, their copies, and what tells their references apart', () => {
    const columns = mappedColumns(ORDER, 'CRM')
    for (const name of ['emailaddress', 'customerid', 'customeridtype', 'msdyn_isocurrencycode', 'totalamount']) {
      expect(columns).toContain(name)
    }
    expect(columns).not.toContain('statuscode')
    expect(mappedColumns(ORDER, 'ERP')).not.toContain('SalesTaxGroupCode')
  })
})
