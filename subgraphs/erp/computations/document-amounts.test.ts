import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DocumentLine, type DocumentTerms, documentAmounts } from './document-amounts.ts'
import { fractionOf, minus, whole } from './exact-decimal.ts'

const decimal = (text: string) => fractionOf(text) ?? whole(0n)

const TERMS: DocumentTerms = {
  step: 1n,
  taxRate: whole(0n),
  pricesIncludeTax: false,
  discountPercentage: whole(0n),
  charges: 0n,
}

function line(quantity: string, price: string, values: Partial<DocumentLine> = {}): DocumentLine {
  return {
    quantity: decimal(quantity),
    price: decimal(price),
    priceQuantity: whole(1n),
    unitDiscounts: [],
    discountPercentages: [],
    discount: 0n,
    charges: 0n,
    ...values,
  }
}

function amountOfLine(one: DocumentLine, step = 1n): bigint | undefined {
  return documentAmounts({ ...TERMS, step }, [one]).lines[0]?.amount
}

describe('the amount of a line', () => {
  it('is quantity times price', () => {
    expect(amountOfLine(line('12', '14.0000'))).toBe(16800n)
  })

  it('takes the price for as many units as it is given for', () => {
    expect(amountOfLine(line('10', '25.0000', { priceQuantity: decimal('100') }))).toBe(250n)
  })

  it('takes both amounts off the unit price and then both percentages off the line', () => {
    const discounted = line('10', '20.0000', {
      unitDiscounts: [decimal('1.5000'), decimal('0.5000')],
      discountPercentages: [decimal('10.000000'), decimal('5.000000')],
    })
    expect(amountOfLine(discounted)).toBe(15390n)
  })

  it('is rounded once, a half away from zero', () => {
    expect(amountOfLine(line('3', '0.3350'))).toBe(101n)
    expect(amountOfLine(line('1', '0.0050'))).toBe(1n)
    expect(amountOfLine(line('-1', '0.0050'))).toBe(-1n)
    expect(amountOfLine(line('15', '7.7000', { discountPercentages: [decimal('5.000000')] }))).toBe(10973n)
  })

  it('keeps to the step of its currency', () => {
    expect(amountOfLine(line('1', '1.0300'), 5n)).toBe(105n)
    expect(amountOfLine(line('1', '149.5000'), 100n)).toBe(15000n)
  })
})

describe('the tax of a line', () => {
  const taxed = { ...TERMS, taxRate: decimal('19.000000') }

  it('comes on top of what is left after discounts', () => {
    const { lines, total } = documentAmounts(taxed, [line('1', '110.0000', { discount: 1000n })])
    expect(lines).toEqual([{ amount: 11000n, discount: 1000n, charges: 0n, tax: 1900n }])
    expect(total).toBe(11900n)
  })

  it('is part of the price where prices include it', () => {
    const { lines, total } = documentAmounts({ ...taxed, pricesIncludeTax: true }, [line('1', '119.0000')])
    expect(lines[0]?.tax).toBe(1900n)
    expect(total).toBe(11900n)
  })

  it('is nothing at a rate below zero', () => {
    const odd = { ...TERMS, taxRate: decimal('-100.000000'), pricesIncludeTax: true }
    expect(documentAmounts(odd, [line('1', '10.0000')]).tax).toBe(0n)
  })
})

describe('the totals of a document', () => {
  it('add charges of document and lines, and take discounts off', () => {
    const lines = [line('2', '50.0000', { discount: 500n, charges: 250n }), line('1', '30.0000', { charges: 50n })]
    const { discount, charges, tax, total } = documentAmounts({ ...TERMS, charges: 3238n }, lines)
    expect({ discount, charges, tax, total }).toEqual({ discount: 500n, charges: 3538n, tax: 0n, total: 16038n })
  })

  it('count a percentage of the document among the discounts, on what each line has left', () => {
    const terms = { ...TERMS, discountPercentage: decimal('10.000000'), taxRate: decimal('20.000000') }
    const { lines, discount, tax, total } = documentAmounts(terms, [line('1', '110.0000', { discount: 1000n })])
    expect(lines[0]).toEqual({ amount: 11000n, discount: 2000n, charges: 0n, tax: 1800n })
    expect({ discount, tax, total }).toEqual({ discount: 2000n, tax: 1800n, total: 10800n })
  })

  it('are the charges alone where there is no line', () => {
    expect(documentAmounts({ ...TERMS, charges: 3238n }, []).total).toBe(3238n)
  })
})

describe('whatever is ordered', () => {
  const percent = fc.integer({ min: 0, max: 100_000_000 }).map((units) => ({
    numerator: BigInt(units),
    denominator: 1_000_000n,
  }))
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n })
  const scaled = amount.map((numerator) => ({ numerator, denominator: 10_000n }))
  const anyLine: fc.Arbitrary<DocumentLine> = fc.record({
    quantity: scaled,
    price: scaled,
    priceQuantity: fc.constantFrom(whole(1n), whole(7n), decimal('0.2500')),
    unitDiscounts: fc.array(scaled, { maxLength: 2 }),
    discountPercentages: fc.array(percent, { maxLength: 2 }),
    discount: amount,
    charges: amount,
  })
  const anyTerms: fc.Arbitrary<DocumentTerms> = fc.record({
    step: fc.constantFrom(1n, 5n, 100n),
    taxRate: percent,
    pricesIncludeTax: fc.boolean(),
    discountPercentage: percent,
    charges: amount,
  })

  it('the total is what the lines come to, their tax and the charges', () => {
    fc.assert(
      fc.property(anyTerms, fc.array(anyLine, { maxLength: 8 }), (terms, lines) => {
        const { lines: each, total } = documentAmounts(terms, lines)
        const parts = each.map(
          ({ amount, discount, charges, tax }) => amount - discount + charges + (terms.pricesIncludeTax ? 0n : tax),
        )
        expect(parts.reduce((sum, part) => sum + part, terms.charges)).toBe(total)
      }),
    )
  })

  it('what is worked out keeps to the step', () => {
    fc.assert(
      fc.property(anyTerms, anyLine, (terms, one) => {
        const [amounts] = documentAmounts(terms, [one]).lines
        for (const worked of [amounts?.amount ?? 0n, amounts?.tax ?? 0n]) expect(worked % terms.step).toBe(0n)
      }),
    )
  })

  it('a return gives back exactly what the sale cost', () => {
    fc.assert(
      fc.property(anyTerms, anyLine, (terms, one) => {
        const sold = { ...one, discount: 0n, charges: 0n }
        const returned = { ...sold, quantity: minus(whole(0n), sold.quantity) }
        expect(documentAmounts({ ...terms, charges: 0n }, [sold, returned]).total).toBe(0n)
      }),
    )
  })
})
