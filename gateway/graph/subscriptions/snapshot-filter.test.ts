import { describe, expect, it } from 'vitest'
import { encodeId } from '../../../maps/identity.ts'
import type { TableMap } from '../../../maps/model.ts'
import { customerMap, groupMap, orderMap, sampleMapSet } from '../../../test/graph/sample-maps.ts'
import type { ChangeFilter } from '../../changes/feed/feed.ts'
import { EVERYTHING } from '../../changes/feed/told.fixture.ts'
import { listFilter, matchesValues } from './snapshot-filter.ts'

const CUSTOMER = encodeId('Customer', ['usmf', 'C-1'])
const GROUP = encodeId('CustomerGroup', ['usmf', 'RETAIL'])

const chosen = (map: TableMap, given: Partial<ChangeFilter>) =>
  listFilter(sampleMapSet, map, { ...EVERYTHING, ...given })

describe('the list that a snapshot is read from', () => {
  it('is whole where anything is asked for, and whatever changes are', () => {
    expect(chosen(customerMap, {})).toEqual({ and: [] })
    expect(chosen(customerMap, { operations: ['DELETE'], origins: ['CRM'], changedFields: ['name'] })).toEqual({
      and: [],
    })
  })

  it('is chosen from by company, id and values', () => {
    const values = [{ field: 'group', in: [GROUP] }]
    expect(chosen(customerMap, { companies: ['usmf'], ids: [CUSTOMER], values })).toEqual({
      and: [{ company: { in: ['usmf'] } }, { id: { in: [CUSTOMER] } }, { group: { in: [GROUP] } }],
    })
  })

  it('is asked only for what can be its own', () => {
    expect(chosen(customerMap, { ids: [GROUP, CUSTOMER] })).toEqual({ and: [{ id: { in: [CUSTOMER] } }] })
    const values = [{ field: 'onHold', in: ['NO', 'OPEN'] }]
    expect(chosen(customerMap, { values })).toEqual({ and: [{ onHold: { in: ['NO'] } }] })
  })

  it.each<[string, TableMap, Partial<ChangeFilter>]>([
    ['ids of other entities', groupMap, { ids: [CUSTOMER] }],
    ['no id at all', customerMap, { ids: [] }],
    ['a company, of an entity that has none', { ...orderMap, scope: 'global' }, { companies: ['usmf'] }],
    ['values of a field that it has not', groupMap, { values: [{ field: 'onHold', in: ['NO'] }] }],
    ['values that its field cannot hold', customerMap, { values: [{ field: 'onHold', in: ['OPEN'] }] }],
  ])('is none where no record can match: %s', (_, map, given) => {
    expect(chosen(map, given)).toBeNull()
  })

  it('is not asked about fields that the other system holds: they are looked at afterwards', () => {
    const values = [{ field: 'taxGroup', in: ['FULL', 'NONE'] }]
    expect(chosen(customerMap, { values })).toEqual({ and: [] })
    expect(matchesValues({ values }, { taxGroup: 'NONE' })).toBe(true)
    expect(matchesValues({ values }, { taxGroup: 'HALF' })).toBe(false)
    expect(matchesValues({ values }, { taxGroup: null })).toBe(false)
  })
})
