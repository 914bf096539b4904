import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { limitRules } from './operation-limits.ts'

const schema = buildSchema(`
  type Query { person(name: String): Person }
  type Mutation { rename(to: String): Person }
  type Person { name: String  friend: Person  friends: [Person!]! }
`)

const rules = limitRules({ depthMax: 5, rootFieldsMax: 3, aliasesMax: 10, fieldsMax: 40 })

const refusals = (query: string) => validate(schema, parse(query), rules).map((error) => error.message)
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ')
const nested = (levels: number): string => (levels === 1 ? 'name' : `friend { ${nested(levels - 1)} }`)

describe('limits of an operation', () => {
  it.each([
    ['an operation within them', '{ person { name friend { name } } }'],
    ['nesting to the last level', `{ person { ${nested(4)} } }`],
    [
      'introspection, which is deep by nature',
      '{ __schema { types { fields { type { ofType { ofType { name } } } } } } }',
    ],
    ['every alias that is allowed', `{ person { ${times(10, (i) => `a${i}: name`)} } }`],
    [
      'a fragment that holds itself, which another rule refuses',
      '{ person { ...A } } fragment A on Person { friend { ...A } }',
    ],
  ])('let through %s', (_, query) => {
    expect(refusals(query)).toEqual([])
  })

  it.each([
    ['nesting', `{ person { ${nested(5)} } }`, 'nested deeper than 5 levels'],
    [
      'nesting hidden in fragments',
      '{ person { ...A } } fragment A on Person { friend { ...B } } fragment B on Person { friend { friend { friend { name } } } }',
      'nested deeper than 5 levels',
    ],
    [
      'too many transactions in one request',
      `mutation { ${times(4, (i) => `m${i}: rename { name }`)} }`,
      'more than 3 top-level',
    ],
    [
      'top-level fields hidden in a fragment',
      `{ ...Q ...Q } fragment Q on Query { ${times(2, (i) => `q${i}: person { name }`)} }`,
      'more than 3 top-level',
    ],
    ['a thousand aliases', `{ person { ${times(1_000, (i) => `a${i}: name`)} } }`, 'more than 10 aliases'],
    ['more fields than allowed', `{ person { ${times(41, () => 'name')} } }`, 'more than 40 fields'],
    [
      'fragments that multiply each other',
      `{ person { ...A ...A } }
       fragment A on Person { ${times(4, () => '...B')} } fragment B on Person { ${times(8, () => 'name')} }`,
      'more than 40 fields',
    ],
  ])('refuse %s', (_, query, message) => {
    expect(refusals(query)).toContainEqual(expect.stringContaining(message))
  })

  it('count a document of many fragments in no time', () => {
    const query = `{ person { ...F0 } } ${times(60, (i) => `fragment F${i} on Person { a: friend { ...F${i + 1} } b: friend { ...F${i + 1} } }`)} fragment F60 on Person { name }`
    expect(refusals(query)).toContainEqual(expect.stringContaining('more than 40 fields'))
  })
})
