/** Sample data in unified terms, written through the graph like anything else, so that both systems hold it. */

import type { Company } from './company.ts'
import { contactsOf } from './contacts.ts'
import { customersOf } from './customers.ts'
import { ordersOf } from './orders.ts'
import { personsOf } from './persons.ts'
import { sitesOf, warehousesOf } from './places.ts'
import { productsOf } from './products.ts'
import { quotationsOf } from './quotations.ts'
import type { SampleInput, SampleWrite } from './sample-write.ts'
import { CURRENCIES, GROUPS, PAYMENT_TERMS } from './terms.ts'
import { UNITS } from './units.ts'

/** Every sample record, each after those that it refers to; the same at every call. */
export function sampleWrites(): readonly SampleWrite[] {
  return [
    ...writes('Currency', CURRENCIES),
    ...writes('Unit', UNITS),
    ...writes('PaymentTerm', ofBoth(paymentTermsOf)),
    ...writes('CustomerGroup', ofBoth(groupsOf)),
    ...writes('Site', ofBoth(sitesOf)),
    ...writes('Warehouse', ofBoth(warehousesOf)),
    ...writes('Product', ofBoth(productsOf)),
    ...writes('Customer', ofBoth(customersOf)),
    ...writes('Contact', ofBoth(contactsOf)),
    ...writes('Person', ofBoth(personsOf)),
    ...writes('SalesOrder', ofBoth(ordersOf)),
    ...writes('Quotation', ofBoth(quotationsOf)),
  ]
}

function writes(entity: string, inputs: readonly SampleInput[]): readonly SampleWrite[] {
  return inputs.map((input) => ({ entity, input }))
}

/** The records of both companies by turns, so that those of one customer are the furthest apart. */
function ofBoth(recordsOf: (company: Company) => readonly SampleInput[]): readonly SampleInput[] {
  const lists = [recordsOf('usmf'), recordsOf('demf')]
  const places = Array.from({ length: Math.max(...lists.map((list) => list.length)) }, (_, place) => place)
  return places.flatMap((place) => lists.flatMap((list) => list.slice(place, place + 1)))
}

function paymentTermsOf(company: Company): readonly SampleInput[] {
  return PAYMENT_TERMS.map((terms) => ({ company, ...terms }))
}

function groupsOf(company: Company): readonly SampleInput[] {
  return Object.entries(GROUPS).map(([code, { description, salesTaxIncluded, maximumCreditLimit, terms }]) => ({
    company,
    code,
    description,
    salesTaxIncluded,
    maximumCreditLimit,
    paymentTerms: { name: terms[0] },
  }))
}
