/** The subgraph of a system as it is printed in the package: what the gateway composes while the system may be away. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../maps/load.ts'
import type { MapSet } from '../../maps/model.ts'
import { StartError } from '../../schema/process/start-error.ts'
import type { System } from '../../schema/record.ts'

/** The first line of a printed subgraph. */
export const stampOf = ({ id }: Pick<MapSet, 'id'>): string => `# Derived from the map set ${id}.`

/** Throws a StartError where it was derived from other tables or maps. */
export function shippedSdl(system: System, mapSet: Pick<MapSet, 'id'>, root = packageRoot()): string {
  const path = `schema/${system.toLowerCase()}.graphql`
  const text = readFileSync(join(root, path), 'utf8')
  if (text.startsWith(`${stampOf(mapSet)}\n`)) return text
  throw new StartError(`${path} does not belong to the tables and maps at hand. Print it anew: npm run schema`)
}
