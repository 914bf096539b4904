import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { SYSTEMS } from '../../../schema/record.ts'
import { definitionsOf, listShape } from './definitions.fixture.ts'
import { ordersMapSet } from './orders.fixture.ts'

const { sdl, nodes, shape } = definitionsOf(ordersMapSet())

describe('the subgraphs of orders with lines', () => {
  it('lead from a part to its whole, and from the whole to its parts, where the parts are read', () => {
    expect(shape('CRM', 'OrderLine')).toEqual([
      'type OrderLine @key(fields: "id") {',
      'id: ID!',
      'company: String! @shareable',
      'orderNumber: String! @shareable',
      'lineNumber: Int! @shareable',
      'product: Product',
      'quantity: Decimal',
      'order: Order!',
      'revision: Int!',
      'updatedAt: DateTime!',
    ])
    expect(shape('CRM', 'Order')).toContain(`lines${listShape('OrderLine')}`)
    expect(shape('ERP', 'OrderLine')).toContain('bin: String')
    expect([...shape('ERP', 'OrderLine'), ...shape('ERP', 'Order')].join()).not.toMatch(/order:|lines/)
  })

  it('find a part by its id or by its whole key, and list all parts', () => {
    const one = 'orderLine(id: ID, company: String, orderNumber: String, lineNumber: Int): OrderLine @shareable'
    expect(shape('CRM', 'Query')).toContain(one)
    expect(shape('ERP', 'Query')).toContain(one)
    expect(shape('CRM', 'Query')).toContain(`orderLines${listShape('OrderLine')}`)
    expect(shape('ERP', 'Query')).toContain(`orderLinesByErp${listShape('OrderLineErp')}`)
  })

  it('have a union for a reference to one of several entities, and a list that leads back on each', () => {
    expect(shape('CRM', 'OrderBuyer')).toEqual(['union OrderBuyer = Customer | Person'])
    expect(nodes.ERP.has('OrderBuyer')).toBe(false)
    expect(shape('CRM', 'Order')).toContain('buyer: OrderBuyer')
    expect(shape('CRM', 'Customer')).toContain(`orders${listShape('Order')}`)
    expect(shape('CRM', 'Person')).toContain(`orders${listShape('Order')}`)
  })

  it('filter through references to what is read in the same system', () => {
    const filter = shape('CRM', 'OrderLineFilter')
    expect(filter).toContain('order: OrderReferenceFilter')
    expect(filter).toContain('product: IDFilter')
    expect(filter).toContain('lineNumber: IntFilter')
    expect(shape('CRM', 'OrderReferenceFilter')).toEqual([
      'input OrderReferenceFilter {',
      'eq: ID',
      'ne: ID',
      'in: [ID!]',
      'isNull: Boolean',
      'where: OrderFilter',
    ])
    expect(shape('CRM', 'OrderBuyerFilter').slice(-2)).toEqual(['customer: CustomerFilter', 'person: PersonFilter'])
  })

  it('filter by what a system computes as by any other field', () => {
    expect(shape('CRM', 'OrderFilter')).toContain('total: DecimalFilter')
    expect(shape('CRM', 'OrderOrderField')).toContain('TOTAL')
  })

  it('compose, with nothing to smooth over', () => {
    const services = SYSTEMS.map((system) => ({ name: system, url: system, typeDefs: parse(sdl[system]) }))
    const { errors, hints } = composeServices(services)
    expect(errors).toBeUndefined()
    expect(hints?.map(({ message }) => message)).toEqual([])
  })
})
