import { isAbstractType, isEnumType, isInputObjectType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { crmSubgraph, erpSubgraph } from '../../../test/graph/sample-graph.ts'
import { sampleUnified } from '../../../test/graph/sample-unified.ts'
import { composeSupergraph } from '../supergraph.ts'

describe('the subgraph', () => {
  it('fits together with those of the systems, with nothing to smooth over', () => {
    const unified = { name: 'unified', sdl: sampleUnified().sdl }
    expect(composeSupergraph([crmSubgraph(1), erpSubgraph(), unified]).hints).toEqual([])
  })
})

describe('the schema', () => {
  const { schema } = sampleUnified()

  const fieldsOf = (name: string) => {
    const type = schema.getType(name)
    return isInputObjectType(type) || isObjectType(type)
      ? Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, String(field.type)]))
      : undefined
  }

  const kindsOf = (name: string) => {
    const type = schema.getType(name)
    return isAbstractType(type) ? schema.getPossibleTypes(type).map((one) => one.name) : undefined
  }

  const valuesOf = (name: string) => {
    const type = schema.getType(name)
    return isEnumType(type) ? type.getValues().map((value) => value.name) : undefined
  }

  const descriptionOf = (name: string, field: string) => {
    const type = schema.getType(name)
    return isInputObjectType(type) ? type.getFields()[field]?.description : undefined
  }

  const everyOperation = ['CustomerGroup', 'Customer', 'Person', 'Order'].flatMap((entity) =>
    ['create', 'update', 'upsert', 'delete'].map((verb) => verb + entity),
  )

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

  it('names a record referred to by id, by key, or as one just made, and has no reference to what nothing refers to', () => {
    expect(fieldsOf('CustomerGroupReference')).toEqual({ id: 'ID', as: 'String', company: 'String', code: 'String' })
    expect(schema.getType('CustomerReference')).toBeUndefined()
  })

  it('names a record of one of several entities along with the entity', () => {
    expect(fieldsOf('CreateOrderInput')).toMatchObject({ buyer: 'OrderBuyerReference' })
    expect(fieldsOf('OrderBuyerReference')).toEqual({
      id: 'ID',
      as: 'String',
      type: 'OrderBuyerType',
      company: 'String',
      number: 'String',
    })
    expect(valuesOf('OrderBuyerType')).toEqual(['CUSTOMER', 'PERSON'])
    expect(descriptionOf('OrderBuyerReference', 'type')).toContain('Left out: CUSTOMER.')
  })

  it('takes nowhere what a system computes', () => {
    expect(Object.keys(fieldsOf('CreateOrderInput') ?? {})).toEqual(['company', 'number', 'buyer', 'title', 'lines'])
    expect(Object.keys(fieldsOf('UpdateOrderInput') ?? {})).toEqual(['buyer', 'title', 'lines'])
  })

  it('takes the parts of a whole with it, found by the one key field that is their own', () => {
    expect(fieldsOf('CreateOrderInput')).toMatchObject({ lines: '[CreateOrderLineInput!]' })
    expect(fieldsOf('UpdateOrderInput')).toMatchObject({ lines: 'OrderLineChanges' })
    expect(fieldsOf('CreateOrderLineInput')).toEqual({ lineNumber: 'Int', item: 'String', quantity: 'Decimal' })
    expect(fieldsOf('UpdateOrderLineInput')).toEqual({ lineNumber: 'Int!', item: 'String', quantity: 'Decimal' })
    expect(fieldsOf('OrderLineChanges')).toEqual({
      create: '[CreateOrderLineInput!]',
      update: '[UpdateOrderLineInput!]',
      delete: '[Int!]',
      replace: '[CreateOrderLineInput!]',
    })
  })

  it('says what becomes of a key left out', () => {
    expect(descriptionOf('CreateOrderInput', 'company')).toContain('Required.')
    expect(descriptionOf('CreateOrderInput', 'number')).toContain('Left out: drawn from O-{000000}.')
    expect(descriptionOf('CreateOrderLineInput', 'lineNumber')).toContain('Left out: the next number')
  })

  it('knows a part as an entity, but has no payload for it', () => {
    expect(fieldsOf('OrderLine')).toEqual({ id: 'ID!', sync: 'SyncState' })
    expect(schema.getType('OrderLinePayload')).toBeUndefined()
  })

  it('has a mutation of each kind for every entity but parts, one for many records, and those of imports', () => {
    const imports = [
      'createUpload',
      'bulkImport',
      'bulkImportPackage',
      'pauseImport',
      'resumeImport',
      'cancelImport',
      'retryImport',
      'undoImport',
    ]
    expect(Object.keys(fieldsOf('Mutation') ?? {})).toEqual([...everyOperation, 'transact', ...imports])
  })

  it('takes in a transaction of many records what the mutations take', () => {
    expect(Object.keys(fieldsOf('TransactOperation') ?? {})).toEqual(['as', ...everyOperation])
    expect(fieldsOf('TransactOperation')).toMatchObject({
      createOrder: 'CreateOrderOperation',
      updateOrder: 'UpdateOrderOperation',
      upsertOrder: 'UpsertOrderOperation',
      deleteOrder: 'DeleteOperation',
    })
    expect(fieldsOf('CreateOrderOperation')).toEqual({ input: 'CreateOrderInput!' })
    expect(fieldsOf('UpdateOrderOperation')).toEqual({ id: 'ID!', input: 'UpdateOrderInput!', expectedRevision: 'Int' })
    expect(fieldsOf('UpsertOrderOperation')).toEqual({ input: 'CreateOrderInput!', expectedRevision: 'Int' })
    expect(fieldsOf('DeleteOperation')).toEqual({ id: 'ID!', expectedRevision: 'Int' })
  })

  it('answers a transaction of many records with each record', () => {
    expect(fieldsOf('TransactPayload')).toEqual({
      results: '[TransactResult!]!',
      transaction: 'Transaction',
      errors: '[WriteError!]!',
    })
    expect(fieldsOf('TransactResult')).toEqual({ as: 'String', entity: 'String!', id: 'ID' })
  })

  it('has a subscription to all changes, one for each entity, and one to an import', () => {
    expect(fieldsOf('Subscription')).toEqual({
      changes: 'ChangeMessage!',
      customerGroupChanged: 'CustomerGroupChangeMessage!',
      customerChanged: 'CustomerChangeMessage!',
      personChanged: 'PersonChangeMessage!',
      orderChanged: 'OrderChangeMessage!',
      orderLineChanged: 'OrderLineChangeMessage!',
      importProgress: 'ImportJob!',
    })
  })

  it('begins and keeps alive every stream alike, and speaks of an entity in its own messages', () => {
    const both = ['StreamOpened', 'Heartbeat']
    expect(kindsOf('ChangeMessage')).toEqual([...both, 'Change', 'LeftFilter', 'SnapshotRow'])
    expect(kindsOf('OrderChangeMessage')).toEqual([...both, 'OrderChange', 'OrderLeftFilter', 'OrderSnapshotRow'])
  })

  it('says of a change of an entity what it says of any, and gives the record', () => {
    for (const kind of ['Change', 'LeftFilter', 'SnapshotRow']) {
      expect(fieldsOf(`Order${kind}`)).toEqual({ ...fieldsOf(kind), order: 'Order' })
    }
  })

  it('takes any entity in a filter but where the entity is known', () => {
    const { entities, ...others } = fieldsOf('ChangeFilter') ?? {}
    expect(entities).toBe('[String!]')
    expect(fieldsOf('EntityChangeFilter')).toEqual(others)
  })
})
