/** What makes a system of the product out of the kit, apart from its tables. */

import { extname } from 'node:path'
import type { Example } from '../../schema/process/http/parts.ts'
import type { System } from '../../schema/record.ts'
import type { BusinessLogic } from './stores/sqlite/store.ts'

export interface ShippedSystem {
  readonly system: System
  readonly logic: BusinessLogic
  /** Where the native API's GraphiQL begins. */
  readonly examples: readonly Example[]
}

/**
 * Rules and computations below the folder of the module at `url`. They run on the stores' own threads, which load them
 * by their address.
 */
export function logicBeside(url: string, system: System): BusinessLogic {
  const addressOf = (folder: string) => new URL(`${folder}/index${extname(url)}`, url).href
  return {
    rules: { module: addressOf('rules'), export: `${system}_RULES` },
    computations: { module: addressOf('computations'), export: `${system}_COMPUTATIONS` },
  }
}
