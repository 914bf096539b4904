/** The CRM as it ships. */

import { logicBeside, type ShippedSystem } from '../kit/shipped-system.ts'
import { CRM_EXAMPLES } from './examples.ts'

export const CRM: ShippedSystem = {
  system: 'CRM',
  logic: logicBeside(import.meta.url, 'CRM'),
  examples: CRM_EXAMPLES,
}
