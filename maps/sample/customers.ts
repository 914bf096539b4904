/** The firms as customers of the sample companies. No number of one can come from the number sequence of the map. */

import { type Company, numberOf } from './company.ts'
import { COUNTRIES, FIRMS, type Firm, type GroupCode } from './firms.ts'
import { domainOf } from './internet.ts'
import { type SampleInput, turn } from './sample-write.ts'
import { GROUPS } from './terms.ts'

export type Hold = 'NO' | 'INVOICE' | 'ALL'

export function customersOf(company: Company): readonly SampleInput[] {
  return FIRMS[company].map((firm, index) => ({
    company,
    number: numberOf(company, index),
    name: firm.name,
    ...reachedBy(firm, index),
    ...addressOf(firm),
    ...creditOf(company, firm.group, index),
    currency: { code: COUNTRIES[firm.country].currency },
    partyNumber: `P-${numberOf(company, index)}`,
    partyCountry: firm.country,
    partyState: firm.state,
    language: COUNTRIES[firm.country].language,
    employees: 8 + ((index * 37) % 400),
    ...ownFieldsOf(firm, index),
  }))
}

/** Every tenth firm is a branch, and the firm before it pays its invoices: its place among the firms. */
export function payerOf(index: number): number {
  return isBranch(index) ? index - 1 : index
}

export function isBranch(index: number): boolean {
  return index % 10 === 9
}

export function holdOf(index: number): Hold {
  if (index % 16 === 7) return 'INVOICE'
  return index % 16 === 15 ? 'ALL' : 'NO'
}

export function creditLimitOf(group: GroupCode, index: number): string {
  return turn(GROUPS[group].creditLimits, index)
}

export function paymentTermsOf(group: GroupCode, index: number): string {
  return turn(GROUPS[group].terms, index)
}

export function salesTaxGroupOf(group: GroupCode): string {
  return group === 'PUBLIC' ? 'EXEMPT' : 'FULL'
}

export function ordersAddressOf({ name }: Firm): string {
  return `orders@${domainOf(name)}`
}

export function deliveryModeOf(index: number): string {
  return turn(['TRUCK', 'PARCEL', 'RAIL'], index)
}

function reachedBy(firm: Firm, index: number): SampleInput {
  return {
    email: ordersAddressOf(firm),
    emailDescription: 'Orders',
    phone: `${COUNTRIES[firm.country].phone}${String(index + 10)}`,
    phoneDescription: 'Switchboard',
    website: `https://www.${domainOf(firm.name)}`,
  }
}

function addressOf({ street, city, state, postalCode, country }: Firm): SampleInput {
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

function creditOf(company: Company, group: GroupCode, index: number): SampleInput {
  return {
    group: { code: group },
    paymentTerms: { name: paymentTermsOf(group, index) },
    creditLimit: creditLimitOf(group, index),
    creditLimitMandatory: group === 'PARTNER',
    creditRating: turn(['A', 'AA', 'B', 'A', 'BB'], index),
    onHold: holdOf(index),
    billingAccount: isBranch(index) ? { number: numberOf(company, payerOf(index)) } : null,
  }
}

function ownFieldsOf({ group, country }: Firm, index: number): SampleInput {
  return {
    salesTaxGroup: salesTaxGroupOf(group),
    deliveryMode: deliveryModeOf(index),
    salesDistrict: country,
    responsibleEmployee: `E${String(100 + (index % 6))}`,
    leadSource: turn(['WEB', 'TRADE_SHOW', 'PARTNER', 'WORD_OF_MOUTH'], index),
    preferredContactMethod: turn(['EMAIL', 'PHONE', 'ANY'], index),
    doNotPhone: index % 8 === 3,
  }
}
