/** The Northwind data set, where it is at hand, as inputs of the graph. */

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'

const DIRECTORY = fileURLToPath(new URL('../../../shared/data/northwind', import.meta.url))
const FILES = ['customers', 'products', 'orders', 'order-details', 'categories']

export const IS_PRESENT = FILES.every((name) => existsSync(`${DIRECTORY}/${name}.csv`))
export const PLACE = DIRECTORY

/** The set knows no legal entity: it is loaded under this one. */
export const COMPANY = 'nwnd'
const UNIT = 'PCS'
/** The day after the last order: the products that are no longer sold were sold until then. */
const DISCONTINUED_ON = '1998-05-07'

type Cells = Readonly<Record<string, string>>
export type Input = Readonly<Record<string, unknown>>

export interface Northwind {
  readonly customers: readonly Input[]
  readonly contacts: readonly Input[]
  readonly products: readonly Input[]
  readonly orders: readonly (Input & { readonly number: string; readonly lines: readonly Input[] })[]
  /** What each order comes to in cents, by its number: line sums rounded half up, and freight. */
  readonly totals: ReadonlyMap<string, bigint>
}

export function readNorthwind(): Northwind {
  const [customers, products, orders, details, categories] = FILES.map(readRows)
  const categoryOf = new Map(categories?.map((row) => [row['categoryID'], row['categoryName']]))
  const linesOf = Map.groupBy(details ?? [], (row) => row['orderID'] ?? '')
  return {
    customers: (customers ?? []).map(customer),
    contacts: (customers ?? []).map(contact),
    products: (products ?? []).map((row) => product(row, categoryOf.get(row['categoryID']) ?? null)),
    orders: (orders ?? []).map((row) => order(row, linesOf.get(row['orderID'] ?? '') ?? [])),
    totals: new Map(
      (orders ?? []).map((row) => [row['orderID'] ?? '', total(row, linesOf.get(row['orderID'] ?? '') ?? [])]),
    ),
  }
}

function readRows(name: string): readonly Cells[] {
  return parse(readFileSync(`${DIRECTORY}/${name}.csv`), { columns: true })
}

function cell(row: Cells, name: string): string | null {
  const value = row[name]
  return value === undefined || value === 'NULL' || value === '' ? null : value
}

function customer(row: Cells): Input {
  return {
    company: COMPANY,
    number: row['customerID'],
    name: row['companyName'],
    ...address(row, ['address', 'city', 'region', 'postalCode', 'country']),
    phone: cell(row, 'phone'),
    fax: cell(row, 'fax'),
  }
}

function contact(row: Cells): Input {
  const [first = '', ...rest] = (row['contactName'] ?? '').split(' ')
  return {
    company: COMPANY,
    number: row['customerID'],
    customer: { number: row['customerID'] },
    firstName: first,
    lastName: rest.join(' '),
    jobTitle: cell(row, 'contactTitle'),
  }
}

function product(row: Cells, category: string | null): Input {
  const isDiscontinued = row['discontinued'] === '1'
  return {
    company: COMPANY,
    number: row['productID'],
    name: row['productName'],
    price: row['unitPrice'],
    salesUnit: { symbol: UNIT },
    currency: { code: 'USD' },
    quantityPerUnit: cell(row, 'quantityPerUnit'),
    category,
    state: isDiscontinued ? 'DISCONTINUED' : 'ACTIVE',
    discontinuedOn: isDiscontinued ? DISCONTINUED_ON : null,
  }
}

function order(row: Cells, lines: readonly Cells[]): Northwind['orders'][number] {
  const isShipped = cell(row, 'shippedDate') !== null
  return {
    company: COMPANY,
    number: row['orderID'] ?? '',
    customer: { number: row['customerID'] },
    contactPerson: { number: row['customerID'] },
    currency: { code: 'USD' },
    orderDate: day(row, 'orderDate'),
    requestedReceiptDate: day(row, 'requiredDate'),
    confirmedShippingDate: day(row, 'shippedDate'),
    status: isShipped ? 'INVOICED' : 'ACTIVE',
    headerCharges: row['freight'],
    deliveryName: cell(row, 'shipName'),
    ...address(row, ['shipAddress', 'shipCity', 'shipRegion', 'shipPostalCode', 'shipCountry']),
    lines: lines.map((line, index) => ({
      lineNumber: index + 1,
      product: { number: line['productID'] },
      unit: { symbol: UNIT },
      quantity: line['quantity'],
      price: line['unitPrice'],
      discountPercentage: percentage(line['discount'] ?? '0'),
    })),
  }
}

function address(row: Cells, names: readonly [string, string, string, string, string]): Input {
  const [street, city, state, postalCode, country] = names
  return {
    deliveryStreet: cell(row, street),
    deliveryCity: cell(row, city),
    deliveryState: cell(row, state),
    deliveryPostalCode: cell(row, postalCode),
    deliveryCountry: COUNTRIES[row[country] ?? ''] ?? null,
  }
}

function day(row: Cells, name: string): string | null {
  return cell(row, name)?.slice(0, 10) ?? null
}

/** `0.15` is fifteen in a hundred. */
function percentage(fraction: string): string {
  return String(hundredths(fraction))
}

/** Half up, which for these is half away from zero. */
function total(row: Cells, lines: readonly Cells[]): bigint {
  const freight = hundredths(row['freight'] ?? '0')
  return lines.reduce((sum, line) => sum + lineCents(line), freight)
}

function lineCents(line: Cells): bigint {
  const price = hundredths(line['unitPrice'] ?? '0')
  const rest = 100n - hundredths(line['discount'] ?? '0')
  return (price * BigInt(line['quantity'] ?? '0') * rest + 50n) / 100n
}

function hundredths(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(2, '0'))
}

export const COUNTRIES: Readonly<Record<string, string>> = {
  Argentina: 'AR',
  Austria: 'AT',
  Belgium: 'BE',
  Brazil: 'BR',
  Canada: 'CA',
  Denmark: 'DK',
  Finland: 'FI',
  France: 'FR',
  Germany: 'DE',
  Ireland: 'IE',
  Italy: 'IT',
  Mexico: 'MX',
  Norway: 'NO',
  Poland: 'PL',
  Portugal: 'PT',
  Spain: 'ES',
  Sweden: 'SE',
  Switzerland: 'CH',
  UK: 'GB',
  USA: 'US',
  Venezuela: 'VE',
}
