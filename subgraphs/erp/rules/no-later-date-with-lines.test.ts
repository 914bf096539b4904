import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Change } from '../../kit/participant/rule.ts'
import { noLaterDateWithLines as rule } from './no-later-date-with-lines.ts'

const DOCUMENTS = [
  ['Order', 'SalesOrderHeaders', 'SalesOrderLines', 'SalesOrderNumber', 'OrderCreationDate'],
  ['Quotation', 'SalesQuotationHeaders', 'SalesQuotationLines', 'SalesQuotationNumber', 'QuotationCreationDate'],
] as const

describe.each(DOCUMENTS)('an %s', (name, table, lines, number, date) => {
  const key = recordKey(['usmf', 'N1'])

  function made(day: string | null, values: Row = {}): Row {
    return { dataAreaId: 'usmf', [number]: 'N1', [date]: day, ...values }
  }

  function change(before: Row | null, after: Row | null): Change {
    return { table, key, before, after }
  }

  it.each([
    ['dated later', made('2024-01-31'), made('2024-02-01')],
    ['robbed of its date', made('2024-01-31'), made(null)],
  ])('is asked for a line, under its own lock, where it is %s', (_, before, after) => {
    expect(rule.reads(change(before, after))).toEqual([
      {
        read: 'ROWS',
        table: lines,
        where: { dataAreaId: 'usmf', [number]: 'N1' },
        limit: 1,
        columns: [],
        guard: { table, key },
      },
    ])
  })

  it.each([
    ['made', null, made('2024-02-01')],
    ['deleted', made('2024-01-31'), null],
    ['dated earlier', made('2024-01-31'), made('2024-01-30')],
    ['given a first date', made(null), made('2024-01-30')],
    ['changed elsewhere', made('2024-01-31'), made('2024-01-31', { Email: 'new@larkspur.example' })],
  ])('is not judged where it is %s', (_, before, after) => {
    expect(rule.reads(change(before, after))).toEqual([])
    expect(rule.check(change(before, after), [])).toEqual([])
  })

  it('cannot be dated later while it has a line, and says what to do', () => {
    const later = change(made('2024-01-31'), made('2024-02-01'))
    expect(rule.check(later, [[{ [number]: 'N1' }]])).toEqual([
      {
        message: `${name} N1 has lines and cannot be dated later than 2024-01-31: keep the date, or delete the lines first`,
        column: date,
      },
    ])
  })

  it('may be dated later while it has none', () => {
    expect(rule.check(change(made('2024-01-31'), made('2024-02-01')), [[]])).toEqual([])
  })
})
