/** The definitions that ship with the product. */

import { join } from 'node:path'
import { SYSTEMS } from '../schema/record.ts'
import { compileMapSet } from './compile.ts'
import { loadCatalog, loadTables, packageRoot } from './load.ts'
import type { MapSet } from './model.ts'

/** The shipped maps over the tables of both systems. Throws a DefinitionError with every fault. */
export function shippedMapSet(root = packageRoot()): MapSet {
  const tables = SYSTEMS.flatMap((system) =>
    loadTables(system, join(root, 'subgraphs', system.toLowerCase(), 'tables')),
  )
  return compileMapSet(tables, loadCatalog({ maps: join(root, 'maps/catalog'), values: join(root, 'maps/values') }))
}
