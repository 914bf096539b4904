/** What a buyer takes at a time: the lines of the sample orders and quotations. */

import type { Buyer } from './buyers.ts'
import { CATALOGUE, type CatalogueItem } from './catalogue.ts'
import { COMPANIES, type Company } from './company.ts'
import { amountOf, type CurrencyCode, convert } from './money.ts'
import { nameOf } from './products.ts'
import type { SampleInput } from './sample-write.ts'

export interface Purchase {
  readonly company: Company
  readonly buyer: Buyer
  readonly day: string
  /** Its place among the purchases of the company. */
  readonly index: number
}

const LINES_MAX = 6
/** A line takes up so little of the buyer's credit limit that a few open orders of any size fit into it, tax included. */
const LINES_WITHIN_LIMIT = 24
/** What somebody without a limit spends on a line, in dollars. */
const MODEST_LINE = 400
const DEAR = 100

/** One to six lines of different products, none of them discontinued by that day. */
export function linesOf(purchase: Purchase): readonly SampleInput[] {
  const { company, buyer, index } = purchase
  const assortment = assortmentFor(purchase)
  // Spread over the assortment, so that no product comes twice.
  const step = Math.floor(assortment.length / LINES_MAX)
  return Array.from({ length: 1 + ((index * 5 + Math.floor(index / 7)) % LINES_MAX) }, (_, line) => {
    const item = assortment[(index * 7 + line * step) % assortment.length]
    if (item === undefined) throw new TypeError(`nothing is cheap enough for ${buyer.name}`)
    const price = priceFor(company, buyer.currency, item)
    return {
      lineNumber: line + 1,
      product: { number: item.number },
      productName: nameOf(company, item),
      quantity: String(quantityOf(item, Math.floor(budgetOf(buyer) / price), index * 7 + line * 5)),
      unit: { symbol: item.unit },
      price: amountOf(price),
      ...(buyer.discount === null ? {} : { discountPercentage: buyer.discount }),
    }
  })
}

function assortmentFor({ company, buyer, day }: Purchase): readonly CatalogueItem[] {
  const budget = budgetOf(buyer)
  return CATALOGUE.filter(
    (item) =>
      priceFor(company, buyer.currency, item) <= budget && (item.discontinuedOn === null || day < item.discontinuedOn),
  )
}

function budgetOf({ creditLimit, currency }: Buyer): number {
  return creditLimit === 0 ? convert(MODEST_LINE, 'USD', currency) : creditLimit / LINES_WITHIN_LIMIT
}

function priceFor(company: Company, currency: CurrencyCode, { price }: CatalogueItem): number {
  return convert(price, COMPANIES[company].currency, currency)
}

function quantityOf({ price }: CatalogueItem, most: number, variation: number): number {
  return Math.min(price > DEAR ? 1 + (variation % 3) : 2 + (variation % 23), most)
}
