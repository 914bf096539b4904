/** Everything that must be true of the definitions before anything runs; every fault is told, with its place. */

import { SYSTEMS } from '../schema/record.ts'
import { bindMap, collect } from './binding.ts'
import { checkColumns } from './check/columns.ts'
import { checkCopies } from './check/copies.ts'
import { checkFields } from './check/fields.ts'
import { checkFilters, checkOverlaps } from './check/filters.ts'
import { checkKeys } from './check/keys.ts'
import { checkNames } from './check/names.ts'
import { checkParts } from './check/parts.ts'
import { checkCircles, checkReferences } from './check/references.ts'
import { checkTables } from './check/tables.ts'
import { checkSharedValues, checkValues } from './check/values.ts'
import { type Fault, sortFaults } from './faults.ts'
import type { Catalog, LoadedTable } from './read.ts'

/** In the order of files and lines; none means that the maps compile. */
export function check(tables: readonly LoadedTable[], catalog: Catalog): readonly Fault[] {
  const definitions = collect(tables, catalog)
  const maps = catalog.maps.map((loaded) => bindMap(loaded, definitions))
  return sortFaults([
    ...SYSTEMS.flatMap((system) => checkTables(tables.filter(({ definition }) => definition.system === system))),
    ...checkSharedValues(definitions.values, catalog.values),
    ...maps.flatMap((map) => [
      ...map.faults,
      ...checkKeys(map),
      ...checkFields(map),
      ...checkValues(map),
      ...checkCopies(map),
      ...checkColumns(map),
      ...checkReferences(map, definitions),
      ...checkFilters(map),
    ]),
    ...checkParts(maps),
    ...checkNames(maps),
    ...checkCircles(maps),
    ...checkOverlaps(maps),
  ])
}
