import { describe, expect, it } from 'vitest'
import { CUSTOMERS, faultsWith, refuses, WORLD } from './world.fixture.ts'

describe('a value map', () => {
  refuses([
    [
      'is total over an enum that is read',
      [CUSTOMERS, '{ NO: [10, No], ALL: [11, All] }', '▸{ NO: [10, No] }'],
      '11 of accounts.hold has no name',
    ],
    [
      'is total over an enum of one system',
      [CUSTOMERS, '{ WEB: 7, FAIR: 8 }', '▸{ WEB: 7 }'],
      '8 of accounts.lead has no name',
    ],
    ['has values that fit', [CUSTOMERS, 'ALL: [11, All]', 'ALL: [11, ▸Alle]'], 'Hold must be one of No, All'],
    [
      'has shared values that fit',
      ['values/language.yaml', 'DE: [2, de]', 'DE: [▸3, de]'],
      'language must be one of 1, 2',
    ],
    [
      'is one-to-one',
      [CUSTOMERS, 'ALL: [11, All]', 'ALL: [11, All], SOME: [▸11, All]'],
      '11 stands for "ALL" already, so hold cannot be told from it',
    ],
    [
      'is one-to-one the other way',
      ['values/language.yaml', 'DE: [2, de]', 'DE: [2, ▸en]'],
      '"en" stands for "EN" already, so language cannot be told from it',
    ],
    [
      'has a partner wherever it is written',
      ['values/language.yaml', 'DE: [2, de]', 'DE: [2, ▸null]'],
      '"DE" has no value in the ERP, where language is written',
    ],
    ['has legal names', [CUSTOMERS, 'ALL: [11, All]', '▸true: [11, All]'], '"true" is not a legal GraphQL enum value'],
    [
      'has legal shared names',
      ['values/language.yaml', '  DE:', '  ▸de-de:'],
      '"de-de" is not a legal GraphQL enum value',
    ],
    [
      'of booleans has both',
      ['values/yesno.yaml', '"false": [false, "No"]\n  "true"', '▸"true"'],
      'A boolean has the entries true and false',
    ],
    ['has a name of its own', ['values/yesno.yaml', 'values: yesno', 'values: ▸language'], 'There are two "language"'],
    ['has pairs for both systems', [CUSTOMERS, 'ALL: [11, All]', 'ALL: ▸11'], '"ALL" must be [CRM value, ERP value]'],
    [
      'has one value for one system',
      [CUSTOMERS, 'FAIR: 8', 'FAIR: ▸[8, x]'],
      '"FAIR" must be one value, as the field has one column',
    ],
  ])

  it('may fold several values into one, and leave some out, where they only flow that way', () => {
    const oneWay = WORLD[CUSTOMERS].replace(
      'values: { NO: [10, No], ALL: [11, All] }, default: NO',
      'direction: CRM_TO_ERP, values: { NO: [10, No], ALL: [11, No] }',
    )
    expect(faultsWith({ ...WORLD, [CUSTOMERS]: oneWay })).toEqual([])
  })

  it('may leave out values of one system whose loss is declared', () => {
    const declared = WORLD[CUSTOMERS].replace('{ WEB: 7, FAIR: 8 }', '{ WEB: 7 }, loss: "Other leads."')
    expect(faultsWith({ ...WORLD, [CUSTOMERS]: declared })).toEqual([])
  })
})
