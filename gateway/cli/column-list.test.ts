import { describe, expect, it } from 'vitest'
import { columnsInFile } from './column-list.ts'
import { UsageError } from './usage-error.ts'

const COLUMNS = [
  { from: 'Name', to: 'name' },
  { from: 'Group', to: 'group.code' },
]

describe('a JSON file of columns', () => {
  it('pairs headers with fields', () => {
    expect(columnsInFile('map.json', '{"Name": "name", "Group": "group.code"}')).toEqual(COLUMNS)
  })

  it('or lists the pairs, as the API has them', () => {
    expect(columnsInFile('map.json', JSON.stringify(COLUMNS))).toEqual(COLUMNS)
  })

  it('may say what cells stand for', () => {
    const listed = [{ from: 'Country', to: 'deliveryCountry', values: { Germany: 'DE', Norway: 'NO' } }]
    const values = [
      { from: 'Germany', to: 'DE' },
      { from: 'Norway', to: 'NO' },
    ]
    expect(columnsInFile('map.json', JSON.stringify(listed))).toEqual([
      { from: 'Country', to: 'deliveryCountry', values },
    ])
  })

  it.each([
    '',
    'Name=name',
    '{}',
    '[]',
    '3',
    'null',
    '"Name"',
    '{"Name": 3}',
    '[{"from": "Name"}]',
    '[["Name", "name"]]',
  ])('is not %j', (text) => {
    expect(() => columnsInFile('map.json', text)).toThrow(UsageError)
    expect(() => columnsInFile('map.json', text)).toThrow('map.json')
  })
})
