import { describe, expect, it } from 'vitest'
import type { Company } from './company.ts'
import { customersOf } from './customers.ts'
import { ordersOf } from './orders.ts'
import { personsOf } from './persons.ts'
import { productsOf } from './products.ts'
import { quotationsOf } from './quotations.ts'
import { sampleWrites } from './sample.ts'
import type { SampleInput } from './sample-write.ts'

function objectsIn(value: unknown): readonly SampleInput[] {
  return Array.isArray(value) ? value : []
}

function numberIn(reference: unknown): unknown {
  return typeof reference === 'object' && reference !== null && 'number' in reference ? reference.number : null
}

const linesOf = (document: SampleInput) => objectsIn(document['lines'])
const buyerOf = (document: SampleInput) => numberIn(document['customer'])
const payerOf = (document: SampleInput) => numberIn(document['invoiceCustomer']) ?? buyerOf(document)

const COMPANIES: readonly Company[] = ['usmf', 'demf']

describe.each(COMPANIES)('the orders of %s', (company) => {
  const orders = ordersOf(company)
  const documents = [...orders, ...quotationsOf(company)]
  const buyers = new Map([...customersOf(company), ...personsOf(company)].map((buyer) => [buyer['number'], buyer]))

  it('come day by day over a year and a half, the last in October 2026', () => {
    const days = orders.map((order) => String(order['orderDate']))
    expect(days).toEqual(days.toSorted())
    expect([days[0], days.at(-1)]).toEqual(['2025-05-02', '2026-10-30'])
  })

  it('are of organisations and persons, each of whom orders more than once', () => {
    const counts = Map.groupBy(orders, buyerOf)
    expect(counts.size).toBeGreaterThan(20)
    for (const person of personsOf(company)) expect(counts.get(person['number'])?.length).toBeGreaterThan(1)
  })

  it('have one to six lines of different products', () => {
    const sizes = documents.map((document) => linesOf(document).length)
    expect(new Set(sizes)).toEqual(new Set([1, 2, 3, 4, 5, 6]))
    for (const document of documents) {
      const products = linesOf(document).map((line) => numberIn(line['product']))
      expect(new Set(products).size).toBe(products.length)
    }
  })

  it('sell every product at least once, for a quantity and a price above zero', () => {
    const lines = orders.flatMap(linesOf)
    const sold = new Set(lines.map((line) => numberIn(line['product'])))
    expect(productsOf(company).filter((product) => !sold.has(product['number']))).toEqual([])
    for (const { quantity, price } of lines) {
      expect(Number(quantity)).toBeGreaterThan(0)
      expect(Number(price)).toBeGreaterThan(0)
    }
  })

  it('contain discontinued products only where they were placed before', () => {
    const ends = new Map(productsOf(company).map((product) => [product['number'], product['discontinuedOn'] ?? '9999']))
    for (const document of documents) {
      const day = String(document['orderDate'] ?? document['quotationDate'])
      for (const line of linesOf(document)) expect(day < String(ends.get(numberIn(line['product'])))).toBe(true)
    }
  })

  it('are mostly invoiced, and open only where they are new', () => {
    const statuses = Map.groupBy(orders, (order) => order['status'])
    expect(statuses.get('INVOICED')?.length).toBeGreaterThan(120)
    expect([...statuses.keys()]).toEqual(
      expect.arrayContaining(['ACTIVE', 'CONFIRMED', 'PICKED', 'PARTIALLY_DELIVERED', 'DELIVERED']),
    )
    for (const order of orders) {
      if (order['status'] !== 'INVOICED') expect(String(order['orderDate']) > '2026-07').toBe(true)
    }
  })

  it('are in the currency of whoever pays', () => {
    for (const document of documents) {
      expect(document['currency']).toEqual(buyers.get(payerOf(document))?.['currency'])
    }
  })

  it('leave alone whoever is on hold for everything, and are not invoiced to whoever is on hold for invoices', () => {
    for (const order of orders) {
      for (const number of [buyerOf(order), payerOf(order)]) {
        const hold = buyers.get(number)?.['onHold'] ?? 'NO'
        expect(hold).not.toBe('ALL')
        if (hold === 'INVOICE') expect(order['status']).not.toBe('INVOICED')
      }
    }
  })
})

describe('the orders of both companies', () => {
  it('are written so that those which one customer pays for are apart', () => {
    const orders = sampleWrites().flatMap(({ entity, input }) => (entity === 'SalesOrder' ? [input] : []))
    const lastPlace = new Map<string, number>()
    const distances = orders.map((order, place) => {
      const payer = `${order['company']}/${payerOf(order)}`
      const distance = place - (lastPlace.get(payer) ?? Number.NEGATIVE_INFINITY)
      lastPlace.set(payer, place)
      return distance
    })
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(16)
  })
})
