/** Whoever orders from the sample companies, firms and persons alike, with what an order takes over from them. */

import { COMPANIES, type Company, numberOf } from './company.ts'
import { contactNumberOf } from './contacts.ts'
import {
  creditLimitOf,
  type Hold,
  holdOf,
  isBranch,
  ordersAddressOf,
  payerOf,
  paymentTermsOf,
  salesTaxGroupOf,
} from './customers.ts'
import { COUNTRIES, FIRMS, type Firm, type GroupCode } from './firms.ts'
import type { CurrencyCode } from './money.ts'
import { emailOf, fullNameOf, PERSONS, type SamplePerson } from './persons.ts'
import type { SampleInput } from './sample-write.ts'
import { GROUPS } from './terms.ts'

export interface Buyer {
  readonly name: string
  readonly onHold: Hold
  /** In the currency of its orders; zero sets no limit. */
  readonly creditLimit: number
  readonly currency: CurrencyCode
  /** Percentage off every line; null for none. */
  readonly discount: string | null
  /** The fields of an order or a quotation that say who buys, on which terms, and where goods go. */
  readonly fields: SampleInput
}

const DISCOUNTS: Readonly<Partial<Record<GroupCode, string>>> = { WHOLESALE: '5', PARTNER: '10' }

/** All but those on hold for everything. A branch never stands next to the firm that pays for it. */
export function buyersOf(company: Company): readonly Buyer[] {
  const all = [
    ...FIRMS[company].map((firm, index) => firmBuyer(company, firm, index)),
    ...PERSONS[company].map((person, index) => personBuyer(company, person, index)),
  ]
  const [even, odd] = [0, 1].map((rest) => all.filter((_, index) => index % 2 === rest))
  return [...(even ?? []), ...(odd ?? [])].filter(({ onHold }) => onHold !== 'ALL')
}

/** Who pays decides on the terms, and its credit is taken up. */
function firmBuyer(company: Company, firm: Firm, index: number): Buyer {
  const payerIndex = payerOf(index)
  const { group, country } = FIRMS[company][payerIndex] ?? firm
  const { currency } = COUNTRIES[country]
  const contact = contactNumberOf(company, index)
  const type = 'CUSTOMER'
  return {
    name: firm.name,
    onHold: holdOf(index),
    creditLimit: Number(creditLimitOf(group, payerIndex)),
    currency,
    discount: DISCOUNTS[group] ?? null,
    fields: {
      customer: { type, number: numberOf(company, index) },
      invoiceCustomer: isBranch(index) ? { type, number: numberOf(company, payerIndex) } : null,
      contactPerson: contact === null ? null : { number: contact },
      email: ordersAddressOf(firm),
      language: COUNTRIES[firm.country].language,
      currency: { code: currency },
      paymentTerms: { name: paymentTermsOf(group, payerIndex) },
      pricesIncludeTax: GROUPS[group].salesTaxIncluded,
      salesTaxGroup: salesTaxGroupOf(group),
      ...deliveryTo(firm.name, firm),
    },
  }
}

function personBuyer(company: Company, person: SamplePerson, index: number): Buyer {
  const { currency } = COMPANIES[company]
  return {
    name: fullNameOf(person),
    onHold: 'NO',
    creditLimit: Number(person.creditLimit),
    currency,
    discount: null,
    fields: {
      customer: { type: 'PERSON', number: numberOf(company, index, 'P') },
      email: emailOf(person),
      language: COUNTRIES[person.country].language,
      currency: { code: currency },
      paymentTerms: { name: person.terms },
      pricesIncludeTax: true,
      salesTaxGroup: 'FULL',
      ...deliveryTo(fullNameOf(person), person),
    },
  }
}

function deliveryTo(
  name: string,
  { street, city, state, postalCode, country }: Pick<Firm, 'street' | 'city' | 'state' | 'postalCode' | 'country'>,
): SampleInput {
  return {
    deliveryName: name,
    deliveryStreet: street,
    deliveryCity: city,
    deliveryState: state,
    deliveryPostalCode: postalCode,
    deliveryCountry: country,
  }
}
