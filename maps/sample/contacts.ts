/** The people whom the sample companies know at their customers: one each, and at every sixth nobody. */

import { type Company, numberOf } from './company.ts'
import { COUNTRIES, FIRMS } from './firms.ts'
import { domainOf, mailboxOf } from './internet.ts'
import { personName } from './names.ts'
import { type SampleInput, turn } from './sample-write.ts'

export function contactsOf(company: Company): readonly SampleInput[] {
  return FIRMS[company].flatMap((firm, index) => {
    const number = contactNumberOf(company, index)
    if (number === null) return []
    const name = personName(firm.country, index)
    return {
      company,
      number,
      customer: { number: numberOf(company, index) },
      ...name,
      jobTitle: turn(['Head of purchasing', 'Buyer', 'Office manager', 'Managing director'], index),
      department: turn(['Purchasing', 'Purchasing', 'Administration', 'Management'], index),
      email: `${mailboxOf(name.firstName, name.lastName)}@${domainOf(firm.name)}`,
      phone: `${COUNTRIES[firm.country].phone}${String(index + 50)}`,
      receivesDirectMail: index % 5 !== 1,
      street: firm.street,
      city: firm.city,
      state: firm.state,
      postalCode: firm.postalCode,
      country: firm.country,
    }
  })
}

/** Of the contact at the firm; null where nobody is known. */
export function contactNumberOf(company: Company, index: number): string | null {
  return index % 6 === 5 ? null : numberOf(company, index, 'C')
}
