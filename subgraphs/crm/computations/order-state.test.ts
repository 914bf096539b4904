import { expect, it } from 'vitest'
import type { Value } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Aggregate } from '../../kit/participant/computation.ts'
import { orderState } from './order-state.ts'

function stateOf(msdyn_processingstatus: Value): Value | undefined {
  const row = { msdyn_salesordernumber: 'SO-000001', msdyn_processingstatus }
  const line = { table: 'salesorderdetails', key: recordKey(['usmf', 'SO-000001', 1]), row: {} }
  const order: Aggregate = { table: 'salesorders', key: recordKey(['usmf', 'SO-000001']), row, parts: [line] }
  const { done, value } = orderState.compute(order).next()
  if (done !== true) throw new Error('It looks at another record')
  expect(value.parts).toEqual([{}])
  return value.row['statuscode']
}

it.each([
  ['active', 192350000, 'new', 1],
  ['confirmed', 192350001, 'in progress', 3],
  ['picked', 192350002, 'in progress', 3],
  ['partially delivered', 192350003, 'partial', 100002],
  ['delivered', 192350004, 'complete', 100001],
  ['invoiced', 192350005, 'invoiced', 100003],
  ['partially invoiced', 192350006, 'invoiced', 100003],
  ['canceled', 192350007, 'no money', 4],
])('shows an order that is %s (%i) as %s (%i)', (_, status, __, state) => {
  expect(stateOf(status)).toBe(state)
})

it('shows nothing for an order without a status', () => {
  expect(stateOf(null)).toBeNull()
})
