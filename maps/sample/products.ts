/** The catalogue as the products of each sample company, named in its language and priced in its currency. */

import { CATALOGUE, type CatalogueItem } from './catalogue.ts'
import { COMPANIES, type Company } from './company.ts'
import { amountOf } from './money.ts'
import type { SampleInput } from './sample-write.ts'
import { UNITS } from './units.ts'

export function productsOf(company: Company): readonly SampleInput[] {
  return CATALOGUE.map((item, index) => ({
    company,
    number: item.number,
    name: nameOf(company, item),
    itemNumber: item.number,
    currency: { code: COMPANIES[company].currency },
    salesUnit: { symbol: item.unit },
    salesUnitPrecision: UNITS.find(({ symbol }) => symbol === item.unit)?.decimalPrecision ?? 0,
    price: amountOf(item.price),
    cost: amountOf(item.price * 0.6),
    category: company === 'usmf' ? item.category.english : item.category.german,
    ...(item.unit === 'H' ? SERVICE : stockOf(item, index)),
    ...(item.discontinuedOn === null ? {} : { state: 'DISCONTINUED', discontinuedOn: item.discontinuedOn }),
  }))
}

export function nameOf(company: Company, item: CatalogueItem): string {
  return company === 'usmf' ? item.english : item.german
}

const SERVICE: SampleInput = { type: 'SERVICE', fieldServiceType: 'SERVICE' }

function stockOf({ price, discontinuedOn }: CatalogueItem, index: number): SampleInput {
  const reorderLevel = price > 100 ? 5 : 100
  return {
    fieldServiceType: 'INVENTORY',
    stocked: true,
    purchasePrice: amountOf(price * 0.55),
    vendorNumber: `V-${String(100 + (index % 9))}`,
    unitsInStock: String(discontinuedOn === null ? reorderLevel + ((index * 37) % (reorderLevel * 4)) : 0),
    reorderLevel: String(discontinuedOn === null ? reorderLevel : 0),
  }
}
