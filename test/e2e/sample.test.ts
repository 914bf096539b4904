import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SampleOptions, writeSampleData } from '../../gateway/sample.ts'
import { SAMPLE_DATA as DATA } from '../../maps/sample/sample-data.ts'
import type { SampleWrite } from '../../maps/sample/sample-write.ts'
import { type Lockstep, startLockstep } from './lockstep.ts'

interface Connection {
  readonly edges: readonly { readonly node: { readonly number: string; readonly total: string } }[]
}

/** The list of each sample entity in the graph. */
const ENTITIES = new Map([
  ['Currency', 'currencies'],
  ['Unit', 'units'],
  ['PaymentTerm', 'paymentTerms'],
  ['CustomerGroup', 'customerGroups'],
  ['Site', 'sites'],
  ['Warehouse', 'warehouses'],
  ['Product', 'products'],
  ['Customer', 'customers'],
  ['Contact', 'contacts'],
  ['Person', 'persons'],
  ['SalesOrder', 'salesOrders'],
  ['Quotation', 'quotations'],
])
const LISTS = [...ENTITIES.values()]

const ORDERS = DATA.writes.filter(({ entity }) => entity === 'SalesOrder')
const linesOf = ({ input }: SampleWrite) => (Array.isArray(input['lines']) ? input['lines'] : [])

const NOTHING = Object.fromEntries([...LISTS, 'salesOrderLines', 'tasks'].map((list) => [list, 0]))
const EVERYTHING = {
  ...Object.fromEntries(
    [...ENTITIES].map(([entity, list]) => [list, DATA.writes.filter((write) => write.entity === entity).length]),
  ),
  salesOrderLines: ORDERS.flatMap(linesOf).length,
  tasks: DATA.after.CRM.length,
}

// Each fills stores with hundreds of orders.
describe('sample data', { timeout: 30_000 }, () => {
  let lockstep: Lockstep
  let options: SampleOptions
  beforeEach(async () => {
    lockstep = await startLockstep({ sampleData: false })
    options = { ...lockstep.app, now: Date.now, timeoutMs: 10_000 }
  })
  afterEach(() => lockstep.stop())

  const counts = async () => {
    const lists = [...LISTS, 'salesOrderLines'].map((list) => `${list} { totalCount }`).join(' ')
    const held = await lockstep.graph.request<Record<string, { totalCount: number }>>(`{ ${lists} }`)
    const { tasks } = await lockstep.crm.request<{ tasks: { totalCount: number } }>('{ tasks { totalCount } }')
    return Object.fromEntries(Object.entries({ ...held, tasks }).map(([list, { totalCount }]) => [list, totalCount]))
  }

  it('fills empty stores, once', async () => {
    expect(await counts()).toEqual(NOTHING)
    expect(await writeSampleData(DATA, options)).toBe(true)
    expect(await counts()).toEqual(EVERYTHING)
    expect(await writeSampleData(DATA, options)).toBe(false)
    expect(await counts()).toEqual(EVERYTHING)
  })

  it('comes to the same amounts in both systems', async () => {
    await writeSampleData(DATA, options)
    const { salesorders } = await lockstep.crm.request<{ salesorders: Connection }>(
      '{ salesorders(first: 300) { edges { node { number: msdyn_salesordernumber total: totalamount } } } }',
    )
    const { SalesOrderHeaders } = await lockstep.erp.request<{ SalesOrderHeaders: Connection }>(
      '{ SalesOrderHeaders(first: 300) { edges { node { number: SalesOrderNumber total: OrderTotalAmount } } } }',
    )
    expect(salesorders.edges).toHaveLength(ORDERS.length)
    expect(salesorders.edges).toEqual(expect.arrayContaining([...SalesOrderHeaders.edges]))
    for (const { node } of salesorders.edges) expect(Number(node.total)).toBeGreaterThan(0)
  })

  it('goes on where it was cut short', async () => {
    let writesLeft = DATA.writes.length - ORDERS.length
    const sync: SampleOptions['sync'] = {
      ...lockstep.app.sync,
      write: (write) => {
        writesLeft -= 1
        return writesLeft < 0 ? Promise.reject(new Error('cut short')) : lockstep.app.sync.write(write)
      },
    }
    await expect(writeSampleData(DATA, { ...options, sync })).rejects.toThrow('cut short')
    expect(await counts()).not.toEqual(EVERYTHING)
    expect(await writeSampleData(DATA, options)).toBe(true)
    expect(await counts()).toEqual(EVERYTHING)
  })

  it('stays away from stores that hold something else', async () => {
    await lockstep.graph.request(
      'mutation { createCurrency(input: { code: "XTS", name: "Test" }) { errors { code } transaction { state } } }',
    )
    expect(await writeSampleData(DATA, options)).toBe(false)
    expect(await counts()).toEqual({ ...NOTHING, currencies: 1 })
  })
})
