import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SHIPPED, shippedMap } from '../../sync/shipped.fixture.ts'
import { findFormat } from '../source/find-format.ts'
import { rowsOf } from '../source/rows.ts'
import { all, memoryFile } from '../source/stored-file.fixture.ts'
import type { ColumnOptions } from './columns.ts'
import { planColumns } from './plan-columns.ts'

const DIRECTORY = new URL('../../../../shared/data/northwind/', import.meta.url)

type Columns = Readonly<Record<string, string>>

async function inputs(name: string, entity: string, columns: Columns, constants: Columns) {
  const file = memoryFile(readFileSync(new URL(name, DIRECTORY)))
  const { format } = await findFormat(file, { name })
  const options: ColumnOptions = {
    columns: Object.entries(columns).map(([to, from]) => ({ from, to })),
    constants: Object.entries(constants).map(([to, value]) => ({ to, value })),
    unknown: 'IGNORE',
    clearMarker: 'NULL',
  }
  const planned = planColumns(SHIPPED, shippedMap(entity), format.format === 'CSV' ? format.header : null, options)
  if (!planned.ok) throw new Error(planned.problems.map(({ message }) => message).join('\n'))
  const rows = await all(rowsOf(file, format))
  return rows.map((row) => (row.kind === 'FAULT' ? row : planned.plan.map(row)))
}

const COMPANY = { company: 'nwnd' }

describe.skipIf(!existsSync(DIRECTORY))('the Northwind data set', () => {
  it('has 91 customers', async () => {
    const columns = { number: 'customerID', name: 'companyName', deliveryStreet: 'address', deliveryState: 'region' }
    const mapped = await inputs('customers.csv', 'Customer', columns, { ...COMPANY, group: 'RETAIL' })
    expect(mapped.filter((row) => 'ok' in row && row.ok)).toHaveLength(91)
    expect(mapped[0]).toEqual({
      ok: true,
      id: null,
      input: {
        company: 'nwnd',
        group: { code: 'RETAIL' },
        number: 'ALFKI',
        name: 'Alfreds Futterkiste',
        deliveryStreet: 'Obere Str. 57',
        deliveryState: null,
      },
    })
  })

  it('has 830 orders, whose days have a midnight', async () => {
    const columns = {
      number: 'orderID',
      'customer.number': 'customerID',
      orderDate: 'orderDate',
      confirmedShippingDate: 'shippedDate',
      headerCharges: 'freight',
    }
    const mapped = await inputs('orders.csv', 'SalesOrder', columns, { ...COMPANY, currency: 'USD' })
    expect(mapped.filter((row) => 'ok' in row && row.ok)).toHaveLength(830)
    expect(mapped[0]).toMatchObject({
      input: {
        number: '10248',
        customer: { number: 'VINET' },
        orderDate: '1996-07-04',
        confirmedShippingDate: '1996-07-16',
        headerCharges: '32.38',
      },
    })
  })

  it('has 2,155 lines, each of its order', async () => {
    const columns = {
      number: 'orderID',
      'lines.product': 'productID',
      'lines.quantity': 'quantity',
      'lines.price': 'unitPrice',
    }
    const mapped = await inputs('order-details.csv', 'SalesOrder', columns, { ...COMPANY, 'lines.unit': 'PCS' })
    expect(mapped.filter((row) => 'ok' in row && row.ok)).toHaveLength(2_155)
    expect(mapped[0]).toMatchObject({
      input: { number: '10248', lines: [{ product: { number: '11' }, unit: { symbol: 'PCS' } }] },
    })
  })
})
