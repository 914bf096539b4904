import { describe, expect, it } from 'vitest'
import { CUSTOMERS, edited, faultsWith, refuses, WORLD } from './world.fixture.ts'

describe('a filter', () => {
  refuses([
    [
      'knows its columns',
      [CUSTOMERS, '"kind = 3"', '"not(▸kin = 3)"'],
      'accounts has no column "kin". Did you mean "kind"?',
    ],
    ['compares what can be compared', [CUSTOMERS, '"kind = 3"', '"▸kind = \'3\'"'], 'Cannot compare integer with text'],
    ['asks for values that can be', [CUSTOMERS, '"kind = 3"', '"kind = ▸4"'], 'kind must be one of 1, 2, 3'],
    ['is a condition', [CUSTOMERS, '"kind = 3"', '"▸kind"'], 'A filter is a condition'],
    [
      'is one that a store can search by',
      [CUSTOMERS, '"kind = 3"', '"▸$length(name) = 3"'],
      'A filter compares columns with constants',
    ],
    [
      'judges no json',
      [CUSTOMERS, '"kind = 3"', '"kind = 3 and ▸extra = null"'],
      'Column "extra" holds json, which no filter can judge',
    ],
    [
      'is passed by what the map leaves empty',
      [CUSTOMERS, '"kind = 3"', '"kind = 3 and ▸born > \'2000-01-01\'"'],
      'A record that the map creates here would not pass: a constant must make this true',
    ],
  ])

  it('parses', () => {
    const { faults, place } = edited([CUSTOMERS, '"kind = 3"', '"kind = ▸= 3"'])
    expect(faults).toContain(`${place}Unexpected "="`)
  })

  it('is passed by what the map creates', () => {
    const { faults, place } = edited([
      CUSTOMERS,
      '"kind = 3", constants: { kind: 3 }',
      '"▸kind = 3", constants: { kind: 2 }',
    ])
    expect(faults).toEqual([
      `${place}A record that the map creates here would not pass: a constant must make this true`,
    ])
  })

  const agencies = WORLD[CUSTOMERS]
    .replace('map: customers', 'map: agencies')
    .replace('entity: Customer', 'entity: Agency')
    .replace('plural: customers', 'plural: agencies')
    .replace('reverse: customers', 'reverse: agencies')

  it('tells two maps over one table apart', () => {
    const apart = agencies
      .replace('"kind = 3", constants: { kind: 3 }', '"kind = 2", constants: { kind: 2 }')
      .replace("PartyType = 'Organization'", "PartyType = 'Agency'")
      .replace('PartyType: Organization', 'PartyType: Agency')
    expect(faultsWith({ ...WORLD, 'maps/agencies.yaml': apart })).toEqual([])
  })

  it('must be seen to tell them apart, on either side', () => {
    const message = (table: string) =>
      `Records of ${table} may belong to map "customers" as well: the filters must exclude each other by one column with two values`
    expect(faultsWith({ ...WORLD, 'maps/agencies.yaml': agencies })).toEqual([
      `maps/agencies.yaml:10:33: ${message('accounts')}`,
      `maps/agencies.yaml:11:34: ${message('Customers')}`,
    ])
  })
})
