/** Persons who buy for themselves; every name and address is made up. */

import { COMPANIES, type Company, numberOf } from './company.ts'
import type { Firm } from './firms.ts'
import { mailboxOf } from './internet.ts'
import type { SampleInput } from './sample-write.ts'
import type { TermsName } from './terms.ts'

export interface SamplePerson extends Pick<Firm, 'street' | 'city' | 'state' | 'postalCode'> {
  readonly firstName: string
  readonly lastName: string
  readonly gender: 'FEMALE' | 'MALE'
  readonly jobTitle: string
  readonly country: 'US' | 'DE'
  readonly terms: TermsName
  /** Zero sets no limit. */
  readonly creditLimit: string
}

export const PERSONS: Readonly<Record<Company, readonly SamplePerson[]>> = {
  usmf: [
    {
      firstName: 'Imogen',
      lastName: 'Farraday',
      gender: 'FEMALE',
      jobTitle: 'Cabinet maker',
      street: '12 Tannery Ln',
      city: 'Asheville',
      state: 'NC',
      postalCode: '28801',
      country: 'US',
      terms: 'NET14',
      creditLimit: '2500.00',
    },
    {
      firstName: 'Desmond',
      lastName: 'Achterberg',
      gender: 'MALE',
      jobTitle: 'Boat builder',
      street: '4 Slipway Rd',
      city: 'Port Townsend',
      state: 'WA',
      postalCode: '98368',
      country: 'US',
      terms: 'NET10',
      creditLimit: '4000.00',
    },
    {
      firstName: 'Pilar',
      lastName: 'Montoya',
      gender: 'FEMALE',
      jobTitle: 'Set designer',
      street: '805 Adobe Trail',
      city: 'Santa Fe',
      state: 'NM',
      postalCode: '87501',
      country: 'US',
      terms: 'CASH',
      creditLimit: '0.00',
    },
    {
      firstName: 'Jonah',
      lastName: 'Whitlock',
      gender: 'MALE',
      jobTitle: 'Farrier',
      street: '61 Paddock Way',
      city: 'Lexington',
      state: 'KY',
      postalCode: '40502',
      country: 'US',
      terms: 'CASH',
      creditLimit: '0.00',
    },
  ],
  demf: [
    {
      firstName: 'Gesine',
      lastName: 'Holtkamp',
      gender: 'FEMALE',
      jobTitle: 'Tischlermeisterin',
      street: 'Hobelgasse 6',
      city: 'Münster',
      state: null,
      postalCode: '48143',
      country: 'DE',
      terms: 'NET14',
      creditLimit: '3000.00',
    },
    {
      firstName: 'Korbinian',
      lastName: 'Staudacher',
      gender: 'MALE',
      jobTitle: 'Geigenbauer',
      street: 'Fichtenweg 2',
      city: 'Mittenwald',
      state: null,
      postalCode: '82481',
      country: 'DE',
      terms: 'NET10',
      creditLimit: '2000.00',
    },
    {
      firstName: 'Mareike',
      lastName: 'Thomsen',
      gender: 'FEMALE',
      jobTitle: 'Keramikerin',
      street: 'Tonweg 14',
      city: 'Husum',
      state: null,
      postalCode: '25813',
      country: 'DE',
      terms: 'CASH',
      creditLimit: '0.00',
    },
    {
      firstName: 'Falk',
      lastName: 'Rademacher',
      gender: 'MALE',
      jobTitle: 'Dachdecker',
      street: 'Schieferstraße 33',
      city: 'Goslar',
      state: null,
      postalCode: '38640',
      country: 'DE',
      terms: 'CASH',
      creditLimit: '0.00',
    },
  ],
}

export function personsOf(company: Company): readonly SampleInput[] {
  return PERSONS[company].map((person, index) => {
    const { firstName, lastName, gender, jobTitle, street, city, state, postalCode, country } = person
    return {
      company,
      number: numberOf(company, index, 'P'),
      name: fullNameOf(person),
      firstName,
      lastName,
      gender,
      jobTitle,
      email: emailOf(person),
      partyNumber: `P-${numberOf(company, index, 'P')}`,
      partyCountry: country,
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
      group: { code: 'RETAIL' },
      currency: { code: COMPANIES[company].currency },
      paymentTerms: { name: person.terms },
      creditLimit: person.creditLimit,
      salesTaxGroup: 'FULL',
    }
  })
}

export function fullNameOf({ firstName, lastName }: SamplePerson): string {
  return `${firstName} ${lastName}`
}

export function emailOf({ firstName, lastName }: SamplePerson): string {
  return `${mailboxOf(firstName, lastName)}@mail.example`
}
