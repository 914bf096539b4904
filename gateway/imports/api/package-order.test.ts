import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SHIPPED } from '../../sync/shipped.fixture.ts'
import type { ImportTarget } from '../job/definition.ts'
import { packageOrder } from './package-order.ts'

const entity = (name: string): ImportTarget => ({ kind: 'ENTITY', entity: name })
const ordered = (...targets: readonly ImportTarget[]) => packageOrder(SHIPPED, targets).map((place) => targets[place])

describe('the order of a package', () => {
  it('has what a record refers to before it', () => {
    const names = ['SalesOrder', 'Contact', 'Customer', 'Product', 'CustomerGroup', 'Currency']
    const order = ordered(...names.map(entity)).map((target) => (target?.kind === 'ENTITY' ? target.entity : ''))
    const isBefore = (one: string, other: string) => order.indexOf(one) < order.indexOf(other)
    expect(isBefore('Currency', 'SalesOrder')).toBe(true)
    expect(isBefore('CustomerGroup', 'Customer')).toBe(true)
    expect(isBefore('Customer', 'SalesOrder')).toBe(true)
    expect(isBefore('Product', 'SalesOrder')).toBe(true)
  })

  it('is the one given where nothing refers to anything, and for files of one entity', () => {
    const given = [entity('Unit'), entity('Currency'), entity('Unit')]
    expect(ordered(...given)).toEqual(given)
  })

  it('knows what the records of a native table are', () => {
    const accounts: ImportTarget = { kind: 'NATIVE', system: 'CRM', table: 'accounts' }
    expect(ordered(entity('SalesOrder'), accounts, entity('CustomerGroup'))).toEqual([
      entity('CustomerGroup'),
      accounts,
      entity('SalesOrder'),
    ])
  })

  it('has every file once, whatever they are', () => {
    const target = fc.constantFrom(...SHIPPED.maps.map(({ entity: name }) => entity(name)), entity('Nothing'))
    fc.assert(
      fc.property(fc.array(target, { maxLength: 12 }), (targets) => {
        expect([...packageOrder(SHIPPED, targets)].sort((a, b) => a - b)).toEqual(targets.map((_, place) => place))
      }),
    )
  })
})
