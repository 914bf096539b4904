import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadTables } from '../../maps/load.ts'
import { sampleCompanies, sampleRows, sampleTaxGroups } from '../../maps/sample/erp-rows.ts'
import { sampleWrites } from '../../maps/sample/sample.ts'
import type { SampleInput } from '../../maps/sample/sample-write.ts'
import { recordKeyOf } from '../../schema/record-key.ts'
import { type DocumentLine, documentAmounts } from './computations/document-amounts.ts'
import { fractionOf, whole } from './computations/exact-decimal.ts'
import { hundredths } from './money.ts'

const TABLES = new Map(
  loadTables('ERP', fileURLToPath(new URL('tables', import.meta.url))).map(({ definition }) => [
    definition.table,
    definition,
  ]),
)

describe('the sample rows of the ERP', () => {
  const rows = [...sampleCompanies(), ...sampleTaxGroups(), ...sampleRows()]

  it('have a key and hold columns of their tables', () => {
    for (const { table, row } of rows) {
      const definition = TABLES.get(table)
      expect(Object.keys(definition?.columns ?? {})).toEqual(expect.arrayContaining(Object.keys(row)))
      expect(definition === undefined ? null : recordKeyOf(definition, row)).not.toBeNull()
    }
  })

  it('name the companies of every synchronised record', () => {
    const codes = sampleCompanies().map(({ row }) => row['LegalEntityId'])
    const used = sampleWrites().flatMap(({ input }) => input['company'] ?? [])
    expect(new Set(used)).toEqual(new Set(codes))
  })

  it('allow the terms of payment that the customers and persons of the group have', () => {
    const [first] = sampleRows()
    const allowed = sampleRows().map(({ row }) => ({ name: row['PaymentTermsName'] }))
    const customers = sampleWrites().filter(
      ({ input }) =>
        input['company'] === first?.row['dataAreaId'] &&
        JSON.stringify(input['group']) === JSON.stringify({ code: first?.row['CustomerGroupId'] }),
    )
    expect(customers.length).toBeGreaterThan(0)
    for (const { input } of customers) expect(allowed).toContainEqual(input['paymentTerms'])
  })

  it('hold the sales taxes of every customer, order and quotation', () => {
    const groups = sampleTaxGroups().map(({ row }) => nameOf(row['dataAreaId'], row['TaxGroupCode']))
    const taxed = sampleWrites().filter(({ input }) => input['salesTaxGroup'] !== undefined)
    expect(new Set(taxed.map(({ entity }) => entity))).toContain('SalesOrder')
    for (const { input } of taxed) expect(groups).toContain(nameOf(input['company'], input['salesTaxGroup']))
  })
  it('tax the open orders so that they are within the credit limits of those who pay', () => {
    const limits = new Map(
      sampleWrites().map(({ input }) => [nameOf(input['company'], input['number']), input['creditLimit']]),
    )
    const open = sampleWrites().filter(({ entity, input }) => entity === 'SalesOrder' && input['status'] !== 'INVOICED')
    const totals = new Map<string, number>()
    for (const { input } of open) {
      const payer = nameOf(input['company'], numberIn(input['invoiceCustomer']) ?? numberIn(input['customer']))
      totals.set(payer, (totals.get(payer) ?? 0) + totalOf(input))
    }
    expect(totals.size).toBeGreaterThan(30)
    for (const [payer, total] of totals) {
      const limit = Number(limits.get(payer))
      if (limit > 0) expect(total).toBeLessThanOrEqual(limit)
    }
  })
})

function nameOf(company: unknown, code: unknown): string {
  return `${company}/${code}`
}

function numberIn(reference: unknown): unknown {
  return typeof reference === 'object' && reference !== null && 'number' in reference ? reference.number : null
}

/** What the order comes to, in whole units of its currency. */
function totalOf(order: SampleInput): number {
  const group = sampleTaxGroups().find(
    ({ row }) => row['dataAreaId'] === order['company'] && row['TaxGroupCode'] === order['salesTaxGroup'],
  )
  const terms = {
    step: 1n,
    taxRate: fractionOf(group?.row['TaxRate']) ?? whole(0n),
    pricesIncludeTax: order['pricesIncludeTax'] === true,
    discountPercentage: whole(0n),
    charges: hundredths(String(order['headerCharges'])) ?? 0n,
  }
  const lines: readonly SampleInput[] = Array.isArray(order['lines']) ? order['lines'] : []
  return Number(documentAmounts(terms, lines.map(documentLine)).total) / 100
}

function documentLine({ quantity, price, discountPercentage = '0' }: SampleInput): DocumentLine {
  const decimal = (value: unknown) => fractionOf(String(value)) ?? whole(0n)
  return {
    quantity: decimal(quantity),
    price: decimal(price),
    priceQuantity: whole(1n),
    unitDiscounts: [],
    discountPercentages: [decimal(discountPercentage)],
    discount: 0n,
    charges: 0n,
  }
}
