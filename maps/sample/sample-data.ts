/** The small trading company that empty stores are filled with. */

import type { System } from '../../schema/record.ts'
import * as crm from './crm-rows.ts'
import * as erp from './erp-rows.ts'
import { sampleWrites } from './sample.ts'
import type { SampleRow, SampleWrite } from './sample-write.ts'

export interface SampleData {
  /** Rows that each system holds alone and that the writes refer to. */
  readonly before: Readonly<Record<System, readonly SampleRow[]>>
  /** Each after those that it refers to. */
  readonly writes: readonly SampleWrite[]
  /** Rows that each system holds alone and that refer to the writes. */
  readonly after: Readonly<Record<System, readonly SampleRow[]>>
}

export const SAMPLE_DATA: SampleData = {
  before: { CRM: crm.sampleCompanies(), ERP: [...erp.sampleCompanies(), ...erp.sampleTaxGroups()] },
  writes: sampleWrites(),
  after: { CRM: crm.sampleRows(), ERP: erp.sampleRows() },
}
