import { GraphQLError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { encodeId } from '../../../maps/identity.ts'
import { sampleMapSet } from '../../../test/graph/sample-maps.ts'
import { EVERYTHING } from '../../changes/feed/told.fixture.ts'
import { type GivenFilter, readChangeFilter } from './change-filter.ts'

const CUSTOMER = encodeId('Customer', ['usmf', 'C-1'])
const GROUP = encodeId('CustomerGroup', ['usmf', 'RETAIL'])
const ORDER = encodeId('Order', ['usmf', 'O-1'])

const read = (given: GivenFilter) => readChangeFilter(sampleMapSet, given)

function refusal(given: GivenFilter): GraphQLError {
  try {
    read(given)
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a filter of changes', () => {
  it('asks for anything where nothing is given', () => {
    expect(read({})).toEqual(EVERYTHING)
    expect(read(EVERYTHING)).toEqual(EVERYTHING)
  })

  it('keeps what is named', () => {
    const given: GivenFilter = {
      entities: ['Customer', 'Order'],
      operations: ['CREATE'],
      origins: ['ERP'],
      changedFields: ['name', 'total'],
    }
    expect(read(given)).toEqual({ ...EVERYTHING, ...given })
  })

  it('brings companies and ids to the one form that records have', () => {
    expect(read({ companies: [' USMF '] }).companies).toEqual(['usmf'])
    expect(read({ ids: [encodeId('Customer', ['USMF', 'c-1']), GROUP] }).ids).toEqual([CUSTOMER, GROUP])
  })

  it.each([
    ['a decimal, padded', 'creditLimit', '100', '100.00'],
    ['a key, folded', 'number', ' c-1 ', 'C-1'],
    ['a whole number', 'lineNumber', 3, 3],
    ['the name of a choice', 'onHold', 'NO', 'NO'],
    ['a date', 'openedOn', '2024-05-31', '2024-05-31'],
    ['a reference', 'group', encodeId('CustomerGroup', ['USMF', 'retail']), GROUP],
    ['one of several entities', 'buyer', CUSTOMER, CUSTOMER],
  ])('brings values to the form that changes have: %s', (_, field, given, shown) => {
    expect(read({ values: [{ field, in: [given] }] }).values).toEqual([{ field, in: [shown] }])
  })

  it('asks for entities that have the fields of which it names values', () => {
    const limit = { field: 'creditLimit', in: ['1.00'] }
    expect(read({ values: [limit] }).entities).toEqual(['Customer'])
    expect(read({ entities: ['Customer', 'Order'], values: [limit] }).entities).toEqual(['Customer'])
    expect(read({ entities: ['Order'], values: [] }).entities).toEqual(['Order'])
  })

  it.each<[string, GivenFilter, string]>([
    ['an entity', { entities: ['Client'] }, '`entities`: there is no entity "Client"'],
    ['a malformed id', { ids: ['12'] }, '`ids`: "12" is not the id of a record'],
    ['an id of another entity', { entities: ['Customer'], ids: [ORDER] }, 'is not the id of a Customer'],
    ['a field', { changedFields: ['nmae'] }, '`changedFields`: no entity that is asked for has a field "nmae"'],
    [
      'a field of another entity',
      { entities: ['CustomerGroup'], changedFields: ['total'] },
      '`changedFields`: no CustomerGroup has a field "total"',
    ],
    ['a field to hold values', { values: [{ field: 'nmae', in: [1] }] }, '`values`: no entity that is asked for has'],
    [
      'a value of another type',
      { values: [{ field: 'creditLimit', in: [12.5] }] },
      '12.5 is no value of creditLimit: it takes decimals as text',
    ],
    ['a choice', { values: [{ field: 'onHold', in: ['MAYBE'] }] }, '"MAYBE" is no value of onHold: it takes NO, '],
    [
      'a reference to another entity',
      { values: [{ field: 'group', in: [ORDER] }] },
      'is no value of group: it takes ids of CustomerGroup records',
    ],
  ])('is refused, naming the argument, where it speaks of what does not exist: %s', (_, given, message) => {
    const { message: said, extensions } = refusal(given)
    expect(said).toContain(message)
    expect(extensions).toEqual({ code: 'BAD_USER_INPUT', argumentName: 'filter' })
  })

  const FRENCH = encodeId('Customer', ['frrt', 'C-1'])
  const both = 'No record can meet all conditions of the filter together'

  it.each<[string, GivenFilter, string]>([
    ...(['entities', 'companies', 'ids', 'operations', 'origins', 'changedFields'] as const).map(
      (name): [string, GivenFilter, string] => [`no ${name}`, { [name]: [] }, `\`${name}\`: an empty list`],
    ),
    ['no value of a field', { values: [{ field: 'name', in: [] }] }, '`values`: no value of name'],
    [
      'lists of values that have nothing in common',
      {
        values: [
          { field: 'name', in: ['Ada'] },
          { field: 'name', in: ['Bea', 'Cyd'] },
        ],
      },
      '`values`: no value of name is in all',
    ],
    [
      'values of fields that no entity has together',
      {
        values: [
          { field: 'creditLimit', in: ['1.00'] },
          { field: 'lineNumber', in: [1] },
        ],
      },
      both,
    ],
    [
      'a change of a field that no entity has with the values',
      { changedFields: ['total'], values: [{ field: 'creditLimit', in: ['1.00'] }] },
      both,
    ],
    ['records of another company', { companies: ['usmf'], ids: [FRENCH] }, both],
    ['records that lack the fields', { ids: [GROUP], changedFields: ['total'] }, both],
  ])('is refused where no change can ever meet it: %s', (_, given, message) => {
    const { message: said, extensions } = refusal(given)
    expect(said).toContain(message)
    expect(extensions).toEqual({ code: 'BAD_USER_INPUT', argumentName: 'filter' })
  })

  it('is let in where one of several records or fields can', () => {
    expect(read({ companies: ['usmf'], ids: [FRENCH, CUSTOMER] }).ids).toEqual([FRENCH, CUSTOMER])
    expect(read({ ids: [GROUP, ORDER], changedFields: ['total'] }).changedFields).toEqual(['total'])
    const names = [
      { field: 'name', in: ['Ada', 'Bea'] },
      { field: 'name', in: ['Bea'] },
    ]
    expect(read({ values: names }).values).toEqual(names)
  })

  it('is refused where it holds too much', () => {
    const ids = Array.from({ length: 600 }, (_, number) => encodeId('Customer', ['usmf', `C-${number}`]))
    expect(read({ ids }).ids).toHaveLength(600)
    expect(refusal({ ids, values: [{ field: 'name', in: ids }] }).message).toContain('at most 1000')
  })
})
