import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Json } from '../../../schema/record.ts'
import type { Change } from '../stream/stream.ts'
import type { ChangeFilter } from './feed.ts'
import { distinctFilter, type Meaning } from './filter.ts'
import { changeOf, EVERYTHING, filterOf } from './told.fixture.ts'

const meaning = (filter: Partial<ChangeFilter>, change: Partial<Change>): Meaning =>
  distinctFilter(filterOf(filter)).meaningOf(changeOf('C-1', change))

describe('A filter', () => {
  it('that asks for nothing in particular passes everything', () => {
    expect(meaning({}, {})).toBe('STAYS')
    expect(meaning({}, { company: null })).toBe('STAYS')
  })

  it.each<[Partial<ChangeFilter>, Partial<Change>]>([
    [{ entities: ['Customer', 'Order'] }, { entity: 'Quotation' }],
    [{ companies: ['usmf'] }, { company: 'dat' }],
    [{ companies: ['usmf'] }, { company: null }],
    [{ ids: ['C-1', 'C-2'] }, { id: 'C-3' }],
    [{ operations: ['UPDATE'] }, { operation: 'DELETE' }],
    [{ origins: ['GRAPH'] }, { origin: 'CRM' }],
    [{ changedFields: ['name', 'email'] }, { changedFields: ['phone'] }],
    [{ changedFields: ['name'] }, { changedFields: [] }],
  ])('with %j passes what is so, and not %j', (filter, other) => {
    expect(meaning(filter, {})).toBe('STAYS')
    expect(meaning(filter, other)).toBe('NOTHING')
  })

  it('with several demands passes what meets them all', () => {
    const filter = { entities: ['Customer'], origins: ['GRAPH'] as const, changedFields: ['name'] }
    expect(meaning(filter, {})).toBe('STAYS')
    expect(meaning(filter, { origin: 'ERP' })).toBe('NOTHING')
    expect(meaning(filter, { changedFields: ['phone'] })).toBe('NOTHING')
  })

  it('with an empty list passes nothing', () => {
    for (const name of ['entities', 'companies', 'ids', 'operations', 'origins', 'changedFields'] as const) {
      expect(meaning({ [name]: [] }, {})).toBe('NOTHING')
    }
    expect(meaning({ values: [{ field: 'name', in: [] }] }, {})).toBe('NOTHING')
  })

  it('takes every field that a create fills for changed, and every field that was filled before a delete', () => {
    const record = { name: 'Wörner', email: null }
    const created: Partial<Change> = { operation: 'CREATE', before: null, after: record, changedFields: [] }
    const deleted: Partial<Change> = { operation: 'DELETE', before: record, after: null, changedFields: [] }
    expect(meaning({ changedFields: ['name'] }, created)).toBe('ENTERS')
    expect(meaning({ changedFields: ['email'] }, created)).toBe('NOTHING')
    expect(meaning({ changedFields: ['name'] }, deleted)).toBe('STAYS')
    expect(meaning({ changedFields: ['email'] }, deleted)).toBe('NOTHING')
  })

  describe('on values', () => {
    const group = (value: Json) => ({ group: value })
    const gold = { values: [{ field: 'group', in: ['gold', 'silver'] }] }

    it.each<[Change['before'], Change['after'], Meaning]>([
      [null, group('gold'), 'ENTERS'],
      [group('lead'), group('silver'), 'ENTERS'],
      [group('gold'), group('silver'), 'STAYS'],
      [group('gold'), null, 'STAYS'],
      [group('gold'), group('lead'), 'LEAVES'],
      [group('gold'), group(null), 'LEAVES'],
      [null, group('lead'), 'NOTHING'],
      [group('lead'), group(null), 'NOTHING'],
      [group('lead'), null, 'NOTHING'],
    ])('takes a record that was %j and is %j: %s', (before, after, expected) => {
      expect(meaning(gold, { before, after })).toBe(expected)
    })

    it('demands all of them', () => {
      const both = { values: [...gold.values, { field: 'country', in: ['DE'] }] }
      const record = { group: 'gold', country: 'DE' }
      expect(meaning(both, { before: record, after: { ...record, country: 'AT' } })).toBe('LEAVES')
      expect(meaning(both, { before: record, after: record })).toBe('STAYS')
    })

    it('finds what is empty by null, and tells a text from a number', () => {
      const empty = { values: [{ field: 'group', in: [null] }] }
      expect(meaning(empty, { before: group(null), after: {} })).toBe('STAYS')
      expect(meaning({ values: [{ field: 'group', in: ['1'] }] }, { after: group(1) })).toBe('NOTHING')
    })

    it('passes a change of one system that cannot tell, and judges it by what it tells', () => {
      const both = { values: [...gold.values, { field: 'source', in: ['web'] }] }
      const ofOne = (before: Change['before'], after: Change['after']) => ({ systems: ['CRM'] as const, before, after })
      const [web, mail] = [{ source: 'web' }, { source: 'mail' }]
      expect(meaning(both, ofOne(web, { ...web, name: 'new' }))).toBe('STAYS')
      expect(meaning(both, ofOne(web, mail))).toBe('LEAVES')
      expect(meaning(both, ofOne(mail, web))).toBe('ENTERS')
      expect(meaning(both, ofOne(mail, { ...mail, name: 'new' }))).toBe('NOTHING')
      expect(meaning(both, ofOne(web, null))).toBe('STAYS')
    })

    it('takes what is told of neither by a change of both systems, nor of a record that was made in one, for empty', () => {
      const [before, after] = [{ name: 'old' }, { name: 'new' }]
      expect(meaning(gold, { before, after })).toBe('NOTHING')
      expect(meaning(gold, { systems: ['CRM'], before: null, after })).toBe('NOTHING')
      expect(meaning(gold, { systems: ['CRM'], before: group('lead'), after })).toBe('NOTHING')
    })

    it('compares values of several parts by what they hold', () => {
      const filter = { values: [{ field: 'group', in: [{ a: 1, b: [2] }] }] }
      expect(meaning(filter, { before: null, after: group({ b: [2], a: 1 }) })).toBe('ENTERS')
    })

    it('passes over a record that leaves by a change that is not asked for', () => {
      const change = { before: group('gold'), after: group('lead'), changedFields: ['group'] }
      expect(meaning({ ...gold, changedFields: ['creditLimit'] }, change)).toBe('NOTHING')
    })
  })

  it('matches a record as a change left it, of whatever kind the change is', () => {
    const { matchesAfter } = distinctFilter(filterOf({ companies: ['usmf'], operations: ['DELETE'], origins: ['ERP'] }))
    expect(matchesAfter(changeOf('C-1'))).toBe(true)
    expect(matchesAfter(changeOf('C-1', { company: 'dat' }))).toBe(false)
    expect(matchesAfter(changeOf('C-1', { after: null }))).toBe(false)
  })

  it('is not the same as another', () => {
    const keys = [
      ...[{}, { ids: [] }, { ids: ['a'] }, { ids: ['a', 'b'] }, { companies: ['a'] }, { values: [] }],
      ...[{ values: [{ field: 'a', in: [1] }] }, { values: [{ field: 'a', in: ['1'] }] }],
    ].map((filter) => distinctFilter(filterOf(filter)).key)
    expect(new Set(keys).size).toBe(keys.length - 1)
    expect(distinctFilter(filterOf({ values: [] })).filter).toEqual(EVERYTHING)
  })

  test('is the same however it is written', () => {
    const words = fc.option(fc.array(fc.constantFrom('a', 'b', 'c', 'd')))
    const values = fc.option(
      fc.array(fc.record({ field: fc.constantFrom('x', 'y'), in: fc.array(fc.constantFrom<Json>(1, '1', null, [1])) })),
    )
    const otherwise = <T>(list: readonly T[] | null): readonly T[] | null => list && [...list, ...list].toReversed()
    fc.assert(
      fc.property(words, words, words, values, (entities, ids, changedFields, values) => {
        const one = distinctFilter(filterOf({ entities, ids, changedFields, values }))
        const other = distinctFilter({
          ...filterOf({ entities: otherwise(entities), ids: otherwise(ids), changedFields: otherwise(changedFields) }),
          values: otherwise(values?.map((value) => ({ ...value, in: otherwise(value.in) ?? [] })) ?? null),
        })
        expect(other).toMatchObject({ key: one.key, filter: one.filter })
        expect(distinctFilter(one.filter).key).toBe(one.key)
      }),
    )
  })
})
