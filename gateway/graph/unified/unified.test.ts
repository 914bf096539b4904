import { GraphQLObjectType, isInputObjectType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { sampleUnified } from '../../../test/graph/sample-unified.ts'

describe('the schema', () => {
  const { schema } = sampleUnified()

  const fieldsOf = (name: string) => {
    const type = schema.getType(name)
    return isInputObjectType(type) || isObjectType(type)
      ? Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, String(field.type)]))
      : undefined
  }

  it('takes every field in a create, none of them required, and what a system fills itself in none', () => {
    expect(fieldsOf('CreateCustomerInput')).toEqual({
      company: 'String',
      number: 'String',
      name: 'String',
      creditLimit: 'Decimal',
      group: 'CustomerGroupReference',
      onHold: 'CustomerOnHold',
      openedOn: 'Date',
      taxGroup: 'String',
    })
  })

  it('takes in an update what may change', () => {
    expect(Object.keys(fieldsOf('UpdateCustomerInput') ?? {})).toEqual([
      'name',
      'creditLimit',
      'group',
      'onHold',
      'taxGroup',
    ])
  })

  it('names a record referred to by id or by key, and has no reference to what nothing refers to', () => {
    expect(fieldsOf('CustomerGroupReference')).toEqual({ id: 'ID', company: 'String', code: 'String' })
    expect(schema.getType('CustomerReference')).toBeUndefined()
  })

  it('has a mutation of each kind for every entity', () => {
    const mutations = schema.getMutationType()
    expect(mutations).toBeInstanceOf(GraphQLObjectType)
    expect(Object.keys(mutations?.getFields() ?? {})).toEqual(
      ['CustomerGroup', 'Customer'].flatMap((entity) =>
        ['create', 'update', 'upsert', 'delete'].map((verb) => verb + entity),
      ),
    )
  })
})
