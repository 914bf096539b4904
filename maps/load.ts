/** Reads definitions from disk: the only part of the maps that does. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { System } from '../schema/record.ts'
import { checkTables } from './check/tables.ts'
import { DefinitionError, type Fault } from './faults.ts'
import { type Catalog, type Loaded, type LoadedTable, type Read, readMap, readTable, readValueMap } from './read.ts'

export type { Catalog, LoadedTable } from './read.ts'

export interface CatalogDirectories {
  readonly maps: string
  readonly values: string
}

/** The tables of a system, in the order of their files. Throws a DefinitionError with every fault of the folder. */
export function loadTables(system: System, directory: string): readonly LoadedTable[] {
  const tables = faultless(readTables(system, directory))
  const faults = checkTables(tables)
  if (faults.length > 0) throw new DefinitionError(faults)
  return tables
}

/** Maps and shared value maps, in the order of their files. Throws a DefinitionError with every fault of the folders. */
export function loadCatalog(directories: CatalogDirectories): Catalog {
  return faultless(readCatalog(directories))
}

/** What could be read, and the faults of what could not. */
export interface Readings<T> {
  readonly read: T
  readonly faults: readonly Fault[]
}

export function readTables(system: System, directory: string): Readings<readonly LoadedTable[]> {
  return readDirectory(directory, (text, file) => readTable(system, text, file))
}

export function readCatalog(directories: CatalogDirectories): Readings<Catalog> {
  const maps = readDirectory(directories.maps, readMap)
  const values = readDirectory(directories.values, readValueMap)
  return { read: { maps: maps.read, values: values.read }, faults: [...maps.faults, ...values.faults] }
}

function faultless<T>({ read, faults }: Readings<T>): T {
  if (faults.length > 0) throw new DefinitionError(faults)
  return read
}

function readDirectory<T>(
  directory: string,
  read: (text: string, file: string) => Read<T>,
): Readings<readonly Loaded<T>[]> {
  if (!existsSync(directory)) {
    return { read: [], faults: [{ file: directory, line: 1, column: 1, message: 'There is no such folder' }] }
  }
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
  const readings = files.map((file) => {
    const path = join(directory, file)
    return read(readFileSync(path, 'utf8'), path)
  })
  return {
    read: readings.flatMap((reading) => (reading.ok ? [reading.loaded] : [])),
    faults: readings.flatMap((reading) => (reading.ok ? [] : reading.faults)),
  }
}

/** The folder with the package's own files that are no code, wherever this file was compiled to. */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory)
    if (parent === directory) throw new Error('The package has no package.json above its code')
    directory = parent
  }
  return directory
}
