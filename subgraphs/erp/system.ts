/** The ERP as it ships. */

import { logicBeside, type ShippedSystem } from '../kit/shipped-system.ts'
import { ERP_EXAMPLES } from './examples.ts'

export const ERP: ShippedSystem = {
  system: 'ERP',
  logic: logicBeside(import.meta.url, 'ERP'),
  examples: ERP_EXAMPLES,
}
