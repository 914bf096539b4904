import { describe, expect, it } from 'vitest'
import type { TableMap } from './model.ts'
import { shippedMapSet } from './shipped.ts'
import { uniqueKeyOf, uniqueKeys } from './unique-keys.ts'

const { maps } = shippedMapSet()
const CUSTOMER = shipped('Customer')
const names = (keys: readonly (readonly { readonly name: string }[])[]) =>
  keys.map((fields) => fields.map(({ name }) => name))

function shipped(entity: string): TableMap {
  const map = maps.find((one) => one.entity === entity)
  if (map === undefined) throw new RangeError(`No shipped map has the entity ${entity}`)
  return map
}

/** The map, with other sets of unique columns in the ERP. */
function withUnique(map: TableMap, ...unique: readonly (readonly string[])[]): TableMap {
  const { table } = map.sides.ERP
  return { ...map, sides: { ...map.sides, ERP: { ...map.sides.ERP, table: { ...table, unique } } } }
}

describe('the unique keys of an entity', () => {
  it.each([
    ['Customer', [['company', 'partyNumber']]],
    ['Person', [['company', 'partyNumber']]],
    ['Contact', []],
  ])('of the shipped %s', (entity, keys) => {
    expect(names(uniqueKeys(shipped(entity)))).toEqual(keys)
  })

  it.each<[string, readonly string[], readonly (readonly string[])[]]>([
    ['stand in the order of the fields', ['PartyNumber', 'dataAreaId'], [['company', 'partyNumber']]],
    ['may be of fields that one system alone has', ['dataAreaId', 'SalesDistrict'], [['company', 'salesDistrict']]],
    ['may be of references', ['dataAreaId', 'CustomerGroupId'], [['company', 'group']]],
    ['have the company', ['PartyNumber'], []],
    ['are of columns that the entity shows', ['dataAreaId', 'PartyType'], []],
    ['are not its own key', ['dataAreaId', 'CustomerAccount'], []],
  ])('%s', (_, columns, keys) => expect(names(uniqueKeys(withUnique(CUSTOMER, columns)))).toEqual(keys))

  it('are each told once', () => {
    const columns = ['dataAreaId', 'PartyNumber']
    expect(uniqueKeys(withUnique(CUSTOMER, columns, columns.toReversed()))).toHaveLength(1)
  })
})

describe('fields', () => {
  it.each<[readonly string[], readonly string[] | null]>([
    [['partyNumber'], ['company', 'partyNumber']],
    [
      ['partyNumber', 'company'],
      ['company', 'partyNumber'],
    ],
    [['company'], null],
    [['email'], null],
    [['partyNumber', 'email'], null],
    [['nonsense'], null],
    [[], null],
  ])('%j are the unique key %j', (fields, key) => {
    expect(uniqueKeyOf(CUSTOMER, fields)?.map(({ name }) => name) ?? null).toEqual(key)
  })
})
