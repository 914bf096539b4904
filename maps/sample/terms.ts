/** What the sample customers refer to: currencies, terms of payment and customer groups. */

import type { GroupCode } from './firms.ts'

export const CURRENCIES = [
  { code: 'USD', name: 'US dollar', symbol: '$' },
  { code: 'EUR', name: 'Euro', symbol: '€' },
  { code: 'GBP', name: 'Pound sterling', symbol: '£' },
  { code: 'CHF', name: 'Swiss franc', symbol: 'CHF' },
  { code: 'SEK', name: 'Swedish krona', symbol: 'kr' },
  { code: 'DKK', name: 'Danish krone', symbol: 'kr.' },
  { code: 'NOK', name: 'Norwegian krone', symbol: 'kr' },
  { code: 'PLN', name: 'Polish złoty', symbol: 'zł' },
  { code: 'CAD', name: 'Canadian dollar', symbol: 'CA$' },
  { code: 'MXN', name: 'Mexican peso', symbol: 'MX$' },
  { code: 'AUD', name: 'Australian dollar', symbol: 'A$' },
  { code: 'JPY', name: 'Japanese yen', symbol: '¥', decimalPlaces: 0, roundingStep: '1.000000' },
] as const

export const PAYMENT_TERMS = [
  { name: 'CASH', description: 'Cash at once', cashPayment: true },
  { name: 'NET10', description: '10 days net', days: 10 },
  { name: 'NET14', description: '14 days net', days: 14 },
  { name: 'NET30', description: '30 days net', days: 30, proposed: true },
  { name: 'NET60', description: '60 days net', days: 60 },
  { name: 'MONTH1', description: 'One month from the end of this one', months: 1, startingDate: 'CURRENT_MONTH' },
] as const

export type TermsName = (typeof PAYMENT_TERMS)[number]['name']

export interface Group {
  readonly description: string
  readonly salesTaxIncluded: boolean
  /** Null: no maximum. */
  readonly maximumCreditLimit: string | null
  /** The first is what the group proposes; its customers take turns with them all. */
  readonly terms: readonly [TermsName, ...TermsName[]]
  /** Credit limits that its customers take turns with. */
  readonly creditLimits: readonly [string, ...string[]]
}

export const GROUPS: Readonly<Record<GroupCode, Group>> = {
  RETAIL: {
    description: 'Shops and their branches',
    salesTaxIncluded: true,
    maximumCreditLimit: '25000.00',
    terms: ['NET14', 'NET10', 'CASH'],
    creditLimits: ['5000.00', '12000.00', '25000.00', '7500.00'],
  },
  WHOLESALE: {
    description: 'Wholesalers and food trade',
    salesTaxIncluded: false,
    maximumCreditLimit: '250000.00',
    terms: ['NET30', 'NET14'],
    creditLimits: ['60000.00', '120000.00', '249999.99'],
  },
  INDUSTRY: {
    description: 'Manufacturers',
    salesTaxIncluded: false,
    maximumCreditLimit: '500000.00',
    terms: ['NET30', 'NET60', 'MONTH1'],
    creditLimits: ['150000.00', '320000.00', '480000.00'],
  },
  PUBLIC: {
    description: 'Public bodies',
    salesTaxIncluded: false,
    maximumCreditLimit: null,
    terms: ['NET60'],
    creditLimits: ['800000.00', '1200000.00'],
  },
  PARTNER: {
    description: 'Partners who sell for us',
    salesTaxIncluded: false,
    maximumCreditLimit: '100000.00',
    terms: ['NET30'],
    creditLimits: ['20000.00', '45000.50', '99000.00'],
  },
}
