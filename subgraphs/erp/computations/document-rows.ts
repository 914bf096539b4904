/** From the rows of an order or a quotation, most of whose columns are named alike, to what it comes to and back. */

import type { RecordRef, Row, Value } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Aggregate } from '../../kit/participant/computation.ts'
import { amountOf, hundredths } from '../money.ts'
import { recordNamedBy } from '../named-record.ts'
import {
  type DocumentAmounts,
  type DocumentLine,
  type DocumentTerms,
  documentAmounts,
  type LineAmounts,
} from './document-amounts.ts'
import { type Fraction, fractionOf, whole } from './exact-decimal.ts'
import { roundingStepOf } from './rounding-step.ts'

const ZERO = whole(0n)
const ONE = whole(1n)

type Lookup<Result> = Generator<readonly RecordRef[], Result, readonly (Row | null)[]>

/** Looks at the currency and the sales tax group of the document and works its amounts out. */
export function* amountsOfDocument({ row, parts }: Aggregate, quantityColumn: string): Lookup<DocumentAmounts> {
  const code = row['CurrencyCode'] ?? null
  const currency = yield* lookUp(code === null ? null : { table: 'Currencies', key: recordKey([code]) })
  const taxGroup = yield* lookUp(recordNamedBy(row, 'SalesTaxGroupCode', 'TaxGroups'))
  const lines = parts.map((part) => lineOf(part.row, quantityColumn))
  return documentAmounts(termsOf(row, currency, taxGroup), lines)
}

/** The computed columns of a line; its currency is that of the document. */
export function lineColumns(document: Row, { amount, charges, tax }: LineAmounts): Row {
  return {
    CurrencyCode: document['CurrencyCode'] ?? null,
    LineAmount: amountOf(amount),
    TotalChargesAmount: amountOf(charges),
    TotalTaxAmount: amountOf(tax),
  }
}

function* lookUp(record: RecordRef | null): Lookup<Row | null> {
  if (record === null) return null
  const [row] = yield [record]
  return row ?? null
}

function termsOf(document: Row, currency: Row | null, taxGroup: Row | null): DocumentTerms {
  return {
    step: roundingStepOf(currency),
    taxRate: fractionOf(taxGroup?.['TaxRate']) ?? ZERO,
    pricesIncludeTax: document['ArePricesIncludingSalesTax'] === 'Yes',
    discountPercentage: fractionOf(document['TotalDiscountPercentage']) ?? ZERO,
    charges: hundredths(document['HeaderChargesAmount']) ?? 0n,
  }
}

function lineOf(line: Row, quantityColumn: string): DocumentLine {
  const decimal = (column: string) => fractionOf(line[column]) ?? ZERO
  return {
    quantity: decimal(quantityColumn),
    price: decimal('SalesPrice'),
    priceQuantity: priceQuantityOf(line['SalesPriceQuantity']),
    unitDiscounts: [decimal('LineDiscountAmount'), decimal('MultilineDiscountAmount')],
    discountPercentages: [decimal('LineDiscountPercentage'), decimal('MultilineDiscountPercentage')],
    discount: hundredths(line['TotalDiscountAmount']) ?? 0n,
    charges: hundredths(line['FixedPriceCharges']) ?? 0n,
  }
}

/** Empty and zero stand for one. */
function priceQuantityOf(value: Value | undefined): Fraction {
  const quantity = fractionOf(value)
  return quantity === null || quantity.numerator === 0n ? ONE : quantity
}
