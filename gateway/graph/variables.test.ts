import { buildSchema, Kind, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { findVariableErrors } from './variables.ts'

const schema = buildSchema(`
  enum Colour { RED GREEN }
  input Thing { name: String!  colour: Colour  parts: [Thing!] }
  type Query { find(thing: Thing, count: Int): String }
`)

const definitionsOf = (variables: string) =>
  parse(`query Q(${variables}) { find }`).definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  )[0]?.variableDefinitions ?? []

const faults = (variables: string, values: Record<string, unknown>, errorsMax = 100) =>
  findVariableErrors(schema, definitionsOf(variables), values, errorsMax).map((error) => error.message)

describe('values of variables', () => {
  it.each([
    ['that fit', '$thing: Thing!, $count: Int', { thing: { name: 'a', parts: [{ name: 'b' }] }, count: 1 }],
    ['left out where they may be', '$thing: Thing, $count: Int! = 1', {}],
    ['that nobody asked for', '$count: Int', { other: 1 }],
    ['given as null where they may be', '$thing: Thing', { thing: null }],
  ])('pass %s', (_, variables, values) => {
    expect(faults(variables, values)).toEqual([])
  })

  it.each([
    ['a missing one', '$thing: Thing!', {}, 'Variable "$thing" of type "Thing!" is missing'],
    ['null', '$thing: Thing!', { thing: null }, 'at "thing": Expected non-nullable type "Thing!" not to be null.'],
    ['a wrong type', '$count: Int', { count: 'two' }, 'at "count": Int cannot represent non-integer value: "two"'],
    ['an unknown field', '$thing: Thing', { thing: { name: 'a', color: 'RED' } }, 'Did you mean "colour"?'],
    [
      'a place deep inside',
      '$thing: Thing',
      { thing: { name: 'a', parts: [{ name: 'b' }, {}] } },
      'at "thing.parts.1"',
    ],
    [
      'a name out of an object’s prototype',
      '$constructor: Int!',
      {},
      'Variable "$constructor" of type "Int!" is missing',
    ],
  ])('are refused for %s', (_, variables, values, message) => {
    expect(faults(variables, values)).toEqual([expect.stringContaining(message)])
  })

  it('are refused for every fault of every variable, up to a bound', () => {
    const values = { thing: { a: 1, b: 2, c: 3 }, count: 'x' }
    expect(faults('$thing: Thing, $count: Int', values)).toHaveLength(5)
    expect(faults('$thing: Thing, $count: Int', values, 2)).toHaveLength(2)
  })

  it('carry a code that callers know', () => {
    const [error] = findVariableErrors(schema, definitionsOf('$count: Int!'), {}, 1)
    expect(error?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
  })
})
