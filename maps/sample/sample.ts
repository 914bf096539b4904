/**
 * Sample data in unified terms, written through the graph like anything else, so that both systems hold it.
 * No number of a sample customer can come from the number sequence of the map.
 */

import { COUNTRIES, FIRMS, type Firm, type GroupCode } from './firms.ts'
import { CURRENCIES, GROUPS, PAYMENT_TERMS } from './terms.ts'

/** A record to create: `input` as the create mutation of the entity takes it. */
export interface SampleWrite {
  readonly entity: string
  readonly input: Readonly<Record<string, unknown>>
}

type Company = keyof typeof FIRMS
const COMPANIES = { usmf: 'US', demf: 'DE' } as const satisfies Record<Company, string>

/** Every sample record, each after those that it refers to; the same at every call. */
export function sampleWrites(): readonly SampleWrite[] {
  const companies = Object.keys(COMPANIES) as Company[]
  return [
    ...CURRENCIES.map((input) => ({ entity: 'Currency', input })),
    ...companies.flatMap(paymentTermsOf),
    ...companies.flatMap(groupsOf),
    ...companies.flatMap(customersOf),
  ]
}

function paymentTermsOf(company: Company): readonly SampleWrite[] {
  return PAYMENT_TERMS.map((terms) => ({ entity: 'PaymentTerm', input: { company, ...terms } }))
}

function groupsOf(company: Company): readonly SampleWrite[] {
  return Object.entries(GROUPS).map(([code, { description, salesTaxIncluded, maximumCreditLimit, terms }]) => ({
    entity: 'CustomerGroup',
    input: { company, code, description, salesTaxIncluded, maximumCreditLimit, paymentTerms: { name: terms[0] } },
  }))
}

function customersOf(company: Company): readonly SampleWrite[] {
  return FIRMS[company].map((firm, index) => ({
    entity: 'Customer',
    input: {
      company,
      number: numberOf(company, index),
      name: firm.name,
      ...contactOf(firm, index),
      ...addressOf(firm),
      ...creditOf(company, firm.group, index),
      currency: { code: COUNTRIES[firm.country].currency },
      partyNumber: `P-${numberOf(company, index)}`,
      partyCountry: firm.country,
      partyState: firm.state,
      language: COUNTRIES[firm.country].language,
      employees: 8 + ((index * 37) % 400),
      ...ownFieldsOf(firm, index),
    },
  }))
}

/** `US-0001` for the first firm of the American company. */
function numberOf(company: Company, index: number): string {
  return `${COMPANIES[company]}-${String(index + 1).padStart(4, '0')}`
}

function contactOf({ name, country }: Firm, index: number): SampleWrite['input'] {
  const domain = `${domainNameOf(name)}.example`
  return {
    email: `orders@${domain}`,
    emailDescription: 'Orders',
    phone: `${COUNTRIES[country].phone}${String(index + 10)}`,
    phoneDescription: 'Switchboard',
    website: `https://www.${domain}`,
  }
}

function domainNameOf(name: string): string {
  const plain = name.toLowerCase().replaceAll('ß', 'ss').normalize('NFD')
  return plain.replaceAll(/\p{Mark}/gu, '').replaceAll(/[^a-z]+/g, '-')
}

function addressOf({ street, city, state, postalCode, country }: Firm): SampleWrite['input'] {
  return {
    deliveryStreet: street,
    deliveryCity: city,
    deliveryState: state,
    deliveryPostalCode: postalCode,
    deliveryCountry: country,
    invoiceStreet: street,
    invoiceCity: city,
    invoiceState: state,
    invoicePostalCode: postalCode,
    invoiceCountry: country,
  }
}

function creditOf(company: Company, group: GroupCode, index: number): SampleWrite['input'] {
  const { terms, creditLimits } = GROUPS[group]
  return {
    group: { code: group },
    paymentTerms: { name: turn(terms, index) },
    creditLimit: turn(creditLimits, index),
    creditLimitMandatory: group === 'PARTNER',
    creditRating: turn(['A', 'AA', 'B', 'A', 'BB'], index),
    onHold: holdOf(index),
    // Every tenth firm is a branch, and the firm before it pays its invoices.
    billingAccount: index % 10 === 9 ? { number: numberOf(company, index - 1) } : null,
  }
}

function holdOf(index: number): string {
  if (index % 16 === 7) return 'INVOICE'
  return index % 16 === 15 ? 'ALL' : 'NO'
}

function ownFieldsOf({ group, country }: Firm, index: number): SampleWrite['input'] {
  return {
    salesTaxGroup: group === 'PUBLIC' ? 'EXEMPT' : 'FULL',
    deliveryMode: turn(['TRUCK', 'PARCEL', 'RAIL'], index),
    salesDistrict: country,
    responsibleEmployee: `E${String(100 + (index % 6))}`,
    leadSource: turn(['WEB', 'TRADE_SHOW', 'PARTNER', 'WORD_OF_MOUTH'], index),
    preferredContactMethod: turn(['EMAIL', 'PHONE', 'ANY'], index),
    doNotPhone: index % 8 === 3,
  }
}

function turn(values: readonly string[], index: number): string | undefined {
  return values[index % values.length]
}
