/**
 * Definitions joined by name: each map with its tables, each field with its columns and values. Binding is tolerant:
 * what a name does not lead to is left out and told as a fault, so that the checks can go on with the rest.
 */

import { SYSTEMS, type System, type Value } from '../schema/record.ts'
import type { Column, TableDefinition } from '../schema/table.ts'
import { type FieldFile, type KeyFile, type MapFile, SIDE } from './definition.ts'
import { type Fault, suggest, unknownColumn } from './faults.ts'
import type { Catalog, Loaded, LoadedMap, LoadedTable, LoadedValueMap } from './read.ts'
import type { Path, Source } from './yaml.ts'

type BySystem<T> = Readonly<Record<System, T>>

/** Everything there is, by name; of two with one name the first. */
export interface Definitions {
  readonly tables: BySystem<ReadonlyMap<string, LoadedTable>>
  readonly maps: readonly LoadedMap[]
  readonly byEntity: ReadonlyMap<string, LoadedMap>
  readonly values: ReadonlyMap<string, LoadedValueMap>
}

export interface BoundColumn {
  readonly column: Column
  readonly table: TableDefinition
  /** The key column after the dot, null where the path is a column alone. */
  readonly step: string | null
  readonly path: Path
}

interface Bound {
  readonly name: string
  readonly path: Path
  /** The columns that exist. */
  readonly columns: Partial<BySystem<BoundColumn>>
  /** Further columns that hold the same value, as far as they exist. */
  readonly copies: BySystem<readonly BoundColumn[]>
  /** False where a column or value map it names is missing. */
  readonly complete: boolean
}

export interface BoundKey extends Bound {
  readonly definition: KeyFile
}

export interface BoundField extends Bound {
  readonly definition: FieldFile
  /** The systems that it names columns of: two for a mapped field, one for an own one. */
  readonly systems: readonly System[]
  readonly values: BoundValues | null
  /** What it refers to: none, one entity, or several of which the value is one. */
  readonly entities: readonly string[]
}

/** Native values by unified name; `source` and the entries' paths tell where they are written. */
export interface BoundValues {
  readonly type: 'enum' | 'boolean'
  /** Name of the GraphQL enum. */
  readonly name: string
  readonly source: Source
  readonly entries: readonly ValueEntry[]
}

export interface ValueEntry {
  readonly name: string
  /** Null: the system has no such value. Of an own field only its own system's value is there. */
  readonly native: Partial<BySystem<Value>>
  readonly path: Path
}

export interface BoundMap {
  readonly loaded: LoadedMap
  readonly definition: MapFile
  readonly source: Source
  readonly sides: Partial<BySystem<TableDefinition>>
  readonly keys: readonly BoundKey[]
  readonly fields: readonly BoundField[]
  /** Names that lead nowhere. */
  readonly faults: readonly Fault[]
}

export function collect(tables: readonly LoadedTable[], catalog: Catalog): Definitions {
  const of = (system: System) =>
    byName(
      tables.filter(({ definition }) => definition.system === system),
      (table) => table.table,
    )
  return {
    tables: { CRM: of('CRM'), ERP: of('ERP') },
    maps: catalog.maps,
    byEntity: byName(catalog.maps, (map) => map.entity),
    values: byName(catalog.values, (values) => values.values),
  }
}

function byName<T>(all: readonly Loaded<T>[], name: (definition: T) => string): ReadonlyMap<string, Loaded<T>> {
  return new Map(all.toReversed().map((loaded) => [name(loaded.definition), loaded]))
}

export function bindMap(loaded: LoadedMap, definitions: Definitions): BoundMap {
  const { definition, source } = loaded
  const faults: Fault[] = []
  const sides: Partial<Record<System, TableDefinition>> = {}
  for (const system of SYSTEMS) {
    const { table } = definition[SIDE[system]]
    const known = definitions.tables[system]
    const found = known.get(table)
    if (found !== undefined) sides[system] = found.definition
    else {
      const message = `The ${system} has no table "${table}".${suggest(table, known.keys())}`
      faults.push(source.fault([SIDE[system], 'table'], message))
    }
  }
  const bind = (path: Path, paths: ColumnPaths) => bindColumns(path, paths, sides, source, faults)
  const keys = Object.entries(definition.key).map(([name, key]): BoundKey => {
    const path = ['key', name]
    return { name, path, definition: key, ...bind(path, key) }
  })
  const fields = Object.entries(definition.fields).map(([name, field]): BoundField => {
    const path = ['fields', name]
    const systems = SYSTEMS.filter((system) => field[SIDE[system]] !== undefined)
    if (systems.length === 0)
      faults.push(source.faultAtKey(path, `"${name}" names no column: it needs crm, erp or both`))
    const values = bindValues(loaded, name, systems, definitions, faults)
    const { columns, copies, complete } = bind(path, field)
    const isComplete = complete && systems.length > 0 && (values !== null || field.values === undefined)
    const entities = entitiesOf(field)
    return { name, path, definition: field, systems, values, entities, columns, copies, complete: isComplete }
  })
  return { loaded, definition, source, sides, keys, fields, faults }
}

type ColumnPaths = Pick<FieldFile, 'crm' | 'erp' | 'copies'>

function bindColumns(
  path: Path,
  paths: ColumnPaths,
  sides: BoundMap['sides'],
  source: Source,
  faults: Fault[],
): Pick<Bound, 'columns' | 'copies' | 'complete'> {
  const columns: Partial<Record<System, BoundColumn>> = {}
  let complete = true
  const bind = (system: System, at: Path, name: string, step: string | null): readonly BoundColumn[] => {
    const table = sides[system]
    const column = table?.columns[name]
    if (table !== undefined && column !== undefined) return [{ column, table, step, path: at }]
    complete = false
    if (table !== undefined) faults.push(source.fault(at, unknownColumn(table, name)))
    return []
  }
  for (const system of SYSTEMS) {
    const [name, step = null] = paths[SIDE[system]]?.split('.') ?? []
    const [column] = name === undefined ? [] : bind(system, [...path, SIDE[system]], name, step)
    if (column !== undefined) columns[system] = column
  }
  const copiesOf = (system: System) =>
    paths.copies[SIDE[system]].flatMap((name, at) => bind(system, [...path, 'copies', SIDE[system], at], name, null))
  return { columns, copies: { CRM: copiesOf('CRM'), ERP: copiesOf('ERP') }, complete }
}

function bindValues(
  map: LoadedMap,
  field: string,
  systems: readonly System[],
  definitions: Definitions,
  faults: Fault[],
): BoundValues | null {
  const given = map.definition.fields[field]?.values
  if (given === undefined) return null
  const path = ['fields', field, 'values']
  if (typeof given === 'string') {
    const shared = definitions.values.get(given)
    if (shared !== undefined) return sharedValues(shared)
    faults.push(map.source.fault(path, `There is no value map "${given}".${suggest(given, definitions.values.keys())}`))
    return null
  }
  const entries = Object.entries(given).flatMap(([name, native]): ValueEntry[] => {
    const at = [...path, name]
    const [first, second] = systems
    const isPair = typeof native === 'object'
    if (first !== undefined && second === undefined && !isPair) return [{ name, path: at, native: { [first]: native } }]
    if (second !== undefined && isPair) return [{ name, path: at, native: { CRM: native[0], ERP: native[1] } }]
    const wanted = second === undefined ? 'one value, as the field has one column' : '[CRM value, ERP value]'
    if (first !== undefined) faults.push(map.source.fault(at, `"${name}" must be ${wanted}`))
    return []
  })
  return { type: 'enum', name: fieldTypeName(map.definition, field), source: map.source, entries }
}

function sharedValues({ definition, source }: LoadedValueMap): BoundValues {
  const entries = Object.entries(definition.entries).map(
    ([name, [crm, erp]]): ValueEntry => ({ name, path: ['entries', name], native: { CRM: crm, ERP: erp } }),
  )
  return { type: definition.type, name: enumNameOf(definition.values), source, entries }
}

/** `country_code` gives `CountryCode`. */
export function enumNameOf(values: string): string {
  return values.split('_').map(capitalised).join('')
}

/** Of the enum or union that one field alone has: `SalesOrderCustomer`. */
export function fieldTypeName({ entity }: Pick<MapFile, 'entity'>, field: string): string {
  return `${entity}${capitalised(field)}`
}

/** The entities that a field refers to; none for a field that is no reference. */
function entitiesOf({ ref }: Pick<FieldFile, 'ref'>): readonly string[] {
  if (ref === undefined) return []
  return typeof ref === 'string' ? [ref] : ref
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** What the check has made sure of. */
export function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('A map was compiled without being checked')
  return value
}
