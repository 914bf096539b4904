import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Change } from '../../kit/participant/rule.ts'
import { productsOnLines } from './products-on-lines.ts'

const ACTIVE = { ProductNumber: 'P1', ProductState: 'Active', DiscontinuedDate: '2024-01-31' }
const DISCONTINUED = { ProductNumber: 'P1', ProductState: 'Discontinued', DiscontinuedDate: '2024-01-31' }

const DOCUMENTS = [
  ['SalesOrderLines', 'SalesOrderHeaders', 'SalesOrderNumber', 'OrderCreationDate'],
  ['SalesQuotationLines', 'SalesQuotationHeaders', 'SalesQuotationNumber', 'QuotationCreationDate'],
] as const

describe.each(DOCUMENTS)('a line of %s', (table, document, number, date) => {
  function line(ProductNumber: string, values: Row = {}): Row {
    return { dataAreaId: 'usmf', [number]: 'N1', LineCreationSequenceNumber: 1, ProductNumber, ...values }
  }

  function changeOf(before: Row | null, after: Row | null): Change {
    return { table, key: recordKey(['usmf', 'N1', 1]), before, after }
  }

  function refused(product: Row, made: string | null): readonly (string | null)[] {
    const violations = productsOnLines.check(changeOf(null, line('P1')), [[product], [{ [date]: made }]])
    return violations.map(({ column }) => column)
  }

  it('reads its product and its document', () => {
    expect(productsOnLines.reads(changeOf(null, line('P1')))).toEqual([
      { read: 'RECORD', table: 'ReleasedDistinctProducts', key: recordKey(['usmf', 'P1']) },
      { read: 'RECORD', table: document, key: recordKey(['usmf', 'N1']) },
    ])
  })

  it('may have a product that is sold', () => {
    expect(refused(ACTIVE, '2024-02-01')).toEqual([])
  })

  it.each(['2024-01-31', '2024-02-01', null])(
    'may not have a discontinued product where the document is of %s',
    (made) => {
      expect(refused(DISCONTINUED, made)).toEqual(['ProductNumber'])
    },
  )

  it('may not have a product that is discontinued for nobody knows how long', () => {
    expect(refused({ ...DISCONTINUED, DiscontinuedDate: null }, '2024-01-30')).toEqual(['ProductNumber'])
  })

  it('may have a product that was discontinued after the document was made', () => {
    expect(refused(DISCONTINUED, '2024-01-30')).toEqual([])
  })

  it('may be given another product only as a new one may', () => {
    expect(productsOnLines.reads(changeOf(line('P2'), line('P1')))).toHaveLength(2)
  })

  it.each([
    ['the product stays', line('P1'), line('P1', { SalesPrice: '2.0000' })],
    ['the line is deleted', line('P1'), null],
  ])('is not asked where %s', (_, before, after) => {
    expect(productsOnLines.reads(changeOf(before, after))).toEqual([])
    expect(productsOnLines.check(changeOf(before, after), [])).toEqual([])
  })

  it('leaves a missing product to the check of references', () => {
    expect(productsOnLines.check(changeOf(null, line('P9')), [[], [{ [date]: '2024-01-30' }]])).toEqual([])
  })
})
