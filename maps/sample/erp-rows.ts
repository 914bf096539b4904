/** Sample rows that the ERP alone holds. */

import type { SampleRow } from './sample-write.ts'

/** What every company-bound record refers to: written before anything else. */
export function sampleCompanies(): readonly SampleRow[] {
  return [
    company('usmf', 'Larchmont Trading Inc.', 'US', 'en-us'),
    company('demf', 'Larchmont Handels GmbH', 'DE', 'de'),
  ]
}

/** What orders refer to: written with the companies. */
export function sampleTaxGroups(): readonly SampleRow[] {
  return [
    taxGroup('usmf', 'FULL', 'Sales tax', '7.25'),
    taxGroup('usmf', 'REDUCED', 'Sales tax on food', '2.00'),
    taxGroup('usmf', 'EXEMPT', 'Public bodies', '0.00'),
    taxGroup('demf', 'FULL', 'Umsatzsteuer', '19.00'),
    taxGroup('demf', 'REDUCED', 'Ermäßigte Umsatzsteuer', '7.00'),
    taxGroup('demf', 'EXEMPT', 'Steuerbefreit', '0.00'),
  ]
}

/** Rows about synchronised records: written after those. American shops pay within a fortnight; other groups choose freely. */
export function sampleRows(): readonly SampleRow[] {
  return ['CASH', 'NET10', 'NET14'].map((terms) => ({
    table: 'CustomerGroupPaymentTerms',
    row: { dataAreaId: 'usmf', CustomerGroupId: 'RETAIL', PaymentTermsName: terms },
  }))
}

function company(code: string, name: string, country: string, language: string): SampleRow {
  return {
    table: 'LegalEntities',
    row: { LegalEntityId: code, Name: name, AddressCountryRegionISOCode: country, LanguageId: language },
  }
}

function taxGroup(company: string, code: string, description: string, rate: string): SampleRow {
  return {
    table: 'TaxGroups',
    row: { dataAreaId: company, TaxGroupCode: code, Description: description, TaxRate: rate },
  }
}
