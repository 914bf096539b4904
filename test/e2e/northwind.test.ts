import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entityIdOfRow } from '../../maps/identity.ts'
import type { MapSet, TableMap } from '../../maps/model.ts'
import { unify } from '../../maps/translate.ts'
import type { Row, System } from '../../schema/record.ts'
import { every, type Node } from './every.ts'
import { type Lockstep, type Payload, startLockstep, write } from './lockstep.ts'
import { COMPANY, type Input, IS_PRESENT, type Northwind, PLACE, readNorthwind } from './northwind.ts'

if (!IS_PRESENT) process.stderr.write(`skipped: the Northwind data set is not at ${PLACE}\n`)

const CLIENTS = 16
const NOTHING: Northwind = { customers: [], contacts: [], products: [], orders: [], totals: new Map() }

/** Each entity's native tables. */
const TABLES = {
  Customer: { CRM: 'accounts', ERP: 'CustomersV3' },
  Contact: { CRM: 'contacts', ERP: 'CDSContactsV2' },
  Product: { CRM: 'products', ERP: 'ReleasedDistinctProducts' },
  SalesOrder: { CRM: 'salesorders', ERP: 'SalesOrderHeaders' },
  SalesOrderLine: { CRM: 'salesorderdetails', ERP: 'SalesOrderLines' },
} as const
type Entity = keyof typeof TABLES
const COUNTS = { Customer: 91, Contact: 91, Product: 77, SalesOrder: 830, SalesOrderLine: 2_155 } as const

describe.skipIf(!IS_PRESENT)('Northwind, loaded through the public API', () => {
  let lockstep: Lockstep
  const given = IS_PRESENT ? readNorthwind() : NOTHING

  /** Some at a time, as many clients would send them. */
  async function upsertAll(entity: Entity, inputs: readonly Input[]): Promise<readonly Payload[]> {
    const payloads: Payload[] = []
    const waiting = inputs.entries()
    const client = async () => {
      for (const [index, input] of waiting) {
        payloads[index] = await write(lockstep.graph, `upsert${entity}`, { input })
      }
    }
    await Promise.all(Array.from({ length: CLIENTS }, client))
    return payloads
  }

  async function loadAll(): Promise<readonly Payload[]> {
    const terms = { group: { code: 'TRADE' }, currency: { code: 'USD' } }
    return [
      ...(await upsertAll(
        'Customer',
        given.customers.map((customer) => ({ ...customer, ...terms })),
      )),
      ...(await upsertAll('Contact', given.contacts)),
      ...(await upsertAll('Product', given.products)),
      ...(await upsertAll('SalesOrder', given.orders)),
    ]
  }

  beforeAll(async () => {
    lockstep = await startLockstep({ sampleData: false })
    const { graph, crm, erp } = lockstep
    await crm.request(
      `mutation { createCdm_companies(input: { cdm_companycode: "${COMPANY}", cdm_name: "Northwind" }) { errors { code } } }`,
    )
    await erp.request(
      `mutation { createLegalEntities(input: { LegalEntityId: "${COMPANY}", Name: "Northwind" }) { errors { code } } }`,
    )
    const currency = await write(graph, 'createCurrency', { input: { code: 'USD', name: 'US dollar', symbol: '$' } })
    const group = await write(graph, 'createCustomerGroup', { input: { company: COMPANY, code: 'TRADE' } })
    const unit = await write(graph, 'createUnit', { input: { symbol: 'PCS', description: 'Pieces' } })
    expect([...currency.errors, ...group.errors, ...unit.errors]).toEqual([])
    const payloads = await loadAll()
    expect(payloads.flatMap(({ errors }) => errors)).toEqual([])
    expect(new Set(payloads.map(({ transaction }) => transaction?.state))).toEqual(new Set(['COMMITTED']))
  }, 300_000)

  afterAll(() => lockstep.stop())

  it('is 91 customers with a contact each, 77 products and 830 orders with 2,155 lines', () => {
    const lines = given.orders.flatMap((order) => order.lines)
    expect([given.customers, given.contacts, given.products, given.orders, lines].map(({ length }) => length)).toEqual([
      91, 91, 77, 830, 2_155,
    ])
    const freight = given.orders.reduce((sum, order) => sum + Math.round(Number(order['headerCharges']) * 100), 0)
    const whole = [...given.totals.values()].reduce((sum, cents) => sum + cents, 0n)
    expect(whole - BigInt(freight)).toBe(126_579_329n)
  })

  it('reads back through the unified graph as it was given', async () => {
    const fields = Object.keys(given.customers[0] ?? {}).join(' ')
    const customers = await every(lockstep.graph, 'customers', `${fields} revision sync group { code }`)
    const expected = given.customers.map((customer) => {
      return { ...customer, revision: 1, sync: 'IN_STEP', group: { code: 'TRADE' } }
    })
    expect(sorted(customers)).toEqual(sorted(expected))
  })

  it('has every order total right to the cent, and lines that add up to it', async () => {
    const selection = `number totalAmount totalCharges revision sync state
      customer { ... on Customer { number } } contactPerson { number }
      lines(first: 100) { totalCount edges { node { lineNumber lineAmount product { number } } } }`
    const orders = await every(lockstep.graph, 'salesOrders', selection, 100)
    const totals = orders.map(({ number, totalAmount }) => [number, cents(totalAmount)])
    expect(new Map(totals as [string, bigint][])).toEqual(given.totals)
    for (const order of orders) {
      const wanted = given.orders.find(({ number }) => number === order['number'])
      const { edges } = order['lines'] as { edges: { node: Node }[] }
      const sum = edges.reduce((total, { node }) => total + cents(node['lineAmount']), 0n)
      expect(cents(order['totalAmount']) - cents(order['totalCharges'])).toBe(sum)
      expect(edges.map(({ node }) => ({ lineNumber: node['lineNumber'], product: node['product'] }))).toEqual(
        wanted?.lines.map(({ lineNumber, product }) => ({ lineNumber, product })),
      )
      expect(order).toMatchObject({ revision: 1, sync: 'IN_STEP', customer: wanted?.['customer'] })
    }
  }, 60_000)

  it.each(Object.keys(TABLES) as Entity[])(
    'has every %s on both sides, with equal mapped values and revisions',
    async (entity) => {
      const { crm, erp, app } = lockstep
      const map = app.mapSet.byEntity.get(entity)
      if (map === undefined) throw new RangeError(`no map for ${entity}`)
      const held = async (system: System) => {
        const list = TABLES[entity][system]
        const columns = Object.keys(map.sides[system].table.columns).filter((name) => name !== 'revision')
        const nodes = await every({ CRM: crm, ERP: erp }[system], list, ['revision', ...columns].join(' '))
        return new Map(nodes.map((node) => recordOf(app.mapSet, map, system, node)))
      }
      const [inCrm, inErp] = await Promise.all([held('CRM'), held('ERP')])
      expect(inCrm.size).toBe(COUNTS[entity])
      expect(inErp).toEqual(inCrm)
    },
    60_000,
  )

  it('changes nothing when all of it is loaded again', async () => {
    const payloads = await loadAll()
    expect(payloads.flatMap(({ errors }) => errors)).toEqual([])
    expect(payloads.every(({ transaction, id }) => transaction === null && id !== null)).toBe(true)
  }, 300_000)
})

function sorted(nodes: readonly Readonly<Record<string, unknown>>[]) {
  return [...nodes].sort((a, b) => (String(a['number']) < String(b['number']) ? -1 : 1))
}

function cents(amount: unknown): bigint {
  return BigInt(String(amount).replace('.', ''))
}

/** Its id, and its revision with the unified value of every mapped field; who buys is an organisation throughout. */
function recordOf(mapSet: MapSet, map: TableMap, system: System, node: Node) {
  const row = node as Row
  const unified = unify(mapSet, map, system, row, () => 'Customer')
  const mapped = map.fields.filter(({ kind }) => kind === 'mapped').map(({ name }) => [name, unified[name] ?? null])
  return [entityIdOfRow(map, system, row), { revision: node['revision'], ...Object.fromEntries(mapped) }] as const
}
