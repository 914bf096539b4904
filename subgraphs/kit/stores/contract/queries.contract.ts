/** What readers find: records by key, filters, orders, pages, groups and counts. */

import { describe, expect, it } from 'vitest'
import type { Value } from '../../../../schema/record.ts'
import { keyValues, recordKey } from '../../../../schema/record-key.ts'
import type { Condition, Ordering, RecordQuery, StoredRecord } from '../record-store.ts'
import { customer, filledStore, line, type Open, order } from './opened.contract.ts'
import { create } from './system.contract.ts'

const number = ({ key }: StoredRecord) => keyValues(key)[1]

export function queriesContract(open: Open): void {
  const on = filledStore(open, async (store) => {
    await store.write(
      'customers',
      customer('1', { name: 'Zoë', limit: '9.50', visits: 3, hold: 'All', email: 'x_1@b.c' }),
      customer('2', { name: 'zoe', limit: '10.00', visits: null, active: false }),
      customer('3', { name: '😀', limit: '-3.00', visits: 3, since: '2024-01-31' }),
      customer('4', { name: '～ wide', limit: '100.00', visits: 1, since: '2023-12-31', email: 'x%1@b.c' }),
    )
    await store.write(
      'orders',
      create('currencies', ['EUR']),
      order('O1', { buyer: '1', buyerType: 'Customer' }),
      order('O2', { buyer: '2', buyerType: 'Customer', closed: true }),
      order('O3', { buyer: 'A', buyerType: 'Group' }),
      order('O4'),
      ...['O1', 'O3', 'O4'].map((of) => line(of, 1)),
    )
  })
  const query = (more: Partial<RecordQuery>): RecordQuery => ({
    ...{ table: 'customers', where: null, orderBy: [], after: null, limit: 100 },
    ...more,
  })
  const found = async (where: Condition) => (await on.store.query(query({ where }))).map(number).join(' ')

  it('gives records by key in the order asked for, null where there is none', async () => {
    const keys = [
      ['usmf', '2'],
      ['usmf', 'x'],
      ['usmf', '1'],
    ].map(recordKey)
    const records = await on.store.get('customers', keys)
    expect(records.map((record) => record?.row['name'])).toEqual(['zoe', undefined, 'Zoë'])
    expect(records[1]).toBeNull()
  })

  describe('a filter', () => {
    const cases: readonly (readonly [string, Condition, string])[] = [
      ['eq', { column: 'name', is: 'eq', value: 'zoe' }, '2'],
      ['eq of an empty column', { column: 'visits', is: 'eq', value: 3 }, '1 3'],
      ['ne, true for an empty column', { column: 'visits', is: 'ne', value: 3 }, '2 4'],
      ['gt of decimals by value', { column: 'limit', is: 'gt', value: '9.50' }, '2 4'],
      ['lte of decimals by value', { column: 'limit', is: 'lte', value: '9.50' }, '1 3'],
      ['gte of dates', { column: 'since', is: 'gte', value: '2024-01-01' }, '3'],
      ['lt of an empty column is false', { column: 'visits', is: 'lt', value: 3 }, '4'],
      ['text by code point', { column: 'name', is: 'gt', value: '～' }, '3 4'],
      ['text by code point, beyond the first plane', { column: 'name', is: 'gte', value: '😀' }, '3'],
      ['contains, with no wildcard', { column: 'email', is: 'contains', value: '_1@' }, '1'],
      ['contains is exact in case', { column: 'name', is: 'contains', value: 'o' }, '1 2'],
      ['startsWith, with no wildcard', { column: 'email', is: 'startsWith', value: 'x%' }, '4'],
      ['startsWith beyond the first plane', { column: 'name', is: 'startsWith', value: '😀' }, '3'],
      ['startsWith of nothing is any text', { column: 'email', is: 'startsWith', value: '' }, '1 4'],
      ['in', { column: 'limit', is: 'in', values: ['9.50', '100.00', '7.00', null] }, '1 4'],
      ['in nothing', { column: 'limit', is: 'in', values: [] }, ''],
      ['null', { column: 'email', is: 'null' }, '2 3'],
      ['boolean', { column: 'active', is: 'eq', value: false }, '2'],
      ['enum', { column: 'hold', is: 'in', values: ['All'] }, '1'],
      [
        'all',
        {
          all: [
            { column: 'visits', is: 'eq', value: 3 },
            { column: 'hold', is: 'eq', value: 'No' },
          ],
        },
        '3',
      ],
      [
        'any',
        {
          any: [
            { column: 'visits', is: 'eq', value: 1 },
            { column: 'name', is: 'eq', value: 'zoe' },
          ],
        },
        '2 4',
      ],
      ['all of nothing', { all: [] }, '1 2 3 4'],
      ['any of nothing', { any: [] }, ''],
      ['eq with nothing', { column: 'visits', is: 'eq', value: null }, ''],
      ['ne with nothing', { column: 'visits', is: 'ne', value: null }, '1 2 3 4'],
    ]
    it.each(cases)('%s', async (_, where, expected) => {
      expect(await found(where)).toBe(expected)
      expect(await on.store.count({ table: 'customers', where })).toBe(expected === '' ? 0 : expected.split(' ').length)
    })

    it.each(cases)('not %s is the complement', async (_, where, expected) => {
      const rest = ['1', '2', '3', '4'].filter((one) => !expected.split(' ').includes(one)).join(' ')
      expect(await found({ not: where })).toBe(rest)
      expect(await found({ not: { all: [{ not: where }, { any: [{ not: where }] }] } })).toBe(expected)
    })
  })

  describe('a filter through a reference', () => {
    const buyer = (where: Condition): Condition => ({
      columns: ['company', 'buyer'],
      refersTo: 'customers',
      keys: ['company', 'number'],
      where,
    })
    const ofOrder = (where: Condition): Condition => ({
      columns: ['company', 'order'],
      refersTo: 'orders',
      keys: ['company', 'order'],
      where,
    })
    const wealthy: Condition = { column: 'limit', is: 'gte', value: '9.50' }
    const frequent: Condition = { column: 'visits', is: 'eq', value: 3 }
    const orders = async (where: Condition) => (await on.store.query(query({ table: 'orders', where }))).map(number)
    const lines = async (where: Condition) => (await on.store.query(query({ table: 'lines', where }))).map(number)

    it('finds the records that refer to one of which the condition holds', async () => {
      expect(await orders(buyer(wealthy))).toEqual(['O1', 'O2'])
      expect(await orders(buyer({ all: [wealthy, frequent] }))).toEqual(['O1'])
      expect(await on.store.count({ table: 'orders', where: buyer({ all: [] }) })).toBe(2)
    })

    it('goes through any number of references', async () => {
      expect(await lines(ofOrder(buyer(wealthy)))).toEqual(['O1'])
      expect(await lines(ofOrder({ not: buyer(wealthy) }))).toEqual(['O3', 'O4'])
    })

    it('has the complement for its negation, with those that refer to nothing', async () => {
      expect(await orders({ not: buyer(wealthy) })).toEqual(['O3', 'O4'])
      expect(await orders(buyer({ not: frequent }))).toEqual(['O2'])
      expect(await orders({ not: { all: [{ not: buyer(frequent) }] } })).toEqual(['O1'])
    })

    it('goes together with an order, a page and groups', async () => {
      const orderBy: readonly Ordering[] = [{ column: 'closed', direction: 'DESC' }]
      const page = query({ table: 'orders', where: buyer({ all: [] }), orderBy, limit: 1 })
      expect((await on.store.query(page)).map(number)).toEqual(['O2'])
      expect((await on.store.query({ ...page, after: [true, 'usmf', 'O2'] })).map(number)).toEqual(['O1'])
      const groupBy = { columns: ['closed'], values: [[true], [false]] }
      expect(await on.store.countGroups({ table: 'orders', where: buyer(frequent), groupBy })).toEqual([0, 1])
    })

    it('is rejected where it leads to a table or column that is not there', async () => {
      await expect(orders({ ...ofOrder(wealthy), refersTo: 'nothing' } as Condition)).rejects.toThrow()
      await expect(orders(buyer({ column: 'nothing', is: 'null' }))).rejects.toThrow()
    })
  })

  describe('an order', () => {
    const orders: readonly (readonly [readonly Ordering[], string])[] = [
      [[], '1 2 3 4'],
      [[{ column: 'number', direction: 'DESC' }], '4 3 2 1'],
      [[{ column: 'visits', direction: 'ASC' }], '2 4 1 3'],
      [[{ column: 'visits', direction: 'DESC' }], '1 3 4 2'],
      [[{ column: 'limit', direction: 'ASC' }], '3 1 2 4'],
      [[{ column: 'name', direction: 'ASC' }], '1 2 4 3'],
      [
        [
          { column: 'visits', direction: 'DESC' },
          { column: 'limit', direction: 'ASC' },
        ],
        '3 1 4 2',
      ],
      [
        [
          { column: 'since', direction: 'ASC' },
          { column: 'name', direction: 'DESC' },
        ],
        '2 1 4 3',
      ],
      [
        [
          { column: 'since', direction: 'DESC' },
          { column: 'visits', direction: 'ASC' },
        ],
        '3 4 2 1',
      ],
    ]
    it.each(orders)('%j: first page and every page after it', async (orderBy, expected) => {
      const numbers: Value[] = []
      let after: readonly Value[] | null = null
      for (;;) {
        const [record]: readonly StoredRecord[] = await on.store.query(query({ orderBy, after, limit: 1 }))
        if (record === undefined) break
        numbers.push(record.row['number'] ?? null)
        after = [...orderBy.map(({ column }) => column), 'company', 'number'].map((name) => record.row[name] ?? null)
      }
      expect(numbers.join(' ')).toBe(expected)
      expect((await on.store.query(query({ orderBy }))).map(number).join(' ')).toBe(expected)
    })

    it('pages under a filter that fixes a column of the order', async () => {
      const where: Condition = {
        all: [
          { column: 'company', is: 'eq', value: 'usmf' },
          { column: 'visits', is: 'eq', value: 3 },
        ],
      }
      const orderBy: readonly Ordering[] = [{ column: 'visits', direction: 'ASC' }]
      const page = async (after: readonly Value[]) =>
        (await on.store.query(query({ where, orderBy, after }))).map(number).join(' ')
      expect(await page([3, 'usmf', '1'])).toBe('3')
      expect(await page([2, 'usmf', '9'])).toBe('1 3')
      expect(await page([4, 'usmf', '1'])).toBe('')
      expect(await page([3, 'usmg', '0'])).toBe('')
    })
  })

  describe('groups', () => {
    const groupBy = {
      columns: ['company', 'visits'],
      values: [
        ['usmf', 3],
        ['usmf', 7],
        ['usmf', null],
        ['demf', 3],
      ],
    }

    it('answer the query once for each, in the order asked for', async () => {
      const orderBy: readonly Ordering[] = [{ column: 'number', direction: 'DESC' }]
      const groups = await on.store.queryGroups({ ...query({ orderBy }), groupBy })
      expect(groups.map((records) => records.map(number))).toEqual([['3', '1'], [], ['2'], []])
      const pages = await on.store.queryGroups({ ...query({ orderBy, limit: 1, after: ['3', 'usmf', '3'] }), groupBy })
      expect(pages.map((records) => records.map(number))).toEqual([['1'], [], ['2'], []])
    })

    it('are counted under the filter', async () => {
      const where: Condition = {
        any: [
          { column: 'hold', is: 'eq', value: 'All' },
          { column: 'visits', is: 'null' },
        ],
      }
      expect(await on.store.countGroups({ table: 'customers', where, groupBy })).toEqual([1, 0, 1, 0])
      expect(await on.store.countGroups({ table: 'customers', where: null, groupBy })).toEqual([2, 0, 1, 0])
    })
  })

  it('rejects a query of a column or table that is not there, and goes on', async () => {
    await expect(on.store.count({ table: 'nothing', where: null })).rejects.toThrow()
    await expect(found({ column: 'nothing', is: 'null' })).rejects.toThrow()
    expect(await on.store.count({ table: 'customers', where: null })).toBe(4)
  })
}
