/** Rules and computations of orders together, on a store: what two transactions at once may not do. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadTables } from '../../maps/load.ts'
import type { Violation, Vote, Write } from '../../schema/participant.ts'
import type { Row } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'
import { create, remove, request, transactionId, update, version } from '../kit/stores/contract/system.contract.ts'
import type { RecordStore } from '../kit/stores/record-store.ts'
import { openSqliteStore } from '../kit/stores/sqlite/store.ts'

const FILLED = version(1, 'a')
const ALONE = { participants: ['ERP'] } as const

let folder: string
let store: RecordStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-erp-'))
  store = await openSqliteStore({
    system: 'ERP',
    file: join(folder, 'erp.sqlite'),
    tables: loadTables('ERP', fileURLToPath(new URL('tables', import.meta.url))).map(({ definition }) => definition),
    logic: { rules: exported('rules', 'ERP_RULES'), computations: exported('computations', 'ERP_COMPUTATIONS') },
  })
  expect(await prepared('a', [...base(), customer('C1', '0.00'), customer('C2', '100.00')], ALONE)).toEqual([])
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

function exported(from: string, name: string) {
  return { module: new URL(`${from}/index.ts`, import.meta.url).href, export: name }
}

function base(): readonly Write[] {
  return [
    create('LegalEntities', ['usmf'], { Name: 'Larchmont Trading Inc.' }),
    create('Currencies', ['USD'], { Name: 'US dollar' }),
    create('TaxGroups', ['usmf', 'FULL'], { TaxRate: '20' }),
    create('CustomerGroups', ['usmf', 'TRADE']),
    create('ReleasedDistinctProducts', ['usmf', 'P1'], { ProductName: 'Lantern' }),
  ]
}

function customer(number: string, CreditLimit: string): Write {
  return create('CustomersV3', ['usmf', number], {
    OrganizationName: `Customer ${number}`,
    CustomerGroupId: 'TRADE',
    CreditLimit,
  })
}

/** So many pieces at 10.00 each, without tax unless `more` names a tax group. */
function order(number: string, customer: string, pieces: string, more: Row = {}): readonly Write[] {
  return [
    create('SalesOrderHeaders', ['usmf', number], {
      OrderingCustomerAccountNumber: customer,
      CurrencyCode: 'USD',
      ...more,
    }),
    create('SalesOrderLines', ['usmf', number, 1], {
      ProductNumber: 'P1',
      OrderedSalesQuantity: pieces,
      SalesPrice: '10',
    }),
  ]
}

const mandatory = [update('CustomerGroups', ['usmf', 'TRADE'], { CreditLimitIsMandatory: 'Yes' }, FILLED)]

/** The reasons against; none means yes. A later id is a younger transaction, which gives way instead of waiting. */
async function prepared(id: string, writes: readonly Write[], more: Parameters<typeof request>[2] = {}) {
  const [vote] = await Promise.all(store.prepare([request(id, writes, more)]))
  return reasons(vote)
}

function reasons(vote: Vote | undefined): readonly Violation['code'][] {
  return vote?.vote === 'NO' ? vote.violations.map(({ code }) => code) : []
}

async function committed(id: string): Promise<void> {
  await Promise.all(store.commit([{ id: transactionId(id), leftOut: [] }]))
}

describe('an order', () => {
  it('has its amounts and its open customer filled in', async () => {
    expect(await prepared('b', order('SO-1', 'C1', '3', { SalesTaxGroupCode: 'FULL' }), ALONE)).toEqual([])
    const [header] = await store.get('SalesOrderHeaders', [recordKey(['usmf', 'SO-1'])])
    expect(header?.row).toMatchObject({
      OrderTotalAmount: '36.00',
      OrderTotalTaxAmount: '6.00',
      OpenOrderCustomerAccountNumber: 'C1',
    })
    const [line] = await store.get('SalesOrderLines', [recordKey(['usmf', 'SO-1', 1])])
    expect(line?.row).toMatchObject({ LineAmount: '30.00', CurrencyCode: 'USD' })
  })

  it('too large for its column is refused, and named', async () => {
    const line = { ProductNumber: 'P1', OrderedSalesQuantity: '9'.repeat(14), SalesPrice: '9'.repeat(14) }
    const [header] = order('SO-1', 'C1', '1')
    const writes = header === undefined ? [] : [header, create('SalesOrderLines', ['usmf', 'SO-1', 1], line)]
    expect(new Set(await prepared('b', writes, ALONE))).toEqual(new Set(['VALIDATION']))
  })
})

describe('the credit of a customer', () => {
  it('is not made by an order that comes to less than zero, nor freed when that one goes', async () => {
    expect(await prepared('b', order('SO-1', 'C2', '-100'), ALONE)).toEqual([])
    expect(await prepared('c', order('SO-2', 'C2', '11'), ALONE)).toEqual(['RULE'])
    expect(await prepared('d', order('SO-2', 'C2', '10'), ALONE)).toEqual([])
    const gone = [
      remove('SalesOrderHeaders', ['usmf', 'SO-1'], version(1, 'b')),
      remove('SalesOrderLines', ['usmf', 'SO-1', 1], version(1, 'b')),
    ]
    expect(await prepared('e', gone, ALONE)).toEqual([])
    expect(await prepared('f', order('SO-3', 'C2', '1'), ALONE)).toEqual(['RULE'])
  })
})

describe('a customer that orders name', () => {
  it('is missed once, where a caller can name another', async () => {
    const [vote] = await Promise.all(store.prepare([request('b', order('SO-1', 'C9', '1'), ALONE)]))
    expect(vote).toMatchObject({
      vote: 'NO',
      violations: [{ code: 'REFERENCE', column: 'OrderingCustomerAccountNumber' }],
    })
  })

  it('is kept by what the orders say of it, and not by what is computed from that', async () => {
    expect(await prepared('b', order('SO-1', 'C1', '1'), ALONE)).toEqual([])
    expect(await prepared('c', [remove('CustomersV3', ['usmf', 'C1'], FILLED)])).toEqual(['REFERENCE', 'RULE'])
  })
})

describe('an order with lines', () => {
  const dated = (day: string | null, base: string) =>
    update('SalesOrderHeaders', ['usmf', 'SO-1'], { OrderCreationDate: day }, version(1, base))

  it('is dated earlier, and never later, so that a discontinued product comes on no new order', async () => {
    const gone = { ProductState: 'Discontinued', DiscontinuedDate: '2024-01-01' }
    expect(await prepared('b', [update('ReleasedDistinctProducts', ['usmf', 'P1'], gone, FILLED)], ALONE)).toEqual([])
    expect(await prepared('c', order('SO-1', 'C1', '1', { OrderCreationDate: '2024-01-01' }), ALONE)).toEqual(['RULE'])
    expect(await prepared('d', order('SO-1', 'C1', '1', { OrderCreationDate: '2023-12-31' }), ALONE)).toEqual([])
    expect(await prepared('e', [dated('2024-01-01', 'd')], ALONE)).toEqual(['RULE'])
    expect(await prepared('f', [dated(null, 'd')], ALONE)).toEqual(['RULE'])
    expect(await prepared('g', [dated('2023-12-30', 'd')], ALONE)).toEqual([])
  })
})

describe('two transactions at once', () => {
  it('do not share the credit of one customer', async () => {
    expect(await prepared('b', order('SO-1', 'C2', '6'))).toEqual([])
    expect(await prepared('c', order('SO-2', 'C2', '6'))).toEqual(['LOCKED'])
    await committed('b')
    expect(await prepared('d', order('SO-2', 'C2', '6'))).toEqual(['RULE'])
    expect(await prepared('e', order('SO-3', 'C2', '4'))).toEqual([])
  })

  it('do not make credit limits mandatory past an order that takes up credit', async () => {
    expect(await prepared('b', order('SO-1', 'C1', '1'))).toEqual([])
    expect(await prepared('c', mandatory)).toEqual(['LOCKED'])
    await committed('b')
    expect(await prepared('d', mandatory)).toEqual(['RULE'])
  })

  it('do not take up credit past a group that makes credit limits mandatory', async () => {
    expect(await prepared('b', mandatory)).toEqual([])
    expect(await prepared('c', order('SO-1', 'C1', '1'))).toEqual(['LOCKED'])
    await committed('b')
    expect(await prepared('d', order('SO-1', 'C1', '1'))).toEqual(['RULE'])
    expect(await prepared('e', order('SO-2', 'C2', '10'))).toEqual([])
  })

  it('leave each other alone where they are about orders of different customers', async () => {
    expect(await prepared('b', order('SO-1', 'C1', '1'))).toEqual([])
    expect(await prepared('c', order('SO-2', 'C2', '1'))).toEqual([])
  })

  it('do not invoice an order past a line that is added to it', async () => {
    expect(await prepared('b', order('SO-1', 'C1', '1'), ALONE)).toEqual([])
    const line = { ProductNumber: 'P1', OrderedSalesQuantity: '1', SalesPrice: '10' }
    const header = { base: version(1, 'b'), key: ['usmf', 'SO-1'] }
    const added = [
      create('SalesOrderLines', ['usmf', 'SO-1', 2], line),
      update('SalesOrderHeaders', header.key, { Email: 'new@larkspur.example' }, header.base),
    ]
    const invoiced = [update('SalesOrderHeaders', header.key, { SalesOrderProcessingStatus: 'Invoiced' }, header.base)]
    expect(await prepared('c', invoiced)).toEqual([])
    expect(await prepared('d', added)).toContain('LOCKED')
    await committed('c')
    const later = create('SalesOrderLines', ['usmf', 'SO-1', 2], line)
    expect(await prepared('e', [later], ALONE)).toContain('RULE')
  })
})
