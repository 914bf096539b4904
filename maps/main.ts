/**
 * The `check` command: `node dist/maps/main.js [root]`. Prints every fault of the definitions below the root, as
 * file:line:column, and exits 1; or a line for each map, and exits 0.
 */

import { join, relative } from 'node:path'
import { SYSTEMS } from '../schema/record.ts'
import { compileMapSet } from './compile.ts'
import { DefinitionError, describeFault, type Fault } from './faults.ts'
import { packageRoot, readCatalog, readTables } from './load.ts'
import type { MapSet } from './model.ts'
import { mapOrder } from './order.ts'

const root = process.argv[2] ?? packageRoot()
const { faults, mapSet } = checkBelow(root)
if (mapSet !== null) process.stdout.write(summary(mapSet))
for (const fault of faults) {
  process.stderr.write(`${describeFault({ ...fault, file: relative(process.cwd(), fault.file) })}\n`)
}
if (faults.length > 0) process.exitCode = 1

function checkBelow(directory: string): { readonly faults: readonly Fault[]; readonly mapSet: MapSet | null } {
  const tables = SYSTEMS.map((system) =>
    readTables(system, join(directory, 'subgraphs', system.toLowerCase(), 'tables')),
  )
  const catalog = readCatalog({ maps: join(directory, 'maps/catalog'), values: join(directory, 'maps/values') })
  const unreadable = [...tables, catalog].flatMap(({ faults }) => faults)
  if (unreadable.length > 0) return { faults: unreadable, mapSet: null }
  try {
    const mapSet = compileMapSet(
      tables.flatMap(({ read }) => read),
      catalog.read,
    )
    return { faults: [], mapSet }
  } catch (error) {
    if (error instanceof DefinitionError) return { faults: error.faults, mapSet: null }
    throw error
  }
}

/** In the order in which records must come to exist. */
function summary(mapSet: MapSet): string {
  const lines = mapOrder(mapSet).map(({ name, version, entity, sides, fields }) => {
    const mapped = fields.filter(({ kind }) => kind !== 'own').length
    const tables = `${sides.CRM.table.table} ↔ ${sides.ERP.table.table}`
    return `${name} ${version}: ${entity}, ${tables}, ${mapped} fields paired, ${fields.length - mapped} of one side\n`
  })
  return lines.join('')
}
