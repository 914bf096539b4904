import { composeServices } from '@apollo/composition'
import { Kind, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { SYSTEMS } from '../../../schema/record.ts'
import { definitionsOf, listShape } from './definitions.fixture.ts'
import { shippedMapSet } from './system.fixture.ts'

const mapSet = shippedMapSet()
const { sdl, nodes, shape } = definitionsOf(mapSet)

describe('the subgraphs of the shipped maps', () => {
  it('are Federation 2.9', () => {
    for (const system of SYSTEMS) {
      expect(sdl[system].split('\n')[0]).toBe(
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])',
      )
    }
  })

  it('have the whole entity on the reads side', () => {
    const customer = shape('CRM', 'Customer')
    expect(customer.slice(0, 5)).toEqual([
      'type Customer @key(fields: "id") {',
      'id: ID!',
      'company: String! @shareable',
      'number: String! @shareable',
      'name: String',
    ])
    expect(customer.slice(-2)).toEqual(['revision: Int!', 'updatedAt: DateTime!'])
    expect(customer).toContain('creditLimit: Decimal')
    expect(customer).toContain('onHold: CustomerOnHold')
    expect(customer).toContain('group: CustomerGroup')
    expect(customer).toContain('leadSource: CustomerLeadSource')
  })

  it('add nothing but the key and its own fields on the other side', () => {
    expect(shape('ERP', 'Customer')).toEqual([
      'type Customer @key(fields: "id") {',
      'id: ID!',
      'company: String! @shareable',
      'number: String! @shareable',
      'salesTaxGroup: String',
      'commissionGroup: String',
      'deliveryMode: String',
      'deliveryTerms: String',
      'paymentMethod: String',
      'salesDistrict: String',
      'warehouse: String',
      'responsibleEmployee: String',
      'creditReviewDate: Date',
    ])
  })

  it('have a reverse reference where its referring entity is read', () => {
    expect(shape('CRM', 'CustomerGroup')).toContain(`customers${listShape('Customer')}`)
    expect(shape('ERP', 'CustomerGroup').join()).not.toContain('customers')
    expect(shape('ERP', 'PaymentTerm')).toContain(`customerGroups${listShape('CustomerGroup')}`)
  })

  it('share the root field of one record, and have each list once', () => {
    const [crm, erp] = [shape('CRM', 'Query'), shape('ERP', 'Query')]
    const one = 'customer(id: ID, company: String, number: String): Customer @shareable'
    expect(crm).toContain(one)
    expect(erp).toContain(one)
    expect(crm).toContain(`customers${listShape('Customer')}`)
    expect(erp).toContain(`customersByErp${listShape('CustomerErp')}`)
    const lists = (shapes: readonly string[]) => shapes.filter((line) => line.includes('Connection!'))
    expect(lists(crm).filter((line) => lists(erp).includes(line))).toEqual([])
  })

  it('filter by each type with its own operators', () => {
    expect(shape('CRM', 'StringFilter')).toEqual([
      'input StringFilter {',
      'eq: String',
      'ne: String',
      'in: [String!]',
      'gt: String',
      'gte: String',
      'lt: String',
      'lte: String',
      'contains: String',
      'startsWith: String',
      'isNull: Boolean',
    ])
    expect(shape('CRM', 'CustomerOnHoldFilter')).toEqual([
      'input CustomerOnHoldFilter {',
      'eq: CustomerOnHold',
      'ne: CustomerOnHold',
      'in: [CustomerOnHold!]',
      'isNull: Boolean',
    ])
    const filter = shape('ERP', 'CustomerErpFilter')
    expect(filter).toContain('warehouse: StringFilter')
    expect(filter).toContain('number: StringFilter')
    expect(filter.join()).not.toContain('name:')
    expect(filter.slice(-3)).toEqual([
      'and: [CustomerErpFilter!]',
      'or: [CustomerErpFilter!]',
      'not: [CustomerErpFilter!]',
    ])
  })

  it('define alike whatever both have, but for entities and the root', () => {
    const entities = new Set(['Query', ...mapSet.byEntity.keys()])
    const shared = [...nodes.CRM.keys()].filter((name) => nodes.ERP.has(name) && !entities.has(name))
    expect(shared).toEqual(
      expect.arrayContaining(['PageInfo', 'OrderDirection', 'StringFilter', 'CustomerOnHold', 'Decimal']),
    )
    for (const name of shared) {
      const [crm, erp] = [nodes.CRM.get(name), nodes.ERP.get(name)]
      expect(crm && print(crm)).toBe(erp && print(erp))
    }
  })

  it('share nothing but key fields, root fields of one record and page information', () => {
    const keys = new Set(mapSet.maps.flatMap((map) => map.key.map(({ name }) => `${map.entity}.${name}`)))
    for (const system of SYSTEMS) {
      for (const node of nodes[system].values()) {
        if (node.kind !== Kind.OBJECT_TYPE_DEFINITION || node.name.value === 'PageInfo') continue
        for (const field of node.fields ?? []) {
          const isShareable = field.directives?.some(({ name }) => name.value === 'shareable') === true
          const isOne = node.name.value === 'Query' && field.type.kind === Kind.NAMED_TYPE
          expect(isShareable).toBe(isOne || keys.has(`${node.name.value}.${field.name.value}`))
        }
      }
    }
  })

  it('describe every type, field and argument', () => {
    for (const system of SYSTEMS) {
      for (const node of nodes[system].values()) {
        expect('description' in node && node.description?.value, print(node)).toBeTruthy()
        for (const field of 'fields' in node ? (node.fields ?? []) : []) {
          expect(field.description?.value, `${print(node).slice(0, 40)} ${field.name.value}`).toBeTruthy()
          for (const argument of 'arguments' in field ? (field.arguments ?? []) : []) {
            expect(argument.description?.value, `${field.name.value}(${argument.name.value})`).toBeTruthy()
          }
        }
      }
    }
  })

  it('compose, with nothing to smooth over', () => {
    const services = SYSTEMS.map((system) => ({ name: system, url: system, typeDefs: parse(sdl[system]) }))
    const { errors, hints } = composeServices(services)
    expect(errors).toBeUndefined()
    expect(hints?.map(({ message }) => message)).toEqual([])
  })
})
