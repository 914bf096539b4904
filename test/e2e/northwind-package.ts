/** The files of the Northwind data set as a package of imports: which column of each goes to which field. */

import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { COMPANY, COUNTRIES, PLACE } from './northwind.ts'

interface Column {
  readonly from: string
  readonly to: string
  readonly values?: readonly { readonly from: string; readonly to: string }[]
}

export interface NorthwindFile {
  readonly name: string
  readonly input: object
}

const FILES = ['customers', 'products', 'orders', 'order-details']

export const IS_PUBLISHED = FILES.every((name) => existsSync(`${PLACE}/as-published/${name}.csv`))

/** As bytes, from the folder of the files as they were published, or of those that were mended. */
export function fileOf(name: string, isPublished: boolean): Buffer {
  return readFileSync(`${PLACE}/${isPublished ? 'as-published/' : ''}${name}.csv`)
}

const values = (table: Readonly<Record<string, string>>) => Object.entries(table).map(([from, to]) => ({ from, to }))
const columns = (names: Readonly<Record<string, string>>, ...more: readonly Column[]): readonly Column[] => [
  ...Object.entries(names).map(([from, to]) => ({ from, to })),
  ...more,
]
const constants = (given: Readonly<Record<string, string>>) =>
  Object.entries(given).map(([to, value]) => ({ to, value }))

const OPTIONS = { unknownColumns: 'IGNORE', clearMarker: 'NULL' }

/** A discount of 0.15 is 15 percent. */
const PERCENTAGES = Object.fromEntries(Array.from({ length: 26 }, (_, percent) => [shortest(percent), String(percent)]))

function shortest(percent: number): string {
  return String(percent / 100)
}

function categories(): Readonly<Record<string, string>> {
  const rows: readonly Record<string, string>[] = parse(fileOf('categories', false), { columns: true })
  return Object.fromEntries(rows.map((row) => [row['categoryID'] ?? '', row['categoryName'] ?? '']))
}

/** In an order that has to be put right. */
export function northwindPackage(): readonly NorthwindFile[] {
  const country = (to: string): Column => ({
    from: to === 'deliveryCountry' ? 'country' : 'shipCountry',
    to: 'deliveryCountry',
    values: values(COUNTRIES),
  })
  return [
    {
      name: 'orders',
      input: {
        ...{ entity: 'SalesOrder', ...OPTIONS, constants: constants({ company: COMPANY, currency: 'USD' }) },
        columns: columns(
          {
            ...{ orderID: 'number', customerID: 'customer.number', orderDate: 'orderDate', freight: 'headerCharges' },
            ...{ requiredDate: 'requestedReceiptDate', shippedDate: 'confirmedShippingDate' },
            ...{ shipName: 'deliveryName', shipAddress: 'deliveryStreet', shipCity: 'deliveryCity' },
            ...{ shipRegion: 'deliveryState', shipPostalCode: 'deliveryPostalCode' },
          },
          country('shipped'),
        ),
      },
    },
    {
      name: 'customers',
      input: {
        ...{ entity: 'Customer', ...OPTIONS },
        constants: constants({ company: COMPANY, group: 'TRADE', currency: 'USD' }),
        columns: columns(
          {
            ...{ customerID: 'number', companyName: 'name', address: 'deliveryStreet', city: 'deliveryCity' },
            ...{ region: 'deliveryState', postalCode: 'deliveryPostalCode', phone: 'phone', fax: 'fax' },
          },
          country('deliveryCountry'),
        ),
      },
    },
    {
      name: 'products',
      input: {
        ...{ entity: 'Product', ...OPTIONS },
        constants: constants({ company: COMPANY, salesUnit: 'PCS', currency: 'USD' }),
        columns: columns(
          {
            ...{ productID: 'number', productName: 'name', unitPrice: 'price', quantityPerUnit: 'quantityPerUnit' },
          },
          { from: 'categoryID', to: 'category', values: values(categories()) },
        ),
      },
    },
    {
      name: 'customers',
      input: {
        ...{ entity: 'Contact', ...OPTIONS, constants: constants({ company: COMPANY }) },
        columns: columns(
          {
            ...{ contactName: 'lastName', contactTitle: 'jobTitle' },
          },
          { from: 'customerID', to: 'number' },
          { from: 'customerID', to: 'customer.number' },
        ),
      },
    },
    {
      name: 'order-details',
      input: {
        ...{ entity: 'SalesOrder', operation: 'UPDATE', ...OPTIONS },
        constants: constants({ company: COMPANY, 'lines.unit': 'PCS' }),
        columns: columns(
          {
            ...{ orderID: 'number', productID: 'lines.product', quantity: 'lines.quantity', unitPrice: 'lines.price' },
          },
          { from: 'discount', to: 'lines.discountPercentage', values: values(PERCENTAGES) },
        ),
      },
    },
  ]
}
