/** Sample rows that the CRM alone holds. */

import type { SampleRow } from './sample-write.ts'

/** What every company-bound record refers to: written before anything else. */
export function sampleCompanies(): readonly SampleRow[] {
  return [
    { table: 'cdm_companies', row: { cdm_companycode: 'usmf', cdm_name: 'Larchmont Trading Inc.' } },
    { table: 'cdm_companies', row: { cdm_companycode: 'demf', cdm_name: 'Larchmont Handels GmbH' } },
  ]
}

/** Rows about synchronised records: written after those. */
export function sampleRows(): readonly SampleRow[] {
  return [
    task('T-0001', 'US-0016', 'Ask for the overdue payment before lifting the hold', 2),
    task('T-0002', 'US-0009', 'Renew the framework agreement', 1),
  ]
}

function task(number: string, account: string, subject: string, priority: number): SampleRow {
  return {
    table: 'tasks',
    row: {
      msdyn_company: 'usmf',
      msdyn_tasknumber: number,
      subject,
      regardingobjectid: account,
      prioritycode: priority,
    },
  }
}
